package io.emberlog.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Where the figures are from, without which they are worth nothing. */
final class Machine {
    private Machine() {}

    /** @param command what the user typed */
    static Map<String, String> facts(Plan plan, String command) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("command", command);
        facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("commit", commit());
        facts.put("cpu", cpuModel() + ", " + Runtime.getRuntime().availableProcessors() + " cores");
        facts.put("memory", firstLine("/proc/meminfo", "MemTotal"));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("jdk", System.getProperty("java.vendor") + " " + System.getProperty("java.vm.version"));
        facts.put(
                "disk",
                plan.directory() + " (" + Files.getFileStore(plan.directory()).type() + ")");
        facts.put("load before", load());
        return facts;
    }

    /** The load averages: figures from a machine that had other work are noise. */
    static String load() {
        String line = text(Path.of("/proc/loadavg"));
        String[] words = line.split(" ");
        return words.length < 3 ? "unknown" : words[0] + " " + words[1] + " " + words[2];
    }

    /** Memory that processes could have without others losing theirs. */
    static long freeKib() {
        String free = firstLine("/proc/meminfo", "MemAvailable").replaceAll("\\D", "");
        return free.isEmpty() ? Runtime.getRuntime().maxMemory() / 1024 : Long.parseLong(free);
    }

    private static String cpuModel() {
        return firstLine("/proc/cpuinfo", "model name");
    }

    private static String firstLine(String file, String key) {
        for (String line : text(Path.of(file)).split("\n")) {
            if (line.startsWith(key)) {
                return line.substring(line.indexOf(':') + 1).trim();
            }
        }
        return System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // not Linux, or a sandbox without it
        }
    }

    /** Of the source tree that the launcher started, with {@code +} behind it when files differ from it. */
    private static String commit() {
        String home = System.getProperty("emberlog.home", ".");
        String hash = git(home, "rev-parse", "--short=12", "HEAD");
        if (hash.isEmpty()) {
            return "unknown";
        }
        return hash
                + (git(home, "status", "--porcelain", "--untracked-files=no").isEmpty() ? "" : "+");
    }

    private static String git(String home, String... arguments) {
        String[] command = new String[arguments.length + 3];
        command[0] = "git";
        command[1] = "-C";
        command[2] = home;
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        try {
            Process git = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return git.waitFor() == 0 ? out : "";
        } catch (IOException e) {
            return ""; // no git: a release from an archive
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}

package io.emberlog.fuzz;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One fuzzer at work, in a JVM of its own. What it makes is in {@code target/fuzz/TARGET}: its log, the inputs that reached something
 * new, and those that found something.
 *
 * @param executions inputs tried
 * @param coverage the last line that tells of coverage, in libFuzzer's words
 */
record JazzerRun(long executions, String coverage) {
    private static final long HOUR = TimeUnit.HOURS.toSeconds(1);
    private static final Pattern COVERAGE = Pattern.compile("#\\d+\\s+.*(cov: \\d+ ft: \\d+ corp: \\S+).*");
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units: (\\d+)");

    /** In the long run only, and only this one where one is named. */
    static boolean isAskedFor(FuzzTarget target) {
        String one = System.getProperty("emberlog.fuzz.target", target.name());
        return Boolean.getBoolean("emberlog.lab.long") && one.equals(target.name());
    }

    /** @throws AssertionError when it found something */
    static JazzerRun of(FuzzTarget target, long seed) throws IOException, InterruptedException {
        Path directory = Path.of("target", "fuzz", target.id()).toAbsolutePath();
        Path made = Files.createDirectories(directory.resolve("made"));
        Path log = directory.resolve("log.txt");
        long seconds = Long.getLong("emberlog.fuzz.seconds", HOUR);
        Process fuzzer = new ProcessBuilder(command(target, seed, seconds, directory, made))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Thread end = new Thread(fuzzer::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        if (!fuzzer.waitFor(2 * seconds + 300, TimeUnit.SECONDS)) {
            fuzzer.destroyForcibly();
            throw new AssertionError(target.id() + " did not end; its log is " + log);
        }
        Runtime.getRuntime().removeShutdownHook(end);
        List<String> said = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
        JazzerRun run = new JazzerRun(
                last(EXECUTIONS, said).map(Long::parseLong).orElse(0L),
                last(COVERAGE, said).orElse("no coverage told"));
        System.out.println(target.id() + ": " + run.executions + " inputs, " + run.coverage);
        if (fuzzer.exitValue() != 0) {
            throw new AssertionError(target.id() + " found something, or failed, after " + run.executions
                    + " inputs (exit code " + fuzzer.exitValue() + "); put " + findings(directory) + " into "
                    + target.corpus() + "; its log is " + log + ", which says: " + why(said));
        }
        return run;
    }

    private static List<String> command(FuzzTarget target, long seed, long seconds, Path directory, Path made) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add-") || flag.startsWith("--enable-") || flag.startsWith("--sun-")) {
                command.add(flag);
            }
        }
        command.addAll(List.of(
                "-Xmx1g",
                "-XX:+EnableDynamicAgentLoading", // says that it is meant, to newer JDKs
                "-XX:-OmitStackTraceInFastThrow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.type.getName(),
                "--instrumentation_includes="
                        + String.join(File.pathSeparator, "io.emberlog.**", "org.tomlj.**", "com.google.re2j.**"),
                "--reproducer_path=" + directory,
                "-max_total_time=" + seconds,
                "-timeout=60", // the first input loads and instruments classes
                "-rss_limit_mb=0", // that of the JVM's heap counts
                "-print_final_stats=1",
                "-use_value_profile=1",
                "-seed=" + (seed & 0x7FFF_FFFF),
                "-max_len=" + target.longestInput,
                "-artifact_prefix=" + directory + "/"));
        Long count = Long.getLong("emberlog.lab.count");
        if (count != null) {
            command.add("-runs=" + count);
        }
        command.add(made.toString());
        command.add(target.corpus().toString());
        return command;
    }

    private static java.util.Optional<String> last(Pattern pattern, List<String> lines) {
        String last = null;
        for (String line : lines) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                last = matcher.group(1);
            }
        }
        return java.util.Optional.ofNullable(last);
    }

    private static List<Path> findings(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|slow-unit)-.*"))
                    .toList();
        }
    }

    private static String why(List<String> said) {
        for (int i = 0; i < said.size(); i++) {
            if (said.get(i).startsWith("== Java Exception")) {
                return String.join("\n", said.subList(i, Math.min(said.size(), i + 12)));
            }
        }
        return said.isEmpty() ? "nothing" : said.get(said.size() - 1);
    }
}

package io.emberlog.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The log of runs, one line each, tab-separated, only ever appended to:
 *
 * <pre>
 *   time  commit (+ = with changes)  fault  variant  made  seed  result  seconds  JDK  machine
 * </pre>
 *
 * Lines are appended in one write each, so that runs beside each other do not mix theirs.
 */
public final class RunLog {
    /**
     * One run.
     *
     * @param made how often the fault was made
     */
    public record Line(Fault fault, String variant, long made, long seed, boolean passed, String commit) {}

    private static final String NAME = "docs/reliability-runs.tsv";
    private static final int COLUMNS = 10;

    private RunLog() {}

    /** The repository's root, found upwards from the working directory. */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve("emberlog")) && Files.isDirectory(at.resolve("docs"))) {
                return at;
            }
        }
        throw new IllegalStateException("no directory with emberlog and docs above " + start);
    }

    /** All runs so far. */
    public static List<Line> read() throws IOException {
        Path file = root().resolve(NAME);
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(RunLog::parse)
                        .toList()
                : List.of();
    }

    private static Line parse(String line) {
        String[] columns = line.split("\t", -1);
        if (columns.length != COLUMNS) {
            throw new IllegalArgumentException(
                    NAME + ": columns=" + columns.length + " must be " + COLUMNS + " in: " + line);
        }
        return new Line(
                Fault.of(columns[2]),
                columns[3],
                Long.parseLong(columns[4]),
                Long.parseLong(columns[5]),
                columns[6].equals("passed"),
                columns[1]);
    }

    static void append(Fault fault, String variant, long made, long seed, String result, Duration took)
            throws IOException {
        if (!Boolean.getBoolean("emberlog.lab.log")) {
            return;
        }
        String line = String.join(
                "\t",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                commit(),
                fault.id(),
                variant,
                Long.toString(made),
                Long.toString(seed),
                result,
                Long.toString(took.toSeconds()),
                System.getProperty("java.runtime.version"),
                machine());
        Files.write(
                root().resolve(NAME),
                (line + "\n").getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static String commit() throws IOException {
        String head = git("rev-parse", "--short", "HEAD");
        String changes = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!" + NAME);
        return head.isEmpty() ? "unknown" : head + (changes.isEmpty() ? "" : "+");
    }

    private static String git(String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.command().add(0, "git");
        builder.directory(root().toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        Process git;
        try {
            git = builder.start();
        } catch (IOException e) {
            return ""; // no git: sources from an archive
        }
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? said : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static String machine() throws IOException {
        Path cpus = Path.of("/proc/cpuinfo");
        String model = Files.isReadable(cpus)
                ? Files.readAllLines(cpus).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown CPU")
                : "unknown CPU";
        return model + ", " + Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name")
                + " " + System.getProperty("os.version");
    }
}

package io.emberlog.samples.process;

import io.emberlog.samples.judge.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What the judge said, in a process of its own.
 *
 * @param exitCode 0 only if everything acknowledged is in the output exactly once
 * @param report its JSON
 * @param text the same as it was printed
 */
public record Judgement(int exitCode, Map<String, Object> report, String text) {
    private static final Set<Integer> INTERRUPTED = Set.of(128 + 2, 128 + 15);

    /**
     * Judges the acknowledgement files of a run against its output.
     *
     * @throws InterruptedException also when it is the judge that SIGINT or SIGTERM ended
     */
    public static Judgement of(Children children, RunDirectory directory, Duration limit)
            throws IOException, InterruptedException {
        Path report = directory.said().resolve("judge.json");
        Path complaint = directory.said().resolve("judge.txt");
        Process judge = children.start(
                Jvm.judge(directory.acks().toString(), directory.output().toString(), "--json")
                        .redirectOutput(report.toFile())
                        .redirectError(complaint.toFile()));
        if (!judge.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IOException("the judge did not end within " + limit.toSeconds() + " s");
        }
        if (INTERRUPTED.contains(judge.exitValue())) { // Ctrl-C is for all processes of the terminal
            throw new InterruptedException("the judge was interrupted, exit code " + judge.exitValue());
        }
        byte[] json = Files.readAllBytes(report);
        if (judge.exitValue() > 1 || json.length == 0) {
            throw new IOException("the judge could not judge, exit code " + judge.exitValue() + ": "
                    + Files.readString(complaint).strip());
        }
        return new Judgement(
                judge.exitValue(), Json.parse(json, json.length), new String(json, StandardCharsets.UTF_8));
    }

    public boolean isClean() {
        return exitCode == 0;
    }

    /** One object per worker, keys as the table's columns. */
    public List<Map<String, Object>> workers() {
        return Json.list(report.get("workers")).stream().map(Json::object).toList();
    }

    /** The master's records of dead workers: worker, reason, detected_after_ms. */
    public List<Map<String, Object>> deaths() {
        return Json.list(report.get("deaths")).stream().map(Json::object).toList();
    }

    /** What is wrong, in examples. */
    public List<String> findings() {
        return Json.list(report.get("findings")).stream().map(Object::toString).toList();
    }

    /** A number of the whole output: {@code lines}, {@code malformed}, {@code invented}, {@code sequence_breaks}. */
    public long count(String what) {
        if (report.get(what) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("what=" + what + " is no number of the judge's report");
    }

    /** Sum of a column over all workers. */
    public long sum(String column) {
        return workers().stream()
                .mapToLong(worker -> worker.get(column) instanceof Long number ? number : 0)
                .sum();
    }
}

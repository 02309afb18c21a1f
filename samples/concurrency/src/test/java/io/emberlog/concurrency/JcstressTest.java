package io.emberlog.concurrency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Two threads on two cores, again and again with fresh state, under jcstress: the classes of this module whose names end in
 * {@code Stress} say what each pair does, which outcomes there may be, and why. What is counted is samples: pairs that were run
 * and whose outcome was looked at.
 *
 * <p>Unlike elsewhere a seed makes no run again: the machine decides.
 */
class JcstressTest {
    /** Up to here one short iteration of each pair is enough, in one configuration of the JVM; beyond it all of them. */
    private static final long SAMPLES_OF_A_QUICK_ROUND = 1_000_000;

    private static final Path RESULTS = Path.of("target", "jcstress").toAbsolutePath();

    /** A row of jcstress's table of outcomes: the outcome, how often, how much of all, what was expected. */
    private static final Pattern ROW =
            Pattern.compile(" {2,}.+? {2,}([0-9,]+) {2,}[<>]?[0-9.]+% {2,}(Acceptable|Interesting|Forbidden).*");

    private static final Pattern TEST = Pattern.compile(".*\\[(OK|FAILED|ERROR|.*)] (io\\.emberlog\\.\\S+).*");

    @Test
    void whateverTwoThreadsDoTheOutcomeIsOneThatIsAllowed() throws IOException {
        assumeTrue(
                Boolean.getBoolean("emberlog.lab.long") || Long.getLong("emberlog.lab.count") != null,
                "wants both cores for minutes: .ci/storm JcstressTest [SAMPLES]");
        LabRun.of(Fault.JCSTRESS, "", 1, run -> {
            boolean isLong = run.count() > SAMPLES_OF_A_QUICK_ROUND;
            do {
                run.made(samples(jcstress(isLong)));
            } while (run.made() < run.count());
        });
    }

    /** @return what it printed */
    private static List<String> jcstress(boolean isLong) throws IOException, InterruptedException {
        Files.createDirectories(RESULTS);
        Path output = RESULTS.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main"));
        command.addAll(List.of("-r", RESULTS.toString(), "-v", "-t", "io\\.emberlog\\..*"));
        // few states at a time, for each has a ring of its own: see RingPool
        command.addAll(List.of("-strideSize", "16", "-strideCount", "2"));
        command.addAll(
                isLong
                        ? List.of("-iters", "5", "-time", "1000")
                        : List.of("-f", "1", "-iters", "1", "-time", "100", "-sc", "false", "-jvmArgs", "-Xmx256m"));
        Process process = new ProcessBuilder(command)
                .directory(RESULTS.toFile()) // where it leaves what it found
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(24, TimeUnit.HOURS))
                    .as("jcstress ends; " + output.toAbsolutePath())
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output);
        assertThat(process.exitValue())
                .as(String.join("\n", lines.subList(Math.max(0, lines.size() - 200), lines.size())))
                .isZero();
        return lines;
    }

    private static long samples(List<String> output) {
        long samples = 0;
        for (String line : output) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                samples += Long.parseLong(row.group(1).replace(",", ""));
            }
            Matcher test = TEST.matcher(line);
            if (test.matches()) {
                assertThat(test.group(1)).as(line).isEqualTo("OK");
            }
        }
        return samples;
    }
}

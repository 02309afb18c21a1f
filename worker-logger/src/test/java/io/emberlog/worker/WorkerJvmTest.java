package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real JVMs with nothing but the worker's class path, and no flags, on each JDK that is supported. */
class WorkerJvmTest {
    private static final Path CLASS_PATH = Path.of("target", "runtime-class-path.txt");

    private static final Pattern MISSING =
            Pattern.compile("emberlog: (\\d+) lines? w.* not printed: standard error .*");
    private static final Pattern RECORD = Pattern.compile(".* INFO \\[main] - record (\\d+) x{180}");

    @TempDir
    Path temp;

    private record Outcome(int exitCode, String out, String err) {}

    private Outcome run(int jdk, String how, String... flags) throws IOException, InterruptedException {
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        Process process = builder(jdk, how, flags)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("the worker JVM ends by itself")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private ProcessBuilder builder(int jdk, String how, String... flags) throws IOException {
        List<String> classPath = new ArrayList<>(classPath());
        classPath.add(Path.of("target", "classes").toAbsolutePath().toString());
        classPath.add(Path.of("target", "test-classes").toAbsolutePath().toString());
        List<String> command = new ArrayList<>(List.of(java(jdk).toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), WorkerMain.class.getName(), how));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("EMBERLOG_") || name.contains("JAVA_"));
        builder.environment().put("EMBERLOG_DIR", temp.resolve("channel").toString());
        builder.environment().put("EMBERLOG_SERVICE", "trading");
        return builder;
    }

    private static List<String> classPath() throws IOException {
        return Arrays.asList(Files.readString(CLASS_PATH).trim().split(File.pathSeparator));
    }

    /** Skipped where that JDK is missing, but under CI a failure. */
    private static Path java(int jdk) throws IOException {
        List<Path> homes = new ArrayList<>();
        homes.add(Path.of(System.getProperty("java.home")));
        String home = System.getenv("JAVA" + jdk + "_HOME");
        if (home != null) {
            homes.add(Path.of(home));
        }
        for (Path beside : List.of(homes.get(0).toRealPath().getParent(), Path.of("/usr/lib/jvm"))) {
            if (Files.isDirectory(beside)) {
                try (Stream<Path> siblings = Files.list(beside)) {
                    homes.addAll(siblings.toList());
                }
            }
        }
        for (Path candidate : homes) {
            Path release = candidate.resolve("release");
            Path java = candidate.resolve("bin/java");
            if (Files.isExecutable(java)
                    && Files.isReadable(release)
                    && Files.readString(release).contains("JAVA_VERSION=\"" + jdk)) {
                return java;
            }
        }
        String missing = "no JDK " + jdk + " found; JAVA" + jdk + "_HOME names one";
        assertThat(System.getenv("CI")).as(missing).isNotEqualTo("true");
        assumeTrue(false, missing);
        return null;
    }

    @ParameterizedTest
    @CsvSource({"17, return, 0", "25, return, 0", "17, exit, 3", "25, close, 0"})
    void workerNeedsNoFlagsPrintsNothingAndSaysGoodbye(int jdk, String how, int exitCode) throws Exception {
        assertThat(run(jdk, how)).isEqualTo(new Outcome(exitCode, "", ""));
        RingContents ring = RingContents.only(temp.resolve("channel"));
        assertThat(ring.entries).hasSize(1000);
        assertThat(ring.heartbeats).containsExactly(false, true);
        assertThat(ring.file.identity().service()).isEqualTo("trading");
        assertThat(ring.file.identity().process()).isEqualTo("WorkerMain");
        assertThat(ring.file.identity().name()).startsWith("WorkerMain-");
        assertThat(ring.file.identity().startTimeTicks()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"17", "25"})
    void acknowledgedRecordsSurviveHalt(int jdk) throws Exception {
        assertThat(run(jdk, "halt")).isEqualTo(new Outcome(7, "", ""));
        RingContents ring = RingContents.only(temp.resolve("channel"));
        assertThat(ring.entries).hasSize(1000);
        assertThat(ring.heartbeats).containsExactly(false);
    }

    /** A class that is loaded in a full heap, or initialised at the end of a stack, may be broken for the process's life. */
    @ParameterizedTest
    @CsvSource({"17, 0", "17, 200ms", "25, 0", "25, 200ms"})
    void everyClassThatACallNeedsIsThereBeforeTheFirst(int jdk, String flushInterval) throws Exception {
        Outcome outcome = run(
                jdk,
                "first",
                "-Xlog:class+load",
                "-Demberlog.flush_interval=" + flushInterval,
                "-Demberlog.ring_size=1M",
                "-Demberlog.fallback=none");
        assertThat(outcome.exitCode).as(outcome.err).isZero();
        List<String> lines = outcome.out.lines().toList();
        assertThat(lines).contains("opened", "logged");
        assertThat(lines.subList(lines.indexOf("opened"), lines.indexOf("logged")))
                .filteredOn(line -> line.contains(" io.emberlog.") && !line.contains(WorkerMain.class.getName()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"17", "25"})
    void aPipeThatNobodyReadsHoldsUpNoCallAndSaysLaterWhatItMissed(int jdk) throws Exception {
        Files.createFile(temp.resolve("channel")); // where no directory can be made
        Process process = builder(jdk, "stalled").start();
        CompletableFuture.delayedExecutor(60, TimeUnit.SECONDS)
                .execute(process::destroyForcibly); // and with it what is read of it here
        int next = 0;
        int told = 0;
        String line = "";
        try (BufferedReader out = process.inputReader();
                BufferedReader err = process.errorReader()) {
            assertThat(out.readLine()).as("all calls have returned").isEqualTo("logged");
            assertThat(err.readLine()).startsWith("emberlog: worker ");
            while (told < WorkerMain.STALLED_RECORDS) {
                line = err.readLine();
                assertThat(line).isNotNull();
                Matcher missing = MISSING.matcher(line);
                Matcher record = RECORD.matcher(line);
                if (missing.matches()) {
                    told += Integer.parseInt(missing.group(1));
                } else {
                    assertThat(record.matches()).as(line).isTrue();
                    int number = Integer.parseInt(record.group(1));
                    assertThat(number).isGreaterThanOrEqualTo(next);
                    next = number + 1;
                    told++;
                }
            }
            process.getOutputStream().close();
            assertThat(err.readLine()).isNull();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isZero();
        assertThat(told).isEqualTo(WorkerMain.STALLED_RECORDS);
        assertThat(next).as("as much as a pipe and the queue take").isLessThan(WorkerMain.STALLED_RECORDS);
        assertThat(line).matches(MISSING);
    }

    @ParameterizedTest
    @CsvSource({"17, unringed, 0", "25, unringed, 0", "17, unringed-exit, 3"})
    void whatWaitsToBePrintedComesOutAtTheEndOfTheProcess(int jdk, String how, int exitCode) throws Exception {
        Files.createFile(temp.resolve("channel"));
        Outcome outcome = run(jdk, how);
        assertThat(outcome.exitCode).isEqualTo(exitCode);
        assertThat(outcome.err.lines()).hasSize(1001).last().asString().endsWith("record 999");
    }

    @Test
    void virtualThreadsLogLikeOthers() throws Exception {
        assertThat(run(25, "virtual")).isEqualTo(new Outcome(0, "", ""));
        RingContents ring = RingContents.only(temp.resolve("channel"));
        assertThat(ring.entries).hasSize(1000);
        assertThat(ring.entries).allMatch(entry -> entry.thread() == null);
    }

    @Test
    void workerDependsOnAgronaAndNothingElse() throws IOException {
        List<String> thirdParty = classPath().stream()
                .map(path -> Path.of(path))
                .filter(path -> !path.toString().contains("ipc-ringbuffer"))
                .map(path -> path.getFileName().toString().replaceFirst("-\\d.*", ""))
                .toList();
        assertThat(thirdParty).containsExactly("agrona");
    }
}

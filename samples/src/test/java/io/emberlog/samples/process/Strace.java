package io.emberlog.samples.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** System calls of some threads of a process fail for as long as this is there. One thread. */
public final class Strace implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** As the kernel keeps it. */
    private static final int LONGEST_NAME = 15;

    private final Process process;

    private Strace(Process process) {
        this.process = process;
    }

    /** Skips the test where there is none, or no right to trace a process; in CI that is a failure. */
    public static void assumeThere() throws IOException, InterruptedException {
        Needs.program(
                "strace, and the right to trace a process", "strace", "-qq", "-e", "inject=fsync:error=EIO", "true");
    }

    /**
     * From when this returns.
     *
     * @param calls names of system calls, between commas
     * @param fault what becomes of them, as in {@code error=EIO:when=1}
     * @param file of which alone; null for any
     * @param names of the process's threads
     */
    public static Strace attach(
            Children children, RunDirectory directory, long pid, String calls, String fault, Path file, String... names)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of("strace", "-qq", "-e", "trace=" + calls, "-e", "inject=" + calls + ':' + fault));
        if (file != null) {
            command.addAll(List.of("-P", file.toString()));
        }
        List<Path> threads = threads(pid, names);
        for (Path thread : threads) {
            command.addAll(List.of("-p", thread.getFileName().toString()));
        }
        Process process = children.start(directory.saying("strace", new ProcessBuilder(command)));
        Waiting.until("strace to hold " + List.of(names), LIMIT, () -> {
            assertThat(process.isAlive()).as("strace lives").isTrue();
            for (Path thread : threads) {
                if (GrowingFile.text(thread.resolve("status")).contains("\nTracerPid:\t0\n")) {
                    return false;
                }
            }
            return true;
        });
        return new Strace(process);
    }

    private static List<Path> threads(long pid, String... names) throws IOException {
        List<String> wanted = Stream.of(names)
                .map(name -> name.substring(0, Math.min(LONGEST_NAME, name.length())))
                .toList();
        List<Path> found = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                if (wanted.contains(nameOf(task))) {
                    found.add(task);
                }
            }
        }
        assertThat(found).as("threads %s of process %d", wanted, pid).hasSize(names.length);
        return found;
    }

    private static String nameOf(Path task) throws IOException {
        try {
            return GrowingFile.text(task.resolve("comm")).strip();
        } catch (NoSuchFileException ended) {
            return "";
        }
    }

    /** From when this returns the calls do what they should. */
    public void mend() {
        process.destroy();
        process.onExit().join();
    }

    @Override
    public void close() {
        mend();
    }
}

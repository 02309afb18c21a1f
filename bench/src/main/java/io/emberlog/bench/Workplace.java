package io.emberlog.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;

/**
 * Directories and processes of one run. Closing it, or the end of this JVM, kills the processes and removes the
 * directories. The measuring thread, and the JVM's hook.
 */
final class Workplace implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Path memory;
    private final Path disk;
    private final Deque<Process> processes = new ArrayDeque<>();
    private final Thread hook = new Thread(this::clear);

    private Workplace(Path memory, Path disk) {
        this.memory = memory;
        this.disk = disk;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static Workplace in(Path directory) throws IOException {
        Path memory = Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY : directory;
        return new Workplace(
                Files.createTempDirectory(memory, "emberlog-bench-"),
                Files.createTempDirectory(directory, "emberlog-bench-"));
    }

    /** Where the rings are. */
    Path channel() {
        return memory.resolve("channel");
    }

    /** Where the journal, the output and what processes complain about are. */
    Path disk() {
        return disk;
    }

    synchronized Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        processes.push(process);
        return process;
    }

    @Override
    public void close() {
        clear();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    private synchronized void clear() {
        for (Process process : processes) {
            process.destroyForcibly();
        }
        for (Process process : processes) {
            process.onExit().join();
        }
        processes.clear();
        remove(memory);
        remove(disk);
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("emberlog bench: could not remove " + directory + ": " + e.getMessage());
        }
    }
}

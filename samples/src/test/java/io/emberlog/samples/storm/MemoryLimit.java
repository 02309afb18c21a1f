package io.emberlog.samples.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A memory cgroup (v1) of its own for processes that are to meet the kernel's OOM killer. Removed with {@link #close}. */
final class MemoryLimit implements AutoCloseable {
    private static final Path CONTROLLER = Path.of("/sys/fs/cgroup/memory");

    private final Path group;

    private MemoryLimit(Path group) {
        this.group = group;
    }

    /** Skips the test where there is none to be had; with CI=true it fails. */
    static MemoryLimit of(long bytes) throws IOException {
        Optional<Path> own = Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                .map(line -> line.split(":", 3))
                .filter(line -> line.length == 3 && line[1].equals("memory"))
                .map(line -> Path.of(CONTROLLER + line[2]))
                .findFirst()
                .filter(path -> Files.isWritable(path) && Files.exists(path.resolve("memory.limit_in_bytes")));
        if (own.isEmpty()) {
            String missing = "needs a writable memory controller of cgroup v1 under " + CONTROLLER;
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(missing);
            }
            Assumptions.abort("skipped: " + missing);
        }
        Path group = Files.createDirectory(own.get().resolve("emberlog-lab-" + UUID.randomUUID()));
        Files.writeString(group.resolve("memory.limit_in_bytes"), Long.toString(bytes));
        return new MemoryLimit(group);
    }

    /** Starts a process in it. */
    ProcessBuilder within(ProcessBuilder builder) {
        builder.command()
                .addAll(0, java.util.List.of("sh", "-c", "echo $$ > " + group + "/cgroup.procs && exec \"$0\" \"$@\""));
        return builder;
    }

    @Override
    public void close() {
        Awaitility.await().ignoreExceptions().until(() -> Files.deleteIfExists(group) || Files.notExists(group));
    }
}

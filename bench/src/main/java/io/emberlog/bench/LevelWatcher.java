package io.emberlog.bench;

import io.emberlog.message.Level;
import io.emberlog.worker.WorkerLogger;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker's JVM that asks each millisecond whether DEBUG is enabled and prints {@code true NANOS} or {@code false NANOS}
 * at the start and at each change, until it is killed. Arguments: channel directory, worker name, logger.
 */
final class LevelWatcher {
    private static final long LOOK_NS = 1_000_000;
    private static final int SMALL_RING = 128 * 1024;

    private LevelWatcher() {}

    public static void main(String[] args) {
        WorkerLogger log = WorkerLogger.builder()
                .directory(Path.of(args[0]))
                .name(args[1])
                .ringSize(SMALL_RING)
                .open()
                .logger(args[2]);
        boolean enabled = log.isEnabled(Level.DEBUG);
        System.out.println(enabled + " " + System.nanoTime());
        while (true) {
            LockSupport.parkNanos(LOOK_NS);
            if (log.isEnabled(Level.DEBUG) != enabled) {
                long now = System.nanoTime();
                enabled = !enabled;
                System.out.println(enabled + " " + now);
            }
        }
    }
}

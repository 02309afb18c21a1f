package io.emberlog.ring.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;

/** The clocks that rules with a time are measured by. Any thread. */
public interface Clock {
    /** Nanoseconds since the epoch; may be set, to and fro. */
    long epochNs();

    /** Nanoseconds that only grow, since a time that all processes with the same {@link #id} share. */
    long monotonicNs();

    /** Names the monotonic clock: two processes with the same id other than 0 read the same one. 0 = not known. */
    long id();

    /** Those of this process. Reads files, so once, on a thread of Emberlog's own. */
    static Clock ofThisProcess() {
        long id = id(Path.of("/proc/sys/kernel/random/boot_id"), Path.of("/proc/self/ns/time"));
        return new Clock() {
            @Override
            public long epochNs() {
                Instant now = Instant.now();
                return now.getEpochSecond() * 1_000_000_000L + now.getNano();
            }

            @Override
            public long monotonicNs() {
                return System.nanoTime(); // CLOCK_MONOTONIC, as it is, on Linux
            }

            @Override
            public long id() {
                return id;
            }
        };
    }

    /** The boot's uuid and the time namespace, mixed: CLOCK_MONOTONIC is shared within both. */
    private static long id(Path bootId, Path timeNamespace) {
        try {
            UUID boot = UUID.fromString(Files.readString(bootId).trim());
            String namespace = Files.isSymbolicLink(timeNamespace)
                    ? Files.readSymbolicLink(timeNamespace).toString()
                    : ""; // kernels before 5.6 have none
            return boot.getMostSignificantBits() ^ boot.getLeastSignificantBits() ^ namespace.hashCode();
        } catch (IOException | RuntimeException unknown) {
            return 0; // not Linux, or hidden from us
        }
    }
}

package io.emberlog.samples.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** Answers each line with what this JVM's clocks show behind a park of 100 ms: {@code currentTimeMillis}, {@code Instant.now} in ms, {@code nanoTime}, and its nanoseconds over the park. */
final class ClockProbe {
    static final long PARK_NS = 100_000_000;

    private ClockProbe() {}

    public static void main(String... arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (in.readLine() != null) {
            long start = System.nanoTime();
            LockSupport.parkNanos(PARK_NS);
            long end = System.nanoTime();
            System.out.println(
                    System.currentTimeMillis() + " " + Instant.now().toEpochMilli() + " " + end + " " + (end - start));
        }
    }
}

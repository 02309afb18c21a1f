package io.emberlog.samples.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Answers each line with what this JVM's clocks show: {@code currentTimeMillis}, {@code Instant.now} in ms, {@code nanoTime}. */
final class ClockProbe {
    private ClockProbe() {}

    public static void main(String... arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (in.readLine() != null) {
            System.out.println(
                    System.currentTimeMillis() + " " + Instant.now().toEpochMilli() + " " + System.nanoTime());
        }
    }
}

package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Signals for processes that a test started. */
public final class Signals {
    private Signals() {}

    /** @param name without SIG */
    static void send(String name, long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .redirectErrorStream(true)
                .start();
        assertThat(kill.waitFor()).as("kill -" + name + " " + pid).isZero();
    }

    /** SIGSTOP; returns when the last of its threads stands. */
    static void stop(long pid) throws IOException, InterruptedException {
        stop(pid, "T");
    }

    /** SIGSTOP; returns when none of its threads will run another instruction of its own, though some may still be in the kernel. */
    public static void freeze(long pid) throws IOException, InterruptedException {
        stop(pid, "TD");
    }

    private static void stop(long pid, String states) throws IOException, InterruptedException {
        send("STOP", pid);
        Waiting.until("all threads of " + pid + " to stand", StormRun.LIMIT, () -> {
            try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
                return threads.allMatch(thread -> states.indexOf(state(thread)) >= 0);
            }
        });
    }

    private static char state(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

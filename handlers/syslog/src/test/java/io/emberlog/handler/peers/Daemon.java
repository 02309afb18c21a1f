package io.emberlog.handler.peers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A program that runs until it is told to stop, and may be started again. */
final class Daemon implements AutoCloseable {
    private final Path log;
    private final Map<String, String> environment;
    private final List<String> command;
    private Process process;

    Daemon(Path log, Map<String, String> environment, String... command) {
        this.log = log;
        this.environment = environment;
        this.command = List.of(command);
    }

    /** Interrupted by its end, which throws with what it said. */
    interface Ready {
        boolean isReady() throws Exception;
    }

    void start(Ready ready) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError(command + " ended with " + process.exitValue() + ": " + said());
            }
            return ready.isReady();
        });
    }

    String said() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** In order, SIGTERM. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** SIGSTOP. */
    void halt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        if (process != null) {
            try {
                stop();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.emberlog.samples.process;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A master of one run, which can be started, killed and started again. One thread. */
public final class Master {
    private final Children children;
    private final RunDirectory directory;
    private UnaryOperator<ProcessBuilder> under = UnaryOperator.identity();
    private Process process;

    /** @param settings further lines of TOML, after those that say where everything is */
    public Master(Children children, RunDirectory directory, String... settings) throws IOException {
        this.children = children;
        this.directory = directory;
        String where = """
                [channel]
                directory = "%s"

                [journal]
                directory = "%s"
                """.formatted(directory.rings(), directory.state());
        Files.writeString(directory.config(), where + "\n" + String.join("\n", settings) + "\n");
    }

    /** The table of a handler that writes JSON lines to {@link RunDirectory#output}, and keeps all files unless told otherwise. */
    public static String jsonHandler(RunDirectory directory, String... settings) {
        return """

                [[handlers]]
                name = "out"
                type = "file"
                path = "%s"
                format = "json"
                %s
                """.formatted(directory.output(), keepingAll(settings));
    }

    /** What was deleted by rotation would be lost to whoever judges. */
    private static String keepingAll(String... settings) {
        String lines = String.join("\n", settings);
        return lines.contains("keep_files") ? lines : lines + "\nkeep_files = 0";
    }

    /** Starts it in another way from now on: as another user, in another namespace. */
    public Master under(UnaryOperator<ProcessBuilder> way) {
        under = way;
        return this;
    }

    public Process start() throws IOException {
        process = children.start(directory.saying(
                "master",
                under.apply(
                        Jvm.emberlog("master", "--config", directory.config().toString()))));
        return process;
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Of one that has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL, as {@link Children#kill}: of one that lives. */
    public void kill() throws InterruptedException {
        Children.kill(process);
    }

    /** SIGKILL, whether it lives or not. */
    public void end() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGHUP: reads its configuration again. */
    public void hangUp() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid()))
                .redirectErrorStream(true)
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -HUP " + process.pid() + " ended with " + kill.exitValue());
        }
    }

    /**
     * SIGTERM, and waits.
     *
     * @return the exit code; -1 when it did not end in time
     */
    public int stop(Duration limit) throws InterruptedException {
        process.destroy();
        return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS) ? process.exitValue() : -1;
    }

    /** Waits until every ring is salvaged and its file gone: all workers have ended and all they ringed is journaled. */
    public void awaitRingsGone(Duration limit) {
        Waiting.until("all rings to be salvaged, in " + directory.rings(), limit, () -> {
            if (!isAlive()) {
                throw new IllegalStateException(
                        "the master ended with " + process.exitValue() + "; see " + directory.said());
            }
            List<?> left = directory.ringFiles();
            return left.isEmpty();
        });
    }
}

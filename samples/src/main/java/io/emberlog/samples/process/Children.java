package io.emberlog.samples.process;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The processes that this one started; none outlives it. {@link #close} ends them, and so does the end of this JVM, also
 * by SIGINT or SIGTERM. By handle, so that nobody else's process is hit. Any thread.
 */
public final class Children implements AutoCloseable {
    /** Exit code of a process that SIGKILL ended. */
    public static final int KILLED = 128 + 9;

    private final Queue<Process> started = new ConcurrentLinkedQueue<>();
    private final Thread hook = new Thread(this::endWithTheJvm, "end-children");
    private volatile boolean jvmEnds;
    private volatile boolean closed;

    public Children() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    public Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        if (closed) { // the JVM is ending, and its hook may have looked already
            process.destroyForcibly();
        }
        return process;
    }

    /**
     * SIGKILL; returns when the process is gone.
     *
     * @throws IllegalStateException when that is not what it died of: it had ended by itself, and no kill was made
     */
    public static void kill(Process process) throws InterruptedException {
        int code = process.destroyForcibly().waitFor();
        if (code != KILLED) {
            throw new IllegalStateException(
                    "process " + process.pid() + " had ended by itself before it was killed, exit code " + code);
        }
    }

    /** Whether SIGINT or SIGTERM, say, ends this JVM: processes that end then do so for that reason. */
    public boolean areEndedByTheJvm() {
        return jvmEnds;
    }

    private void endWithTheJvm() {
        jvmEnds = true;
        endAll();
    }

    /** Ends what still runs and waits for it. */
    @Override
    public void close() {
        endAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending: the hook runs and finds nothing left to do
        }
    }

    private void endAll() {
        closed = true;
        started.forEach(Process::destroyForcibly);
        for (Process process : started) {
            try {
                process.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}

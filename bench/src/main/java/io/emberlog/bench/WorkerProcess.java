package io.emberlog.bench;

import io.emberlog.bench.front.Setting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link LoadWorker} as the measuring JVM sees it. */
final class WorkerProcess {
    private final Process process;
    private final PrintStream orders;
    private final BufferedReader answers;

    private WorkerProcess(Process process) {
        this.process = process;
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /**
     * Starts that many, named {@code worker-0} and up, and waits until they are open.
     *
     * @param each what they measure; the name in it is not looked at
     */
    static List<WorkerProcess> start(Workplace place, int count, Mode mode, Setting each) throws IOException {
        List<WorkerProcess> workers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> command = new ArrayList<>(Jvm.workerCommand(each.library(), LoadWorker.class));
            command.addAll(1, each.named(name(i)).arguments());
            if (each.library().isEmberlog()) {
                command.addAll(1, mode.workerProperties());
                command.add(1, "-Demberlog.overflow=block:1m"); // waits where its ring is full, as the peers do
            }
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("EMBERLOG_DIR", place.channel().toString());
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            workers.add(new WorkerProcess(place.start(builder)));
        }
        for (WorkerProcess worker : workers) {
            worker.order("open");
        }
        for (WorkerProcess worker : workers) {
            worker.answer("open");
        }
        return workers;
    }

    static String name(int worker) {
        return "worker-" + worker;
    }

    void order(String line) {
        orders.println(line);
    }

    /**
     * Waits for it.
     *
     * @param order the first word of the order, and of the answer
     */
    String[] answer(String order) throws IOException {
        String line = answers.readLine();
        if (line == null || !line.startsWith(order)) {
            throw new IOException("a worker that was told to " + order
                    + (line == null ? " ended; standard error says why" : " said: " + line));
        }
        return line.split(" ");
    }

    Duration cpu() {
        return Jvm.cpu(process);
    }

    /** SIGKILL; back when it is dead. */
    void kill() throws IOException, InterruptedException {
        if (!process.destroyForcibly().waitFor(10, TimeUnit.SECONDS)) {
            throw new IOException("a worker outlives SIGKILL");
        }
    }
}

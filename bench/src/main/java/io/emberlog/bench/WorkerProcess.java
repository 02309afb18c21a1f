package io.emberlog.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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

    /** Starts that many, named {@code worker-0} and up, and waits until they are open. */
    static List<WorkerProcess> start(Workplace place, int count, Mode mode) throws IOException {
        List<WorkerProcess> workers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> command = new ArrayList<>(Jvm.workerCommand(LoadWorker.class));
            command.addAll(1, mode.workerProperties());
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("EMBERLOG_DIR", place.channel().toString());
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            workers.add(new WorkerProcess(place.start(builder)));
        }
        for (int i = 0; i < count; i++) {
            workers.get(i).order("open " + name(i));
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
}

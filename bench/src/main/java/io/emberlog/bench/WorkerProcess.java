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
    private static final String NAME = "worker-";

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
        return start(place, Load.of(each, count, mode, Outputs.HUMAN), count, each.target());
    }

    /** Starts the workers of a load in so many processes, as evenly as it goes. */
    static List<WorkerProcess> start(Workplace place, Load load, int processes, String target) throws IOException {
        List<WorkerProcess> started = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            started.add(unopened(place, load, first(i, load.workers(), processes), target));
        }
        for (int i = 0; i < processes; i++) {
            int workers = first(i + 1, load.workers(), processes) - first(i, load.workers(), processes);
            started.get(i).order("open " + workers);
        }
        for (WorkerProcess worker : started) {
            worker.answer("open");
        }
        return started;
    }

    private static int first(int process, int workers, int processes) {
        return (int) ((long) process * workers / processes);
    }

    /** One whose JVM is there, and does not log before it is told to {@code open}. */
    static WorkerProcess unopened(Workplace place, Load load, int worker, String target) throws IOException {
        Setting setting = load.setting().named(name(worker)).to(target);
        List<String> command = new ArrayList<>(Jvm.workerCommand(setting.library(), LoadWorker.class));
        command.addAll(1, setting.arguments());
        if (setting.library().isEmberlog()) {
            command.addAll(1, load.mode().workerProperties());
            command.add(1, "-Demberlog.overflow=block:1m"); // waits where its ring is full, as the peers do
        }
        command.addAll(1, load.flags());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("EMBERLOG_DIR", place.channel().toString());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return new WorkerProcess(place.start(builder));
    }

    static String name(int worker) {
        return NAME + worker;
    }

    static int number(String name) {
        return Integer.parseInt(name.substring(NAME.length()));
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

    /** As {@link Jvm#cpuOfThreads}. */
    Duration cpuOfThreads() {
        return Jvm.cpuOfThreads(process);
    }

    /** SIGKILL; back when it is dead. */
    void kill() throws IOException, InterruptedException {
        if (!process.destroyForcibly().waitFor(10, TimeUnit.SECONDS)) {
            throw new IOException("a worker outlives SIGKILL");
        }
    }

    /** It closes what it has opened, and is gone. */
    void end() throws IOException, InterruptedException {
        orders.close();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new IOException("a worker outlives its input");
        }
    }

    /** KiB of memory that is no file's. */
    long anonymousKib() throws IOException {
        return Jvm.anonymousKib(process);
    }

    /** See {@link Jvm#trim}. */
    boolean trim() throws IOException, InterruptedException {
        return Jvm.trim(process);
    }
}

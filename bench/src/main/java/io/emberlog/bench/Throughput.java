package io.emberlog.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Messages from log calls in some processes to text in one file, through ring and journal: the time from the first call
 * to the last line on the device. Workers wait where their ring is full, so nothing may be missing, and each line is
 * looked at afterwards.
 */
final class Throughput implements Benchmark {
    private static final long POLL_MS = 1;
    private static final Duration LIMIT = Duration.ofMinutes(10);
    /** The tail of the file that surely holds the last line. */
    private static final int TAIL = 4096;

    private static final String JOURNAL_SIZE = "16 GiB";

    private final int workers;
    private final String format;
    private final Mode mode;

    Throughput(int workers, String format, Mode mode) {
        this.workers = workers;
        this.format = format;
        this.mode = mode;
    }

    @Override
    public String name() {
        return "throughput" + mode.suffix + "." + workers + (workers == 1 ? "-worker-" : "-workers-") + format;
    }

    @Override
    public String description() {
        return workers + (workers == 1 ? " worker" : " workers") + " to one file, format " + format
                + ", journaled, fsynced at the end" + mode.addition();
    }

    @Override
    public Result run(Plan plan) throws Exception {
        List<Result> runs = new ArrayList<>();
        for (int i = 0; i < plan.runs(); i++) {
            try (Workplace place = Workplace.in(plan.directory())) {
                runs.add(runOnce(plan, place));
            }
        }
        return Result.median(runs);
    }

    private Result runOnce(Plan plan, Workplace place) throws Exception {
        MasterProcess master = MasterProcess.start(place, format, JOURNAL_SIZE, mode);
        List<WorkerProcess> processes = WorkerProcess.start(place, workers, mode);
        int warmUp = plan.warmUpMessages() / workers;
        int each = plan.messages() / workers;
        double messages = (double) each * workers;
        log(processes, -warmUp, 0, mode.errorEvery());
        end(processes, master);

        long journalBefore = master.journalBytes();
        long fileBefore = Files.size(master.output());
        Duration masterBefore = master.cpu();
        Duration workersBefore = cpu(processes);
        Calls calls = log(processes, 0, each, mode.errorEvery());
        Duration workersCpu = cpu(processes).minus(workersBefore);
        long endNs = end(processes, master);
        Duration masterCpu = master.cpu().minus(masterBefore);
        long fileBytes = Files.size(master.output()) - fileBefore;
        long journalBytes = master.journalBytes() - journalBefore;
        master.stop();
        OutputCheck check = OutputCheck.of(master.output(), workers, -warmUp, each);

        double millions = messages / 1e6;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("M messages/s", messages * 1e3 / (endNs - calls.firstNs));
        figures.put("calls returned, M/s", messages * 1e3 / (calls.lastNs - calls.firstNs));
        figures.put("CPU s per M", (seconds(workersCpu) + seconds(masterCpu)) / millions);
        figures.put("of it worker", seconds(workersCpu) / millions);
        figures.put("of it master", seconds(masterCpu) / millions);
        figures.put("journal B per message", journalBytes / messages);
        figures.put("file B per message", fileBytes / messages);
        figures.put("messages", messages);
        figures.put("lines", (double) check.lines());
        figures.put("refused", (double) calls.refused);
        figures.put("missing", (double) check.missing());
        figures.put("doubled", (double) check.doubled());
        return new Result(name(), figures, calls.refused + check.missing() + check.doubled() == 0);
    }

    private record Calls(long firstNs, long lastNs, long refused) {}

    private static Calls log(List<WorkerProcess> workers, long from, long to, int errorEvery) throws IOException {
        for (WorkerProcess worker : workers) {
            worker.order("log " + from + " " + to + " " + errorEvery);
        }
        long first = Long.MAX_VALUE;
        long last = 0;
        long refused = 0;
        for (WorkerProcess worker : workers) {
            String[] answer = worker.answer("log");
            first = Math.min(first, Long.parseLong(answer[1]));
            last = Math.max(last, Long.parseLong(answer[2]));
            refused += Long.parseLong(answer[3]);
        }
        return new Calls(first, last, refused);
    }

    /**
     * Everything logged is in the journal, so a text logged now will be the file's last.
     *
     * @return when it was there, and all of the file on the device
     */
    private static long end(List<WorkerProcess> workers, MasterProcess master)
            throws IOException, InterruptedException {
        long from = Files.exists(master.output()) ? Math.max(0, Files.size(master.output()) - TAIL) : 0;
        workers.get(0).order("end");
        workers.get(0).answer("end");
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!endsWithTheRun(master.output(), from)) {
            master.checkAlive();
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(master.output() + " is not complete after " + LIMIT.toMinutes() + " minutes");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        try (FileChannel file = FileChannel.open(master.output(), StandardOpenOption.WRITE)) {
            file.force(true);
        }
        return LoadWorker.epochNs();
    }

    private static boolean endsWithTheRun(Path output, long from) throws IOException {
        if (!Files.exists(output)) {
            return false;
        }
        try (FileChannel file = FileChannel.open(output, StandardOpenOption.READ)) {
            long start = Math.max(from, file.size() - TAIL);
            ByteBuffer tail = ByteBuffer.allocate(TAIL);
            int length = Math.max(0, file.read(tail, start));
            String text = new String(tail.array(), 0, length, StandardCharsets.UTF_8);
            return text.contains(LoadWorker.END_OF_RUN) && text.endsWith("\n");
        }
    }

    private static Duration cpu(List<WorkerProcess> workers) {
        Duration sum = Duration.ZERO;
        for (WorkerProcess worker : workers) {
            sum = sum.plus(worker.cpu());
        }
        return sum;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}

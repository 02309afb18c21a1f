package io.emberlog.bench;

import io.emberlog.bench.front.Call;
import io.emberlog.bench.front.Library;
import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Messages from log calls in some processes to text in one file, through ring and journal or through what a peer has: the
 * time from the first call to the last line on the device. Workers wait where a queue is full, so nothing may be missing, and
 * each line is looked at afterwards.
 *
 * @param share of a plan's messages; the slow ones get less than all
 */
record Throughput(
        String name,
        String description,
        Library library,
        String logger,
        int workers,
        double share,
        String format,
        Mode mode)
        implements Benchmark {
    private static final long POLL_MS = 1;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final String JOURNAL_SIZE = "16 GiB";

    static Throughput emberlog(int workers, String format, Mode mode) {
        return new Throughput(
                "throughput" + mode.suffix + "." + workers + (workers == 1 ? "-worker-" : "-workers-") + format,
                workers + (workers == 1 ? " worker" : " workers") + " to one file, format " + format
                        + ", journaled, fsynced at the end" + mode.addition(),
                Library.EMBERLOG,
                null,
                workers,
                1,
                format,
                mode);
    }

    /** One among peers: every line names its logger. */
    static Throughput peer(Library library, int workers, double share) {
        return new Throughput(
                (workers == 1 ? "peers-throughput." : "peers-throughput-" + workers + ".") + library.row(),
                library.row() + ", " + (workers == 1 ? "1 process" : workers + " processes")
                        + " to one file, fsynced at the end"
                        + (share == 1 ? "" : String.format(Locale.ROOT, ", %.0f %% of the messages", 100 * share)),
                library,
                Setting.LOGGER,
                workers,
                share,
                "human",
                Mode.DEFAULTS);
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
        Collector collector = Collector.start(library, place, format, JOURNAL_SIZE, mode);
        Setting setting = new Setting(library, Call.THREE_ARGS, "", logger, collector.target(), mode.errorEvery());
        List<WorkerProcess> processes = WorkerProcess.start(place, workers, mode, setting);
        int warmUp = (int) (plan.warmUpMessages() * share) / workers;
        int each = (int) (plan.messages() * share) / workers;
        double messages = (double) each * workers;
        for (int round = plan.warmUpRounds(); round > 0; round--) {
            log(processes, -round * warmUp, -(round - 1) * warmUp);
            end(processes, collector, "warmed-up-" + round);
            TimeUnit.MILLISECONDS.sleep(plan.settleMs());
        }

        long journalBefore = collector.journalBytes();
        long fileBefore = Files.size(collector.output());
        Duration collectorBefore = collector.cpu();
        Duration workersBefore = cpu(processes);
        Calls calls = log(processes, 0, each);
        Duration workersCpu = cpu(processes).minus(workersBefore);
        long endNs = end(processes, collector, LoadWorker.END_OF_RUN);
        Duration collectorCpu = collector.cpu().minus(collectorBefore);
        long fileBytes = Files.size(collector.output()) - fileBefore;
        long journalBytes = collector.journalBytes() - journalBefore;
        collector.stop();
        OutputCheck check = OutputCheck.of(collector.output(), workers, -plan.warmUpRounds() * warmUp, each);

        boolean amongPeers = logger != null;
        double millions = messages / 1e6;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("M messages/s", messages * 1e3 / (endNs - calls.firstNs));
        figures.put("calls returned, M/s", messages * 1e3 / (calls.lastNs - calls.firstNs));
        figures.put("CPU s per M", (seconds(workersCpu) + seconds(collectorCpu)) / millions);
        figures.put(amongPeers ? "of it logging JVMs" : "of it worker", seconds(workersCpu) / millions);
        figures.put(amongPeers ? "of it master or receiver" : "of it master", seconds(collectorCpu) / millions);
        if (!amongPeers) {
            figures.put("journal B per message", journalBytes / messages);
        }
        figures.put("file B per message", fileBytes / messages);
        figures.put("messages", messages);
        figures.put("lines", (double) check.lines());
        figures.put("refused", (double) calls.refused);
        figures.put("missing", (double) check.missing());
        figures.put("doubled", (double) check.doubled());
        return new Result(name(), figures, calls.refused + check.missing() + check.doubled() == 0);
    }

    private record Calls(long firstNs, long lastNs, long refused) {}

    private static Calls log(List<WorkerProcess> workers, long from, long to) throws IOException {
        for (WorkerProcess worker : workers) {
            worker.order("log " + from + " " + to);
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
     * Everything logged is in the journal, or in the file, so a text logged now will be the file's last. Of what is in
     * sockets only the worker's own text is the last: there each logs one, one after the other.
     *
     * @return when it was there, and all of the file on the device
     */
    private long end(List<WorkerProcess> workers, Collector collector, String text)
            throws IOException, InterruptedException {
        boolean sockets = library == Library.LOG4J2_SOCKET;
        for (WorkerProcess worker : sockets ? workers : workers.subList(0, 1)) {
            end(worker, collector, text, new LineWatch(collector.output(), !sockets));
        }
        try (FileChannel file = FileChannel.open(collector.output(), StandardOpenOption.WRITE)) {
            file.force(true);
        }
        return LoadWorker.epochNs();
    }

    private static void end(WorkerProcess worker, Collector collector, String text, LineWatch watch)
            throws IOException, InterruptedException {
        worker.order("end " + text);
        worker.answer("end");
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!watch.sees(text)) {
            collector.checkAlive();
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(collector.output() + " is not complete after " + LIMIT.toMinutes() + " minutes");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
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

package io.emberlog.bench;

import io.emberlog.bench.front.Library;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Workers that log, and what collects their lines, at work. The measuring thread. */
final class Pipeline {
    private static final long POLL_MS = 1;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Load load;
    private final Collector collector;
    private final List<WorkerProcess> processes;

    Pipeline(Load load, Collector collector, List<WorkerProcess> processes) {
        this.load = load;
        this.collector = collector;
        this.processes = processes;
    }

    /** Starts the workers. */
    static Pipeline start(Load load, Plan plan, Workplace place, Collector collector) throws IOException {
        return new Pipeline(
                load, collector, WorkerProcess.start(place, load, load.processes(plan), collector.target()));
    }

    /**
     * @param firstNs epoch, of the first call of any worker
     * @param lastNs epoch, when the last one had returned
     */
    record Calls(long firstNs, long lastNs, long refused) {}

    /** Each worker logs these messages, and what it logged has left its process. */
    Calls log(long from, long to) throws IOException {
        for (WorkerProcess process : processes) {
            process.order("call " + from + " " + to);
        }
        long first = Long.MAX_VALUE;
        long last = 0;
        long refused = 0;
        for (WorkerProcess process : processes) {
            String[] answer = process.answer("call");
            first = Math.min(first, Long.parseLong(answer[1]));
            last = Math.max(last, Long.parseLong(answer[2]));
            refused += Long.parseLong(answer[3]);
        }
        for (WorkerProcess process : processes) { // one after the other, as in each of them
            process.order("settle");
            if (!process.answer("settle")[1].equals("true")) {
                refused += to - from;
            }
        }
        return new Calls(first, last, refused);
    }

    /**
     * Everything logged is in the journal, or in the file, so a text logged now will be the last of each file. Of what is in
     * sockets only the worker's own text is the last: there each logs one, one after the other.
     *
     * @return when it was there, and all of the files on the device
     */
    long end(String text) throws IOException, InterruptedException {
        boolean sockets = load.setting().library() == Library.LOG4J2_SOCKET;
        for (WorkerProcess process : sockets ? processes : processes.subList(0, 1)) {
            List<LineWatch> watches = watches(!sockets);
            process.order("end " + text);
            process.answer("end");
            for (LineWatch watch : watches) {
                await(watch, text);
            }
        }
        for (Path output : collector.outputs()) {
            Outputs.force(output);
        }
        return LoadWorker.epochNs();
    }

    private List<LineWatch> watches(boolean last) throws IOException {
        List<LineWatch> watches = new ArrayList<>();
        for (Path output : collector.outputs()) {
            watches.add(new LineWatch(output, last));
        }
        return watches;
    }

    private void await(LineWatch watch, String text) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!watch.sees(text)) {
            collector.checkAlive();
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(watch + " is not complete after " + LIMIT.toMinutes() + " minutes");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }

    int workers() {
        return load.workers();
    }

    /** Lets what collects finish; the workers stay. */
    void stop() throws IOException, InterruptedException {
        collector.stop();
    }

    /** User and system time of all workers so far. */
    Duration cpu() {
        Duration sum = Duration.ZERO;
        for (WorkerProcess process : processes) {
            sum = sum.plus(process.cpu());
        }
        return sum;
    }

    long fileBytes() throws IOException {
        long bytes = 0;
        for (Path output : collector.outputs()) {
            bytes += Outputs.bytes(output);
        }
        return bytes;
    }

    /** What the files hold of the messages that each worker has logged. */
    Found check(long from, long to) throws IOException {
        Found sum = new Found(0, 0, 0);
        for (Path output : collector.outputs()) {
            int textBytes = load.setting().textBytes();
            OutputCheck check = textBytes == 0
                    ? OutputCheck.of(output, load.workers(), from, to)
                    : OutputCheck.ofTexts(output, textBytes, from, to);
            sum = new Found(sum.lines + check.lines(), sum.missing + check.missing(), sum.doubled + check.doubled());
        }
        return sum;
    }

    /** In all files together. */
    record Found(long lines, long missing, long doubled) {
        /** @return whether the run is of use */
        boolean show(long refused, Map<String, Double> figures) {
            figures.put("lines", (double) lines);
            figures.put("refused", (double) refused);
            figures.put("missing", (double) missing);
            figures.put("doubled", (double) doubled);
            return refused + missing + doubled == 0;
        }
    }
}

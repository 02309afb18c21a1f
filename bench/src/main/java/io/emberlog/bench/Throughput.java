package io.emberlog.bench;

import io.emberlog.bench.front.Call;
import io.emberlog.bench.front.Library;
import io.emberlog.bench.front.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Messages from log calls in some processes to text in files, through ring and journal or through what a peer has: the
 * time from the first call to the last line on the device. Workers wait where a queue is full, so nothing may be missing, and
 * each line is looked at afterwards.
 */
record Throughput(String name, String description, Load load, Opening opening) implements Benchmark {
    static final String RATE = "M messages/s";
    static final String BYTE_RATE = "MB/s";
    static final String CPU = "CPU s per M";

    /** Starts what the workers log to. */
    @FunctionalInterface
    interface Opening {
        /** @param figures of the run, in front of those that all have */
        Collector open(Load load, Plan plan, Workplace place, Map<String, Double> figures) throws Exception;

        /** It, and nothing else. */
        Opening PLAIN = (load, plan, place, figures) -> load.collector(place);
    }

    static Throughput emberlog(int workers, String format, Mode mode) {
        return new Throughput(
                "throughput" + mode.suffix + "." + workers + (workers == 1 ? "-worker-" : "-workers-") + format,
                workers + (workers == 1 ? " worker" : " workers") + " to one file, format " + format
                        + ", journaled, fsynced at the end" + mode.addition(),
                Load.of(Setting.emberlog().withErrors(mode.errorEvery()), workers, mode, Outputs.of(format)),
                Opening.PLAIN);
    }

    /** One among peers: every line names its logger. */
    static Throughput peer(Library library, int workers, double share) {
        return peer(library, workers, share, Outputs.HUMAN);
    }

    /** The same where each line is a JSON object with the fields of the Elastic Common Schema. */
    static Throughput ecsPeer(Library library) {
        Throughput lines = peer(library, 1, 1, Outputs.of("ecs"));
        return new Throughput(
                "peers-throughput-ecs." + library.row(), lines.description + ", ECS", lines.load, lines.opening);
    }

    private static Throughput peer(Library library, int workers, double share, Outputs outputs) {
        return new Throughput(
                (workers == 1 ? "peers-throughput." : "peers-throughput-" + workers + ".") + library.row(),
                library.row() + ", " + (workers == 1 ? "1 process" : workers + " processes")
                        + " to one file, fsynced at the end"
                        + (share == 1 ? "" : String.format(Locale.ROOT, ", %.0f %% of the messages", 100 * share)),
                Load.of(Setting.of(library, Call.THREE_ARGS, Setting.LOGGER), workers, Mode.DEFAULTS, outputs)
                        .withShare(share),
                Opening.PLAIN);
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
        Map<String, Double> figures = new LinkedHashMap<>();
        Collector collector = opening.open(load, plan, place, figures);
        Pipeline pipeline = Pipeline.start(load, plan, place, collector);
        int warmUp = load.warmUpMessages(plan);
        int each = load.messages(plan);
        double messages = (double) each * load.workers();
        for (int round = plan.warmUpRounds(); round > 0; round--) {
            pipeline.log(-round * warmUp, -(round - 1) * warmUp);
            pipeline.end("warmed-up-" + round);
            TimeUnit.MILLISECONDS.sleep(plan.settleMs());
        }

        long journalBefore = collector.journalBytes();
        long fileBefore = pipeline.fileBytes();
        Duration collectorBefore = collector.cpu();
        Duration workersBefore = pipeline.cpu();
        Pipeline.Calls calls = pipeline.log(0, each);
        Duration workersCpu = pipeline.cpu().minus(workersBefore);
        long endNs = pipeline.end(LoadWorker.END_OF_RUN);
        Duration collectorCpu = collector.cpu().minus(collectorBefore);
        long fileBytes = pipeline.fileBytes() - fileBefore;
        long journalBytes = collector.journalBytes() - journalBefore;
        pipeline.stop();
        Pipeline.Found found = pipeline.check(-plan.warmUpRounds() * warmUp, each);

        boolean amongPeers = load.setting().logger() != null;
        double millions = messages / 1e6;
        double perSecond = messages * 1e3 / (endNs - calls.firstNs());
        figures.put(RATE, perSecond);
        if (load.setting().textBytes() > 0) {
            figures.put(BYTE_RATE, perSecond * load.setting().textBytes());
        }
        figures.put("calls returned, M/s", messages * 1e3 / (calls.lastNs() - calls.firstNs()));
        figures.put(CPU, (seconds(workersCpu) + seconds(collectorCpu)) / millions);
        figures.put(amongPeers ? "of it logging JVMs" : "of it worker", seconds(workersCpu) / millions);
        figures.put(amongPeers ? "of it master or receiver" : "of it master", seconds(collectorCpu) / millions);
        if (!amongPeers) {
            figures.put("journal B per message", journalBytes / messages);
        }
        figures.put("file B per message", fileBytes / messages);
        figures.put("messages", messages);
        boolean intact = found.show(calls.refused(), figures);
        return new Result(name(), figures, intact);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}

package io.emberlog.bench;

import io.emberlog.bench.front.Call;
import io.emberlog.bench.front.ChronicleFront;
import io.emberlog.bench.front.Library;
import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What is left of a process that is killed while it logs as fast as it can: of the calls that had returned, how many have no
 * line. Emberlog promises none; of a peer the number is a figure, and nothing is wrong with the run.
 */
record Survivors(Library library) implements Benchmark {
    private static final int WARM_UP = 200_000;
    private static final long LOGS_MS = 1_000;
    /** Kills fall at times that differ, so that they meet buffers which are differently full. */
    private static final long STEP_MS = 37;

    private static final long START_LIMIT_MS = 30_000;
    /** A master has taken a dead worker's ring, and its handler has written it, when the file rests for so long. */
    private static final long RESTS_MS = 3_000;

    private static final long POLL_MS = 50;
    private static final String JOURNAL_SIZE = "16 GiB";

    @Override
    public String name() {
        return "peers-survivors." + library.row();
    }

    @Override
    public String description() {
        return library.row() + ", a logging process is killed: calls that had returned, and left nothing";
    }

    @Override
    public Result run(Plan plan) throws Exception {
        long[] missing = new long[plan.kills()];
        double returned = 0;
        long doubled = 0;
        for (int kill = 0; kill < plan.kills(); kill++) {
            try (Workplace place = Workplace.in(plan.directory())) {
                Found found = killOne(place, WARM_UP, LOGS_MS + kill * STEP_MS);
                returned += found.returned;
                missing[kill] = found.missing;
                doubled += found.doubled;
            }
        }
        Arrays.sort(missing);
        long sum = Arrays.stream(missing).sum();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("kills", (double) plan.kills());
        figures.put("calls returned, per kill", Math.rint(returned / plan.kills()));
        figures.put("missing, most", (double) missing[missing.length - 1]);
        figures.put("missing, median", (missing[(missing.length - 1) / 2] + missing[missing.length / 2]) / 2.0);
        figures.put("missing, %", 100 * sum / returned);
        figures.put("doubled", (double) doubled);
        return new Result(name(), figures, !library.isEmberlog() || sum + doubled == 0);
    }

    /** @param missing of those that returned */
    record Found(long returned, long missing, long doubled) {}

    /** @param warmUp messages, until compilers have come and a master drains; at least one, none of which may be missing */
    Found killOne(Workplace place, int warmUp, long afterMs) throws Exception {
        Collector collector = Collector.start(library, place, Outputs.HUMAN, JOURNAL_SIZE, Mode.DEFAULTS);
        Setting setting = Setting.of(library, Call.THREE_ARGS, Setting.LOGGER).to(collector.target());
        WorkerProcess worker =
                WorkerProcess.start(place, 1, Mode.DEFAULTS, setting).get(0);
        worker.order("log " + -warmUp + " 0");
        worker.answer("log");
        Path noted = place.disk().resolve("returned");
        CallsNoted calls = CallsNoted.create(noted);
        worker.order("until-killed " + noted);
        awaitFirst(calls);
        TimeUnit.MILLISECONDS.sleep(afterMs);
        worker.kill();
        long returned = calls.calls();
        if (library == Library.CHRONICLE_QUEUE) {
            OutputCheck check = OutputCheck.numbered(-warmUp, returned);
            ChronicleFront.read(collector.output(), check::take);
            check.end();
            return new Found(returned, check.missing(), check.doubled());
        }
        if (library.isEmberlog()) {
            awaitRest(collector.output());
        }
        collector.stop();
        OutputCheck check = OutputCheck.of(collector.output(), 1, -warmUp, returned);
        return new Found(returned, check.missing(), check.doubled());
    }

    private static void awaitFirst(CallsNoted calls) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_LIMIT_MS);
        while (calls.calls() == 0) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("a worker logged nothing within " + START_LIMIT_MS + " ms");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static void awaitRest(Path file) throws IOException, InterruptedException {
        long size = -1;
        for (long restedMs = 0; restedMs < RESTS_MS; restedMs += POLL_MS) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            long now = Files.exists(file) ? Files.size(file) : 0;
            if (now != size) {
                size = now;
                restedMs = 0;
            }
        }
    }
}

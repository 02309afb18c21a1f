package io.emberlog.bench;

import io.emberlog.bench.front.Library;
import io.emberlog.message.Level;
import io.emberlog.ring.control.Clock;
import io.emberlog.ring.control.ControlPageWriter;
import io.emberlog.ring.control.LevelRule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** From the change of a level to its effect in each of many workers, without a master. */
final class Levels implements Benchmark {
    private static final String LOGGER = "com.acme";

    /** Uneven, so that changes fall everywhere between two looks of a worker. */
    private static final long BETWEEN_NS = 137_000_000L;

    private final int workers;

    Levels(int workers) {
        this.workers = workers;
    }

    @Override
    public String name() {
        return "levels." + workers + "-workers";
    }

    @Override
    public String description() {
        return "from the change of a level to its effect in " + workers + " worker processes";
    }

    @Override
    public Result run(Plan plan) throws Exception {
        try (Workplace place = Workplace.in(plan.directory())) {
            List<BufferedReader> watchers = start(place);
            ControlPageWriter page = new ControlPageWriter(place.channel());
            Clock clock = Clock.ofThisProcess();
            double[] ms = new double[plan.levelChanges() * workers];
            int taken = 0;
            for (int change = 0; change <= plan.levelChanges(); change++) {
                boolean on = change % 2 == 0;
                long written = System.nanoTime();
                page.change(
                        clock,
                        (holding, sequence) -> on
                                ? List.of(new LevelRule(LOGGER, "*", Level.DEBUG, sequence, 0, 0, 0, 0))
                                : List.of());
                for (BufferedReader watcher : watchers) {
                    double took = (effect(watcher, on) - written) / 1e6;
                    if (change > 0) { // the first makes the file, and warms up
                        ms[taken++] = took;
                    }
                }
                LockSupport.parkNanos(BETWEEN_NS);
            }
            Arrays.sort(ms);
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("p50 ms", ms[ms.length / 2]);
            figures.put("p99 ms", ms[ms.length * 99 / 100]);
            figures.put("max ms", ms[ms.length - 1]);
            figures.put("over 100 ms", (double)
                    Arrays.stream(ms).filter(each -> each > 100).count());
            figures.put("changes seen", (double) taken);
            return new Result(name(), figures, true);
        }
    }

    /** A few at a time: a machine that starts fifty JVMs at once does nothing else for long. */
    private List<BufferedReader> start(Workplace place) throws IOException {
        List<BufferedReader> watchers = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            List<String> command = new ArrayList<>(Jvm.workerCommand(Library.EMBERLOG, LevelWatcher.class));
            command.addAll(1, List.of("-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
            command.addAll(List.of(place.channel().toString(), "worker-" + i, LOGGER));
            Process process = place.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
            watchers.add(
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII)));
            effect(watchers.get(i), false);
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
        return watchers;
    }

    /** When the worker saw it, on the machine's monotonic clock. */
    private static long effect(BufferedReader watcher, boolean on) throws IOException {
        String line = watcher.readLine();
        if (line == null || !line.startsWith(on + " ")) {
            throw new IOException("a worker that should say " + on + " said " + line);
        }
        return Long.parseLong(line.substring(line.indexOf(' ') + 1));
    }
}

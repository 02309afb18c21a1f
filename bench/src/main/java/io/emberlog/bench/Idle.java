package io.emberlog.bench;

import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What it costs to have a master, and workers, when nobody logs. */
final class Idle implements Benchmark {
    /** A master that had work spins for a second, and compilers go on for some more. */
    private static final int SETTLE_SECONDS = 60;

    /** More workers than that share processes, some hundreds each. */
    private static final int MOST_PROCESSES = 8;

    private static final int SHARING_PROCESSES = 4;

    private final int workers;

    Idle(int workers) {
        this.workers = workers;
    }

    @Override
    public String name() {
        return "idle." + workers + "-workers";
    }

    @Override
    public String description() {
        return "CPU of the master, and of each worker, with " + workers + " idle workers";
    }

    @Override
    public Result run(Plan plan) throws Exception {
        try (Workplace place = Workplace.in(plan.directory())) {
            MasterProcess master = MasterProcess.start(place, Outputs.HUMAN, "1 GiB", Mode.DEFAULTS);
            List<WorkerProcess> processes = workers(place);
            for (WorkerProcess worker : processes) {
                worker.order("log 0 1");
            }
            for (WorkerProcess worker : processes) {
                worker.answer("log");
            }
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            Duration masterBefore = master.cpuOfThreads();
            double workersBefore = seconds(processes);
            long start = System.nanoTime();
            TimeUnit.SECONDS.sleep(plan.idleSeconds());
            double masterCpu = master.cpuOfThreads().minus(masterBefore).toNanos() / 1e9;
            double workersCpu = seconds(processes) - workersBefore;
            double elapsed = (System.nanoTime() - start) / 1e9;
            master.stop();
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("master, % of a core", 100 * masterCpu / elapsed);
            figures.put("each worker, % of a core", workers == 0 ? Double.NaN : 100 * workersCpu / elapsed / workers);
            figures.put("over s", elapsed);
            return new Result(name(), figures, true);
        }
    }

    private List<WorkerProcess> workers(Workplace place) throws IOException {
        if (workers <= MOST_PROCESSES) {
            return WorkerProcess.start(place, workers, Mode.DEFAULTS, Setting.emberlog());
        }
        Load load = Load.of(Setting.emberlog(), workers, Mode.DEFAULTS, Outputs.HUMAN)
                .withFlags(Scaling.SMALL);
        return WorkerProcess.start(place, load, SHARING_PROCESSES, null);
    }

    private static double seconds(List<WorkerProcess> workers) {
        return workers.stream()
                        .mapToLong(worker -> worker.cpuOfThreads().toNanos())
                        .sum()
                / 1e9;
    }
}

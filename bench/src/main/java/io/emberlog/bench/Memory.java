package io.emberlog.bench;

import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Memory that is no file's ({@code RssAnon}; a ring is a file), of a worker and of a master, while workers log as fast as
 * they can. The first figure is from before: of the master when it has drained its first record, of the worker's JVM when
 * it has worked and not opened the library yet, and so is one that does not log.
 */
record Memory(String name, String description, Run once) implements Benchmark {
    /** All of the heap is there from the start; what the library has of it is what a collection leaves. */
    private static final List<String> WHOLE_HEAP =
            List.of("-Xms32m", "-Xmx32m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");

    private static final int WORKERS = 4;
    private static final int AT_ONCE = 250_000;
    /** Of the worker before: a JVM that has done nothing has compiled nothing, and its compilers keep no memory. */
    private static final int WORK = 2_000_000;

    private static final double MB_PER_KIB = 1024 / 1e6;

    @FunctionalInterface
    interface Run {
        /** @param figures to be filled */
        boolean run(Plan plan, Workplace place, Map<String, Double> figures) throws Exception;
    }

    static Memory worker() {
        return new Memory("memory.worker", "a worker's beyond its ring, over a flood", Memory::ofWorker);
    }

    static Memory master() {
        return new Memory("memory.master", "the master's, over a flood by " + WORKERS + " workers", Memory::ofMaster);
    }

    @Override
    public Result run(Plan plan) throws Exception {
        try (Workplace place = Workplace.in(plan.directory())) {
            Map<String, Double> figures = new LinkedHashMap<>();
            boolean intact = once.run(plan, place, figures);
            return new Result(name, figures, intact);
        }
    }

    private static boolean ofWorker(Plan plan, Workplace place, Map<String, Double> figures) throws Exception {
        Load load = Load.of(Setting.emberlog(), 1, Mode.DEFAULTS, Outputs.HUMAN).withFlags(WHOLE_HEAP);
        Collector master = load.collector(place);
        WorkerProcess worker = WorkerProcess.unopened(place, load, 0, master.target());
        worker.order("work 0 " + WORK);
        worker.answer("work");
        double heap = heapMb(worker);
        double before = worker.anonymousKib() * MB_PER_KIB;
        double usedBefore = usedMb(worker);
        worker.order("open 1");
        worker.answer("open");
        Pipeline pipeline = new Pipeline(load, master, List.of(worker));
        pipeline.log(-1, 0);
        Flood flood = Flood.by(pipeline, worker::anonymousKib, plan);
        heap = heapMb(worker) - heap;
        return show(figures, before, flood, usedMb(worker) - usedBefore + heap, heap);
    }

    /** Without what is free; it is the JVM's all the same, where it cannot give it back. */
    private static double usedMb(WorkerProcess worker) throws IOException, InterruptedException {
        return worker.trim() ? worker.anonymousKib() * MB_PER_KIB : Double.NaN;
    }

    /** What is left after a collection. */
    private static double heapMb(WorkerProcess worker) throws IOException {
        worker.order("heap");
        return Long.parseLong(worker.answer("heap")[1]) / 1e6;
    }

    private static boolean ofMaster(Plan plan, Workplace place, Map<String, Double> figures) throws Exception {
        Load load = Load.of(Setting.emberlog(), WORKERS, Mode.DEFAULTS, Outputs.HUMAN);
        MasterProcess master = MasterProcess.start(place, load.outputs(), Load.JOURNAL_SIZE, load.mode());
        Pipeline pipeline = Pipeline.start(load, plan, place, master);
        pipeline.log(-1, 0);
        double before = master.anonymousKib() * MB_PER_KIB;
        return show(figures, before, Flood.by(pipeline, master::anonymousKib, plan), Double.NaN, Double.NaN);
    }

    private static boolean show(Map<String, Double> figures, double before, Flood flood, double beyond, double heap) {
        figures.put("before, MB", before);
        figures.put("most, MB", flood.mostMb);
        figures.put("at the end, MB", flood.lastMb);
        figures.put("beyond a JVM that does not log, MB", beyond);
        figures.put("of it live heap, MB", heap);
        figures.put("over s", flood.seconds);
        figures.put("messages", flood.messages);
        return flood.found.show(flood.refused, figures);
    }

    /** What a flood left. */
    private record Flood(
            double mostMb, double lastMb, double seconds, double messages, long refused, Pipeline.Found found) {
        /** Behind the first message, which each worker has logged. */
        static Flood by(Pipeline pipeline, Samples.Source source, Plan plan) throws Exception {
            int each = AT_ONCE / pipeline.workers();
            long startNs = System.nanoTime();
            long limitNs = TimeUnit.SECONDS.toNanos(plan.floodSeconds());
            long refused = 0;
            long next = 0;
            try (Samples samples = Samples.of(source)) {
                while (System.nanoTime() - startNs < limitNs) {
                    refused += pipeline.log(next, next + each).refused();
                    next += each;
                }
                double seconds = (System.nanoTime() - startNs) / 1e9;
                pipeline.end(LoadWorker.END_OF_RUN);
                long last = samples.end();
                pipeline.stop();
                return new Flood(
                        samples.most() * MB_PER_KIB,
                        last * MB_PER_KIB,
                        seconds,
                        (double) next * pipeline.workers(),
                        refused,
                        pipeline.check(-1, next));
            }
        }
    }
}

package io.emberlog.bench;

import io.emberlog.bench.front.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a message costs when there is more of something: {@link Throughput}, with what there is more of in front of the figures. */
final class Scaling {
    static final String WORKERS = "scaling-workers";
    static final String SIZE = "scaling-size";
    static final String HANDLERS = "scaling-handlers";
    static final String JOURNAL = "scaling-journal";
    static final String ROTATION = "scaling-rotation";

    static final String START = "start ms";

    /** Five hundred JVMs are to fit into one machine; the same for one, or they could not be compared. */
    static final List<String> SMALL = List.of(
            "-Xmx16m",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Demberlog.ring_size=1M");

    /** Above the largest text, which would be cut otherwise. */
    static final List<String> LARGE_TEXTS = List.of("-Demberlog.max_text_bytes=128K");

    /** Behind all that are measured: {@link OutputCheck} passes it over. */
    private static final long BEFORE = 1_000_000_000;

    private static final String LARGE_JOURNAL = "128 GiB";

    private Scaling() {}

    static List<Benchmark> all() {
        List<Benchmark> all = new ArrayList<>();
        for (int workers : new int[] {1, 2, 8, 32, 128, 500}) {
            all.add(workers(workers));
        }
        for (int bytes : new int[] {20, 100, 1_000, 10_000, 100_000}) {
            all.add(size(bytes));
        }
        for (int handlers : new int[] {1, 2, 4, 8}) {
            all.add(handlers(handlers));
        }
        for (int gib : new int[] {0, 1, 10, 50}) {
            all.add(journal(gib));
        }
        all.add(rotation("never", Outputs.NOT_ROTATED));
        for (int mib : new int[] {64, 8, 1}) {
            all.add(rotation("each-" + mib + "-mib", mib + " MiB"));
        }
        return all;
    }

    private static Load load(Outputs outputs) {
        return Load.of(Setting.emberlog(), 1, Mode.DEFAULTS, outputs);
    }

    private static Benchmark workers(int workers) {
        return new Throughput(
                WORKERS + "." + workers + (workers == 1 ? "-worker" : "-workers"),
                workers + " small JVMs with a ring of 1 MiB each, or, of many, such rings in fewer JVMs, to one file",
                Load.of(Setting.emberlog(), workers, Mode.DEFAULTS, Outputs.HUMAN)
                        .withFlags(SMALL)
                        .inSharedProcesses(),
                (load, plan, place, figures) -> {
                    figures.put("workers", (double) workers);
                    figures.put("processes", (double) load.processes(plan));
                    return load.collector(place);
                });
    }

    private static Benchmark size(int bytes) {
        return new Throughput(
                SIZE + "." + (bytes < 1_000 ? bytes + "-b" : bytes / 1_000 + "-kb"),
                "1 worker to one file, texts of " + bytes + " bytes",
                Load.of(Setting.emberlog().ofSize(bytes), 1, Mode.DEFAULTS, Outputs.HUMAN)
                        .withFlags(LARGE_TEXTS),
                counted("text B", bytes));
    }

    private static Benchmark handlers(int handlers) {
        return new Throughput(
                HANDLERS + "." + handlers + (handlers == 1 ? "-file" : "-files"),
                "1 worker to " + handlers + (handlers == 1 ? " file" : " files, by a file handler each"),
                load(Outputs.HUMAN.handledBy(handlers)),
                counted("handlers", handlers));
    }

    private static Benchmark journal(int gib) {
        return new Throughput(
                JOURNAL + "." + gib + "-gib",
                "1 worker to one file, by a master that starts on a journal of " + gib + " GiB in sparse files",
                load(Outputs.HUMAN),
                (load, plan, place, figures) -> openOn(gib, load, place, figures));
    }

    private static Benchmark rotation(String row, String maxSize) {
        return new Throughput(
                ROTATION + "." + row,
                "1 worker to one file, rotated " + row.replace('-', ' '),
                load(Outputs.HUMAN.rotatedAt(maxSize)),
                (load, plan, place, figures) -> {
                    figures.put("rotated at MiB", maxSize.equals(Outputs.NOT_ROTATED) ? Double.NaN : mib(maxSize));
                    return load.collector(place);
                });
    }

    private static double mib(String size) {
        return Double.parseDouble(size.substring(0, size.indexOf(' ')));
    }

    private static Throughput.Opening counted(String figure, double value) {
        return (load, plan, place, figures) -> {
            figures.put(figure, value);
            return load.collector(place);
        };
    }

    /** A first master takes its handler past the segments that were there; the start of the second is what counts. */
    private static Collector openOn(int gib, Load load, Workplace place, Map<String, Double> figures) throws Exception {
        SparseJournal.write(MasterProcess.journal(place), gib * (1L << 30) / SparseJournal.SEGMENT_BYTES);
        WorkerProcess worker =
                WorkerProcess.start(place, 1, load.mode(), load.setting()).get(0);
        Start.master(place, worker, BEFORE, load.outputs(), LARGE_JOURNAL)
                .master()
                .stop();
        Start.Started started = Start.master(place, worker, BEFORE + 1, load.outputs(), LARGE_JOURNAL);
        worker.end();
        figures.put("journal GiB", (double) gib);
        figures.put("segments", (double) started.master().segments());
        figures.put(START, started.tookNs() / 1e6);
        return started.master();
    }
}

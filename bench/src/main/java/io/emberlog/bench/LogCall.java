package io.emberlog.bench;

import io.emberlog.bench.front.Call;
import io.emberlog.bench.front.Library;
import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One form of the log call by JMH: of Emberlog in worker JVMs without flags, drained by a master in a JVM of its own, or of
 * a peer in JVMs with the flags that it wants.
 *
 * @param flags of the JVMs, besides those of the library and the mode
 */
record LogCall(
        String name,
        String description,
        Library library,
        Call call,
        String logger,
        int threads,
        Mode mode,
        List<String> flags)
        implements Benchmark {
    /** Old segments go: a call that takes 100 ns fills a disk in no time. */
    private static final String JOURNAL_SIZE = "256 MiB";

    private static final String NAME = "md-feed";
    private static final int VIRTUAL_THREADS_SINCE = 21;

    /** Emberlog's own API, from threads of the platform. */
    static LogCall of(Call call, int threads, Mode mode) {
        return new LogCall(
                "call"
                        + mode.suffix
                        + (threads == 1 ? "." : "-" + threads + "-threads.")
                        + call.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                call.meaning + (threads == 1 ? "" : ", from " + threads + " threads") + mode.addition(),
                Library.EMBERLOG,
                call,
                null,
                threads,
                mode,
                List.of());
    }

    /** The same from one virtual thread; none where the JDK has no such threads. */
    static List<LogCall> fromVirtualThread(Call call) {
        if (Runtime.version().feature() < VIRTUAL_THREADS_SINCE) {
            return List.of();
        }
        return List.of(new LogCall(
                "call.virtual-threads",
                call.meaning + ", from a virtual thread",
                Library.EMBERLOG,
                call,
                null,
                1,
                Mode.DEFAULTS,
                List.of("-Djmh.executor=VIRTUAL")));
    }

    static LogCall throughSlf4j() {
        return new LogCall(
                "call.slf4j",
                "Logger.info(String, Object, Object) of SLF4J, two arguments that the caller boxes",
                Library.EMBERLOG_SLF4J,
                Call.TWO_ARGS,
                Setting.LOGGER,
                1,
                Mode.DEFAULTS,
                List.of());
    }

    static LogCall peer(Library library, Call call) {
        String table = call == Call.TWO_ARGS ? "peers-call-two-args." : "peers-call.";
        return new LogCall(
                table + library.row(),
                "one call of " + library.row() + ", " + (call == Call.TWO_ARGS ? "two" : "three") + " arguments",
                library,
                call,
                Setting.LOGGER,
                1,
                Mode.DEFAULTS,
                List.of());
    }

    @Override
    public Result run(Plan plan) throws Exception {
        try (Workplace place = Workplace.in(plan.directory())) {
            Collector collector = Collector.start(library, place, Outputs.HUMAN, JOURNAL_SIZE, mode);
            RunResult average = jmh(plan, place, collector, "average");
            RunResult latency = jmh(plan, place, collector, "latency");
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("average ns", average.getPrimaryResult().getScore());
            figures.put("+-", average.getPrimaryResult().getScoreError());
            for (double percent : new double[] {50, 99, 99.9}) {
                figures.put(
                        "p" + (percent == 99.9 ? "99.9" : (int) percent),
                        latency.getPrimaryResult().getStatistics().getPercentile(percent));
            }
            Notes notes = Notes.read(notes(place));
            figures.put("B/op", notes.bytesPerCall());
            figures.put("M calls", notes.calls() / 1e6);
            figures.put("refused", (double) notes.refused());
            return new Result(name(), figures, notes.refused() == 0);
        }
    }

    private RunResult jmh(Plan plan, Workplace place, Collector collector, String method) throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + LogCalls.class.getName().replace(".", "\\.") + "\\." + method + "$")
                .threads(threads)
                .forks(plan.forks())
                .warmupIterations(plan.iterations())
                .measurementIterations(plan.iterations())
                .warmupTime(TimeValue.seconds(1))
                .measurementTime(TimeValue.seconds(1))
                .jvmArgs(jvmArguments(place, collector).toArray(new String[0]))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        try {
            return Jvm.onClassPathOf(library, () -> new Runner(options.build()).runSingle());
        } finally {
            collector.checkAlive(); // what it said is more to the point than what JMH's threads waited for
        }
    }

    private List<String> jvmArguments(Workplace place, Collector collector) {
        Setting setting = Setting.of(library, call, logger).named(NAME).to(collector.target());
        List<String> arguments = new ArrayList<>(setting.arguments());
        arguments.add("-Demberlog.dir=" + place.channel());
        arguments.add("-D" + LogCalls.NOTES_PROPERTY + "=" + notes(place));
        arguments.addAll(mode.workerProperties());
        arguments.addAll(flags);
        if (Runtime.version().feature() >= 24) {
            arguments.add("--sun-misc-unsafe-memory-access=allow"); // JMH's
        }
        return arguments;
    }

    private static Path notes(Workplace place) {
        return place.disk().resolve("notes");
    }

    /** What the worker JVMs have noted (see {@link LogCalls}). */
    private record Notes(long calls, long refused, double bytesPerCall) {
        static Notes read(Path file) throws IOException {
            long calls = 0;
            long refused = 0;
            double least = Double.NaN;
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ");
                if (words[0].equals("refused")) {
                    refused += Long.parseLong(words[1]);
                } else {
                    double bytes = Double.parseDouble(words[1]) / Long.parseLong(words[2]);
                    least = Double.isNaN(least) ? bytes : Math.min(least, bytes);
                    calls += Long.parseLong(words[2]);
                }
            }
            return new Notes(calls, refused, least);
        }
    }
}

package io.emberlog.bench;

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
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One form of the log call by JMH, in worker JVMs without flags, drained by a master in a JVM of its own. */
final class LogCall implements Benchmark {
    /** Old segments go: a call that takes 100 ns fills a disk in no time. */
    private static final String JOURNAL_SIZE = "256 MiB";

    private final Call call;
    private final int threads;
    private final Mode mode;

    LogCall(Call call, int threads, Mode mode) {
        this.call = call;
        this.threads = threads;
        this.mode = mode;
    }

    @Override
    public String name() {
        return "call"
                + mode.suffix
                + (threads == 1 ? "." : "-" + threads + "-threads.")
                + call.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String description() {
        return call.meaning + (threads == 1 ? "" : ", from " + threads + " threads") + mode.addition();
    }

    @Override
    public Result run(Plan plan) throws Exception {
        try (Workplace place = Workplace.in(plan.directory())) {
            MasterProcess master = MasterProcess.start(place, "human", JOURNAL_SIZE, mode);
            RunResult average = jmh(plan, place, master, "average");
            RunResult latency = jmh(plan, place, master, "latency");
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
            figures.put("M calls", notes.appended() / 1e6);
            figures.put("refused", (double) notes.refused());
            return new Result(name(), figures, notes.refused() == 0);
        }
    }

    private RunResult jmh(Plan plan, Workplace place, MasterProcess master, String method)
            throws RunnerException, IOException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + LogCalls.class.getName().replace(".", "\\.") + "\\." + method + "$")
                .param("call", call.name())
                .threads(threads)
                .forks(plan.forks())
                .warmupIterations(plan.iterations())
                .measurementIterations(plan.iterations())
                .warmupTime(TimeValue.seconds(1))
                .measurementTime(TimeValue.seconds(1))
                .jvmArgs(jvmArguments(place, mode).toArray(new String[0]))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        try {
            return new Runner(options.build()).runSingle();
        } finally {
            master.checkAlive(); // what it said is more to the point than what JMH's threads waited for
        }
    }

    private static List<String> jvmArguments(Workplace place, Mode mode) {
        List<String> arguments = new ArrayList<>();
        arguments.add("-Demberlog.dir=" + place.channel());
        arguments.add("-D" + LogCalls.NOTES_PROPERTY + "=" + notes(place));
        arguments.addAll(mode.workerProperties());
        if (Runtime.version().feature() >= 24) {
            arguments.add("--sun-misc-unsafe-memory-access=allow"); // JMH's
        }
        return arguments;
    }

    private static Path notes(Workplace place) {
        return place.disk().resolve("notes");
    }

    /** What the worker JVMs have noted (see {@link LogCalls}). */
    private record Notes(long appended, long refused, double bytesPerCall) {
        static Notes read(Path file) throws IOException {
            long appended = 0;
            long refused = 0;
            double least = Double.NaN;
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ");
                if (words[0].equals("ring")) {
                    appended += Long.parseLong(words[1]);
                    refused += Long.parseLong(words[2]);
                } else {
                    double bytes = Double.parseDouble(words[1]) / Long.parseLong(words[2]);
                    least = Double.isNaN(least) ? bytes : Math.min(least, bytes);
                }
            }
            return new Notes(appended, refused, least);
        }
    }
}

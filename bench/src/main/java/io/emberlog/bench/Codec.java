package io.emberlog.bench;

import io.emberlog.handler.format.Format;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One of {@link Codecs} by JMH, in JVMs with the flags of this one, which are a master's.
 *
 * @param format null where no line is made
 */
record Codec(String name, String description, String method, String format) implements Benchmark {
    static List<Benchmark> all() {
        List<Benchmark> all = new ArrayList<>();
        all.add(new Codec("codec.encode", "a record with three arguments into bytes, in memory", "encode", null));
        all.add(new Codec("codec.decode", "the check that its bytes are a record", "decode", null));
        all.add(new Codec(
                "redact.clean",
                "the search for all that can be redacted, in a record that has none of it",
                "redact",
                null));
        all.add(new Codec(
                "redact.card",
                "the same, in a record with a card number, which is made unreadable",
                "redactCards",
                null));
        for (String format : Format.NAMES) {
            String what = "its line in format " + format + ", check included, in memory";
            all.add(new Codec("format." + format, what, "format", format));
        }
        return all;
    }

    @Override
    public Result run(Plan plan) throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Codecs.class.getName().replace(".", "\\.") + "\\." + method + "$")
                .forks(plan.forks())
                .warmupIterations(plan.iterations())
                .measurementIterations(plan.iterations())
                .warmupTime(TimeValue.seconds(1))
                .measurementTime(TimeValue.seconds(1))
                .jvmArgs(
                        ManagementFactory.getRuntimeMXBean().getInputArguments().toArray(new String[0]))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        if (format != null) {
            options.param("format", format);
        }
        RunResult average = new Runner(options.build()).runSingle();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("average ns", average.getPrimaryResult().getScore());
        figures.put("+-", average.getPrimaryResult().getScoreError());
        return new Result(name(), figures, true);
    }
}

package io.emberlog.master.cli;

import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.handler.filter.FilterSyntaxException;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.StatSampler;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code emberlog stat}: looks at a channel's files twice and says how it is; takes no lock, asks no process. */
@Command(
        name = "stat",
        description = {
            "Shows workers, rings, drops, journal and handlers of a channel, from its files alone: with a master or without.",
            "Rates are taken over --sample.",
            "With --watch it looks again and again: repainting a terminal, a line each time in a pipe."
        })
final class StatCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Option(names = "--channel", paramLabel = "DIR", description = "Channel directory: the rings.")
    private Path channel;

    @Option(
            names = "--sample",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = SampleTime.class,
            description = "How long to watch for rates, 10ms to 10m; ${DEFAULT-VALUE} by default.")
    private Duration sample;

    @Option(
            names = {"-w", "--watch"},
            paramLabel = "TIME",
            arity = "0..1",
            fallbackValue = "1s",
            converter = SampleTime.class,
            description = "Goes on until Ctrl-C, at this interval, 10ms to 10m; ${FALLBACK-VALUE} when none is given.")
    private Duration watch;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "With --watch: ends after so many times, with exit code 0.")
    private Long count;

    @Option(
            names = "--where",
            paramLabel = "EXPR",
            description =
                    "Workers for which the expression holds, like 'service = \"pricing\"': on worker, service, host,"
                            + " process and pid.")
    private String workers;

    @Option(
            names = "--json",
            description = "One JSON object, a line each time; its keys are documented in docs/tools.md.")
    private boolean json;

    StatCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        if (count != null && (watch == null || count < 1)) {
            throw new CliException(
                    ExitCodes.USAGE,
                    watch == null ? "--count goes with --watch" : "--count " + count + ": must be 1 or more");
        }
        LocationOptions.Locations where = locations.locate(reader, channel);
        try (StatSampler sampler = new StatSampler(where.channel(), where.state(), where.journal())) {
            if (workers != null) {
                sampler.only(FilterExpression.ofWorkers(workers)::acceptsWorker);
            }
            sampler.begin();
            return watch == null ? once(sampler) : new StatWatch(terminal, json).run(sampler, watch.toNanos(), count);
        } catch (FilterSyntaxException e) {
            throw new CliException(ExitCodes.USAGE, "--where: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CliException(ExitCodes.IO, "cannot read the channel's files: " + IoReason.of(e), e);
        }
    }

    private int once(StatSampler sampler) throws IOException {
        pause(sample.toNanos());
        show(sampler.take());
        return ExitCodes.DONE;
    }

    private void show(ChannelStat stat) {
        if (json) {
            terminal.out().println(StatJson.of(stat));
        } else {
            new StatTable(terminal.out(), terminal.colourOut()).print(stat);
        }
    }

    /** @return false when the thread was told to end */
    static boolean pause(long ns) {
        long deadline = System.nanoTime() + ns;
        for (long left = ns; left > 0 && !Thread.currentThread().isInterrupted(); left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return !Thread.currentThread().isInterrupted();
    }

    static final class SampleTime implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("(\\d{1,6}) ?(ms|s|m)?");

        @Override
        public Duration convert(String text) {
            Matcher matcher = TIME.matcher(text);
            if (matcher.matches()) {
                long value = Long.parseLong(matcher.group(1));
                String unit = matcher.group(2) == null ? "s" : matcher.group(2);
                long ms = value * (unit.equals("ms") ? 1 : unit.equals("s") ? 1_000 : 60_000);
                if (ms >= 10 && ms <= TimeUnit.MINUTES.toMillis(10)) {
                    return Duration.ofMillis(ms);
                }
            }
            throw new TypeConversionException(
                    "'" + Plain.text(text) + "' is no time from 10ms to 10m, like 500ms or 2s");
        }
    }
}

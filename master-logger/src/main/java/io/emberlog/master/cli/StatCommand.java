package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.StatSampler;
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
            "Rates are taken over --sample."
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

    @Option(names = "--json", description = "One JSON object; its keys are documented in docs/tools.md.")
    private boolean json;

    StatCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        LocationOptions.Locations where = locations.locate(reader, channel);
        try {
            ChannelStat stat = new StatSampler(where.channel(), where.state(), where.journal())
                    .sample(sample.toNanos(), StatCommand::pause);
            if (json) {
                terminal.out().println(StatJson.of(stat));
            } else {
                new StatTable(terminal.out(), terminal.colourOut()).print(stat);
            }
            return ExitCodes.DONE;
        } catch (IOException e) {
            throw new CliException(ExitCodes.IO, "cannot read the channel's files: " + e.getMessage(), e);
        }
    }

    private static void pause(long ns) {
        long deadline = System.nanoTime() + ns;
        for (long left = ns; left > 0 && !Thread.currentThread().isInterrupted(); left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
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

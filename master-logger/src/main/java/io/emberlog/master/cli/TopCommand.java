package io.emberlog.master.cli;

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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code emberlog top}: the workers on a full screen, the busiest first. */
@Command(
        name = "top",
        description = {
            "Shows the workers of a channel on a full screen, sorted by rate, backlog or drops, again and again.",
            "Keys: q quit, r by rate, b by backlog, d by drops, n by name, p or space pause. Where there is no screen (a pipe,"
                    + " TERM=dumb) it is stat --watch."
        })
final class TopCommand implements Callable<Integer> {
    private static final long KEY_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Option(names = "--channel", paramLabel = "DIR", description = "Channel directory: the rings.")
    private Path channel;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = StatCommand.SampleTime.class,
            description = "Between two looks, 10ms to 10m; ${DEFAULT-VALUE} by default.")
    private Duration interval;

    @Option(
            names = "--sort",
            paramLabel = "BY",
            defaultValue = "rate",
            description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
    private TopPage.Order order;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many looks.")
    private Long count;

    @Option(names = "--json", description = "No screen, but one JSON object a line, as stat --watch --json.")
    private boolean json;

    TopCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        if (count != null && count < 1) {
            throw new CliException(ExitCodes.USAGE, "--count " + count + ": must be 1 or more");
        }
        LocationOptions.Locations where = locations.locate(reader, channel);
        try (StatSampler sampler = new StatSampler(where.channel(), where.state(), where.journal())) {
            sampler.begin();
            return terminal.paintable() && !json
                    ? onScreen(sampler)
                    : new StatWatch(terminal, json).run(sampler, interval.toNanos(), count);
        } catch (IOException e) {
            throw new CliException(ExitCodes.IO, "cannot read the channel's files: " + IoReason.of(e), e);
        }
    }

    private int onScreen(StatSampler sampler) throws IOException {
        try (Tty tty = new Tty()) {
            ChannelStat stat = sampler.take();
            boolean paused = false;
            boolean changed = true;
            long looks = 0;
            long dueNs = System.nanoTime() + interval.toNanos();
            while (count == null || looks < count) {
                for (int key = tty.key(); key >= 0; key = tty.key()) {
                    if (key == 'q' || key == 'Q') {
                        return ExitCodes.DONE;
                    }
                    paused ^= key == 'p' || key == ' ';
                    TopPage.Order wanted = TopPage.Order.of(key);
                    order = wanted == null ? order : wanted;
                    changed = true;
                }
                if (System.nanoTime() - dueNs >= 0) {
                    dueNs = System.nanoTime() + interval.toNanos();
                    stat = paused ? stat : sampler.take();
                    changed = true; // also when paused: the window may have another size by now
                    looks++;
                }
                if (changed) {
                    tty.paint(TopPage.of(stat, order, paused, Tty.size()));
                    changed = false;
                }
                if (!StatCommand.pause(Math.min(KEY_NS, interval.toNanos()))) {
                    return ExitCodes.INTERRUPTED;
                }
            }
            return ExitCodes.DONE;
        }
    }
}

package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.findings.Loss;
import io.emberlog.master.findings.LossScan;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.StatSampler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code emberlog loss}: everything that did not arrive, each distinct cause once. */
@Command(
        name = "loss",
        description = {
            "Shows what did not arrive, by distinct cause: dropped before a ring took it, cut short by a kill, set aside,"
                    + " deleted before a handler had it, rejected by a destination, missing or damaged in the journal.",
            "Reads the journal, the rings, the handlers' checkpoints and the dead letters; changes nothing."
        },
        footer = {"", "Exit codes: 0 nothing was lost; 1 something was; 2 usage; 4 a file cannot be read."})
final class LossCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Option(names = "--channel", paramLabel = "DIR", description = "Channel directory: the rings.")
    private Path channel;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Noticed from then on: " + FilterOptions.TIME + " What has no time is always shown.")
    private String since;

    @Option(names = "--json", description = "One JSON object; its keys are documented in docs/tools.md.")
    private boolean json;

    LossCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        long sinceEpochNs = since == null ? Long.MIN_VALUE : FilterOptions.time("--since", since);
        LocationOptions.Locations where = locations.locate(reader, channel);
        ProgressBar progress = new ProgressBar(terminal, true, System::nanoTime);
        List<Loss> losses;
        try (StatSampler sampler = new StatSampler(where.channel(), where.state(), where.journal())) {
            sampler.begin();
            ChannelStat stat = sampler.take();
            losses = new LossScan(sinceEpochNs, progress).run(stat);
        } catch (IOException e) {
            throw CliException.io(e, where.state());
        } finally {
            progress.clear();
        }
        if (json) {
            terminal.out()
                    .println(new JsonObject()
                            .array("losses", losses, LossCommand::json)
                            .toString());
        } else {
            print(losses);
        }
        return losses.isEmpty() ? ExitCodes.DONE : ExitCodes.FINDINGS;
    }

    private void print(List<Loss> losses) {
        PrintWriter out = terminal.out();
        if (losses.isEmpty()) {
            out.println("nothing was lost");
            return;
        }
        TextTable rows = new TextTable(out, terminal.colourOut(), "KIND", "WHO", "COUNT>", "FIRST", "LAST", "CAUSE");
        Map<Loss.Kind, Long> sums = new EnumMap<>(Loss.Kind.class);
        for (Loss loss : losses) {
            rows.add(
                    word(loss.kind()),
                    Plain.cut(StatTable.MAX_NAME, loss.who()),
                    Plain.count(loss.count()),
                    time(loss.firstEpochNs()),
                    time(loss.lastEpochNs()),
                    Plain.cut(200, loss.what()));
            sums.merge(loss.kind(), loss.count(), (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        }
        rows.print();
        out.println(String.join(
                ", ",
                sums.entrySet().stream()
                        .map(sum -> Plain.count(sum.getValue(), sum.getKey().unit()) + ' ' + word(sum.getKey()))
                        .toList()));
    }

    private static String word(Loss.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String time(long epochNs) {
        return epochNs == -1 ? "-" : Plain.time(epochNs);
    }

    private static String json(Loss loss) {
        JsonObject object = new JsonObject()
                .text("kind", loss.kind().name().toLowerCase(Locale.ROOT))
                .text("who", loss.who())
                .text("cause", loss.what())
                .number("count", loss.count())
                .text("unit", loss.kind().unit());
        if (loss.firstEpochNs() != -1) {
            object.text("first", JsonObject.time(loss.firstEpochNs()))
                    .text("last", JsonObject.time(loss.lastEpochNs()));
        }
        return object.toString();
    }
}

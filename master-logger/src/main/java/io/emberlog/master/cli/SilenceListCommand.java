package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.HandlerType;
import io.emberlog.master.fanout.CheckpointStore;
import io.emberlog.master.fanout.GateState;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceFile;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code emberlog silence list}. */
@Command(
        name = "list",
        description = {
            "Shows the silences that hold, and how many records each has kept from which handler, by the handlers' last"
                    + " checkpoints."
        })
final class SilenceListCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final List<HandlerType> types;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Option(names = "--json", description = "One JSON object; its keys are documented in docs/tools.md.")
    private boolean json;

    SilenceListCommand(ConfigReader reader, List<HandlerType> types, Terminal terminal) {
        this.reader = reader;
        this.types = types;
        this.terminal = terminal;
    }

    /** By handler, how many records it has not got; of those that the silence is meant for, and 0 where it is not yet in force. */
    private record Row(Silence silence, Map<String, Long> counts, boolean inForce) {}

    @Override
    public Integer call() throws ConfigException {
        LocationOptions.Locations where = locations.locate(reader, null);
        RouteTargets targets = new RouteTargets(locations.master(reader), types);
        Instant now = Instant.now();
        long nowNs = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        try {
            Map<String, CheckpointStore.Stored> stored = CheckpointStore.stored(where.state());
            List<Row> rows = SilenceFile.read(where.state()).silences().stream()
                    .filter(each -> !each.isOver(nowNs))
                    .map(each -> row(each, targets, stored))
                    .toList();
            if (json) {
                terminal.out()
                        .println(new JsonObject()
                                .array("silences", rows, row -> json(row, nowNs))
                                .toString());
            } else {
                print(rows, nowNs);
            }
            return ExitCodes.DONE;
        } catch (IOException e) {
            throw CliException.io(e, where.state());
        }
    }

    private static Row row(Silence silence, RouteTargets targets, Map<String, CheckpointStore.Stored> stored) {
        Map<String, Long> counts = new TreeMap<>();
        for (HandlerConfig handler : targets.handlers()) {
            if (silence.mutes(handler.name(), targets.alerts(handler))) {
                counts.put(handler.name(), 0L);
            }
        }
        boolean inForce = false;
        for (Map.Entry<String, CheckpointStore.Stored> handler : stored.entrySet()) {
            for (GateState.InForce each : handler.getValue().gate().silences()) {
                if (each.id() == silence.id()) {
                    counts.put(handler.getKey(), each.count());
                    inForce = true;
                }
            }
        }
        return new Row(silence, counts, inForce);
    }

    private void print(List<Row> rows, long nowNs) {
        if (rows.isEmpty()) {
            terminal.out().println("no silence");
            return;
        }
        TextTable table = new TextTable(
                terminal.out(), terminal.colourOut(), "ID>", "LEFT", "IN FORCE", "KEPT BACK", "EXPRESSION", "REASON");
        for (Row row : rows) {
            table.add(
                    Long.toString(row.silence().id()),
                    Plain.seconds(row.silence().untilEpochNs() - nowNs),
                    row.inForce() ? "yes" : "not yet",
                    row.counts().entrySet().stream()
                            .map(each -> Plain.text(each.getKey()) + ' ' + Plain.count(each.getValue()))
                            .reduce((a, b) -> a + ", " + b)
                            .orElse("-"),
                    Plain.text(row.silence().expression().toString()),
                    Plain.text(row.silence().reason()));
        }
        table.print();
    }

    private static String json(Row row, long nowNs) {
        Silence silence = row.silence();
        return new JsonObject()
                .number("id", silence.id())
                .text("expression", silence.expression().toString())
                .text("handler", silence.handler())
                .text("from", JsonObject.time(silence.fromEpochNs()))
                .text("until", JsonObject.time(silence.untilEpochNs()))
                .seconds("left_seconds", silence.untilEpochNs() - nowNs)
                .text("reason", silence.reason())
                .raw("in_force", Boolean.toString(row.inForce()))
                .array(
                        "handlers",
                        List.copyOf(row.counts().entrySet()),
                        each -> new JsonObject()
                                .text("name", each.getKey())
                                .number("records", each.getValue())
                                .toString())
                .toString();
    }
}

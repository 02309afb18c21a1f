package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.level.ChannelLevels;
import io.emberlog.master.level.LevelWorker;
import io.emberlog.master.level.LevelWorkers;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.control.ControlSnapshot;
import io.emberlog.ring.control.LevelRule;
import io.emberlog.ring.control.LevelTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code emberlog level get}: the rules that hold, and which live workers have taken them over. */
@Command(
        name = "get",
        description = {
            "Shows what level set has said and how long it holds, and for each live worker what of it is in force there.",
            "Workers' own levels (EMBERLOG_LEVEL, setLevel) are not shown: they are known to the workers alone."
        })
final class LevelGetCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LevelCommand.Place place;

    @Option(
            names = "--worker",
            paramLabel = "GLOB",
            defaultValue = LevelRule.EVERY_WORKER,
            description = "Workers whose name matches, and the rules that are for them.")
    private String worker;

    @Option(names = "--json", description = "One JSON object; its keys are documented in docs/tools.md.")
    private boolean json;

    LevelGetCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        Path channel = place.directory(reader);
        ChannelLevels levels = new ChannelLevels(channel);
        try {
            ControlSnapshot page = levels.read();
            List<LevelRule> rules = page.rules().stream().filter(levels::holds).toList();
            List<LevelWorker> workers = new LevelWorkers(channel)
                    .look().stream().filter(each -> isAskedFor(each.name())).toList();
            if (!worker.equals(LevelRule.EVERY_WORKER)) {
                rules = rules.stream()
                        .filter(rule -> rule.worker().equals(worker)
                                || workers.stream().anyMatch(each -> rule.isFor(each.name())))
                        .toList();
            }
            if (json) {
                terminal.out().println(json(channel, page, rules, workers, levels));
            } else {
                print(channel, page, rules, workers, levels);
            }
            return ExitCodes.DONE;
        } catch (IOException e) {
            throw new CliException(ExitCodes.IO, IoReason.of(e), e);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, e.getMessage(), e);
        }
    }

    private boolean isAskedFor(String name) {
        return new LevelRule("", worker, io.emberlog.message.Level.INFO, 0, 0, 0, 0, 0).isFor(name);
    }

    private void print(
            Path channel,
            ControlSnapshot page,
            List<LevelRule> rules,
            List<LevelWorker> workers,
            ChannelLevels levels) {
        terminal.out().println("channel   " + Plain.text(channel.toString()));
        terminal.out().println();
        if (rules.isEmpty()) {
            terminal.out().println("no level is set from here; workers have their own");
        } else {
            TextTable table =
                    new TextTable(terminal.out(), terminal.colourOut(), "LOGGER", "LEVEL", "WORKER", "SET", "LEFT");
            for (LevelRule rule : rules) {
                table.add(
                        Plain.text(LevelCommand.logger(rule.logger())),
                        Plain.text(rule.level().name()),
                        Plain.text(rule.worker()),
                        Plain.time(rule.setEpochNs()),
                        rule.forNs() == 0 ? "until unset" : Plain.seconds(levels.leftNs(rule)));
            }
            table.print();
        }
        terminal.out().println();
        if (workers.isEmpty()) {
            terminal.out().println("no live worker" + (worker.equals(LevelRule.EVERY_WORKER) ? "" : " of that name"));
            return;
        }
        TextTable table = new TextTable(terminal.out(), terminal.colourOut(), "WORKER", "PID>", "TAKEN OVER", "LEVELS");
        for (LevelWorker each : workers) {
            LevelTable inForce = inForce(page, each, levels);
            table.add(
                    Plain.text(each.name()),
                    Long.toString(each.pid()),
                    hasTaken(page, each) ? "yes" : "no",
                    inForce.isEmpty() ? "its own" : Plain.text(inForce.toString()));
        }
        table.print();
    }

    private static boolean hasTaken(ControlSnapshot page, LevelWorker worker) {
        return worker.controlSequence() >= page.sequence();
    }

    private static LevelTable inForce(ControlSnapshot page, LevelWorker worker, ChannelLevels levels) {
        return page.levelsOf(worker.name(), levels::holds);
    }

    private static String json(
            Path channel,
            ControlSnapshot page,
            List<LevelRule> rules,
            List<LevelWorker> workers,
            ChannelLevels levels) {
        Instant now = Instant.now();
        return new JsonObject()
                .text("time", now.toString())
                .text("channel", channel.toString())
                .number("sequence", page.sequence())
                .array("rules", rules, rule -> rule(rule, levels))
                .array(
                        "workers",
                        workers,
                        each -> new JsonObject()
                                .text("name", each.name())
                                .number("pid", each.pid())
                                .text("ring", each.ring().toString())
                                .raw("taken_over", Boolean.toString(hasTaken(page, each)))
                                .raw("levels", levels(inForce(page, each, levels)))
                                .toString())
                .toString();
    }

    private static String rule(LevelRule rule, ChannelLevels levels) {
        JsonObject json = new JsonObject()
                .text("logger", LevelCommand.logger(rule.logger()))
                .text("level", rule.level().name())
                .number("severity", rule.level().severity())
                .text("worker", rule.worker())
                .text("set", JsonObject.time(rule.setEpochNs()));
        return rule.forNs() == 0
                ? json.toString()
                : json.number("for_seconds", TimeUnit.NANOSECONDS.toSeconds(rule.forNs()))
                        .seconds("left_seconds", levels.leftNs(rule))
                        .toString();
    }

    private static String levels(LevelTable table) {
        List<String> members = new ArrayList<>();
        table.levels()
                .forEach((logger, level) ->
                        members.add(Plain.json(LevelCommand.logger(logger)) + ':' + Plain.json(level.name())));
        return '{' + String.join(",", members) + '}';
    }
}

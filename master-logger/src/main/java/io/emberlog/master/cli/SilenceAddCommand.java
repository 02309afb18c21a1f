package io.emberlog.master.cli;

import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.HandlerType;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceFile;
import io.emberlog.master.silence.SilenceFile.Content;
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
import picocli.CommandLine.Parameters;

/** {@code emberlog silence add}. */
@Command(
        name = "add",
        description = {
            "Keeps records for which the expression holds from handlers, until --for is over.",
            "Without --handler it mutes those that tell people (chat, mail), and none that keeps a log."
        })
final class SilenceAddCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final List<HandlerType> types;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Parameters(paramLabel = "EXPR", description = "Which records; the language is in docs/filters.md.")
    private String expression;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            required = true,
            converter = LevelSetCommand.HoldTime.class,
            description = "How long, 1s to 30d, like 2h.")
    private Long forNs;

    @Option(
            names = "--handler",
            paramLabel = "GLOB",
            defaultValue = "",
            description = "Handlers whose name matches, whatever they do; also files.")
    private String handler;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Why, for those who find it.")
    private String reason;

    @Option(names = "--json", description = "One JSON object; its keys are documented in docs/tools.md.")
    private boolean json;

    SilenceAddCommand(ConfigReader reader, List<HandlerType> types, Terminal terminal) {
        this.reader = reader;
        this.types = types;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        Path state = SilenceCommand.state(locations.locate(reader, null));
        RouteTargets targets = new RouteTargets(locations.master(reader), types);
        Instant now = Instant.now();
        long nowNs = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        try {
            FilterExpression parsed = FilterExpression.parse(expression);
            Silence draft = new Silence(0, parsed, handler, nowNs, nowNs + forNs, reason);
            List<String> muted = muted(draft, targets);
            Content content = SilenceFile.update(state, before -> with(before, draft, nowNs));
            Silence made = content.silences().get(content.silences().size() - 1);
            terminal.out().println(json ? json(made, muted) : text(made, muted));
            return ExitCodes.DONE;
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, Plain.text(e.getMessage()), e);
        } catch (IOException e) {
            throw CliException.io(e, state);
        }
    }

    private List<String> muted(Silence draft, RouteTargets targets) {
        List<String> muted = targets.handlers().stream()
                .filter(each -> draft.mutes(each.name(), targets.alerts(each)))
                .map(HandlerConfig::name)
                .toList();
        if (muted.isEmpty()) {
            throw new IllegalArgumentException(
                    handler.isEmpty()
                            ? "no handler of the configuration tells people; name one with --handler: "
                                    + targets.names()
                            : "--handler " + handler + ": no handler of that name; the configuration has "
                                    + targets.names());
        }
        return muted;
    }

    private static Content with(Content before, Silence draft, long nowNs) {
        List<Silence> silences = new ArrayList<>(
                before.silences().stream().filter(each -> !each.isOver(nowNs)).toList());
        if (silences.size() == SilenceFile.MAX_SILENCES) {
            throw new IllegalArgumentException("there are " + SilenceFile.MAX_SILENCES
                    + " silences, and no more are allowed; remove one (emberlog silence list)");
        }
        silences.add(new Silence(
                before.nextId(), draft.expression(), draft.handler(), nowNs, draft.untilEpochNs(), draft.reason()));
        return new Content(before.nextId() + 1, silences);
    }

    private static String text(Silence made, List<String> muted) {
        return "silence " + made.id() + " until " + Plain.time(made.untilEpochNs()) + " for handler"
                + (muted.size() == 1 ? " " : "s ") + String.join(", ", muted) + ": "
                + Plain.text(made.expression().toString());
    }

    private static String json(Silence made, List<String> muted) {
        return new JsonObject()
                .number("id", made.id())
                .text("until", JsonObject.time(made.untilEpochNs()))
                .text("expression", made.expression().toString())
                .array("handlers", muted, Plain::json)
                .toString();
    }
}

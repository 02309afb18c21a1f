package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.level.ChannelLevels;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.control.LevelRule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code emberlog level unset}, {@code level reset}: takes rules back; workers' own levels are in force again. */
@Command(
        name = "unset",
        aliases = "reset",
        description = {
            "Takes back what level set said of those loggers; without any, all of it.",
            "Workers have their own levels again."
        })
final class LevelUnsetCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LevelCommand.Place place;

    @Parameters(paramLabel = "LOGGER", arity = "0..*", description = "As it was set; '*' is the rule for all loggers.")
    private List<String> loggers;

    @Option(
            names = "--worker",
            paramLabel = "GLOB",
            description = "Only rules that were set with this --worker; all by default.")
    private String worker;

    LevelUnsetCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        ChannelLevels levels = place.levels(reader);
        List<String> wanted = loggers == null
                ? List.of()
                : loggers.stream().map(LevelCommand::prefix).toList();
        try {
            List<LevelRule> before =
                    levels.read().rules().stream().filter(levels::holds).toList();
            checkThere(wanted, before);
            List<LevelRule> gone = levels.unset(rule -> (wanted.isEmpty() || wanted.contains(rule.logger()))
                    && (worker == null || worker.equals(rule.worker())));
            for (LevelRule rule : gone) {
                terminal.out().println("unset " + text(rule));
            }
            if (gone.isEmpty()) {
                terminal.out().println("there was no such rule");
            }
            return ExitCodes.DONE;
        } catch (IOException e) {
            throw new CliException(ExitCodes.IO, IoReason.of(e), e);
        }
    }

    private void checkThere(List<String> wanted, List<LevelRule> rules) {
        for (String logger : wanted) {
            if (rules.stream()
                    .noneMatch(
                            rule -> rule.logger().equals(logger) && (worker == null || worker.equals(rule.worker())))) {
                List<String> there = new ArrayList<>();
                rules.forEach(rule -> there.add(text(rule)));
                throw new CliException(
                        ExitCodes.USAGE,
                        "there is no rule for " + Plain.text(LevelCommand.logger(logger))
                                + (worker == null ? "" : " with --worker " + Plain.text(worker))
                                + (there.isEmpty()
                                        ? ", nor any other"
                                        : "; there are: " + there.stream().collect(Collectors.joining(", "))));
            }
        }
    }

    private static String text(LevelRule rule) {
        return Plain.text(
                LevelCommand.logger(rule.logger()) + '=' + rule.level().name() + " in workers " + rule.worker());
    }
}

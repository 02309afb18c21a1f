package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code emberlog silence}: what handlers are not told for a while, through one file in the state directory. */
@Command(
        name = "silence",
        description = {
            "Keeps records from handlers for a while, with a master or without. The journal has them all the same.",
            "A master that runs takes a change over within a second."
        },
        synopsisSubcommandLabel = "COMMAND")
final class SilenceCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    static CommandLine with(ConfigReader reader, List<HandlerType> types, Terminal terminal) {
        return new CommandLine(new SilenceCommand())
                .addSubcommand(new SilenceAddCommand(reader, types, terminal))
                .addSubcommand(new SilenceListCommand(reader, types, terminal))
                .addSubcommand(new SilenceRemoveCommand(reader, terminal));
    }

    /** Called without a subcommand. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: add, list or remove");
    }

    /** @throws CliException when no master has made it yet */
    static Path state(LocationOptions.Locations where) {
        if (!Files.isDirectory(where.state())) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "state directory " + where.state() + ": there is no such directory; a master makes it at start,"
                            + " --state names another");
        }
        return where.state();
    }
}

package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.level.ChannelLevels;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code emberlog level}: levels of all workers of a channel, through its control page; needs no master. */
@Command(
        name = "level",
        description = "Shows and changes the levels of live workers, with a master or without.",
        synopsisSubcommandLabel = "COMMAND")
final class LevelCommand implements Runnable {
    /** How the empty logger prefix is written. */
    static final String EVERY_LOGGER = "*";

    @Spec
    private CommandSpec spec;

    static CommandLine with(ConfigReader reader, Terminal terminal) {
        return new CommandLine(new LevelCommand())
                .addSubcommand(new LevelGetCommand(reader, terminal))
                .addSubcommand(new LevelSetCommand(reader, terminal))
                .addSubcommand(new LevelUnsetCommand(reader, terminal));
    }

    /** Called without a subcommand. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: get, set or unset");
    }

    static String logger(String prefix) {
        return prefix.isEmpty() ? EVERY_LOGGER : prefix;
    }

    static String prefix(String logger) {
        return logger.equals(EVERY_LOGGER) ? "" : logger;
    }

    /** Which channel, for each of the subcommands. */
    static final class Place {
        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The master's configuration file.")
        private Path config;

        @Option(names = "--channel", paramLabel = "DIR", description = "Channel directory: the rings.")
        private Path channel;

        @Mixin
        private ConfigOptions options;

        Path directory(ConfigReader reader) throws ConfigException {
            Path directory =
                    channel == null ? options.read(reader, config).channel().directory() : channel;
            if (!Files.isDirectory(directory)) {
                throw new CliException(
                        ExitCodes.USAGE,
                        "channel directory " + directory + ": there is no such directory; a worker makes it when it"
                                + " starts, --channel names another");
            }
            return directory;
        }

        ChannelLevels levels(ConfigReader reader) throws ConfigException {
            return new ChannelLevels(directory(reader));
        }
    }
}

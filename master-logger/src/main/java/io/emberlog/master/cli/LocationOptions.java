package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.replay.Evidence;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a master's files are: as its configuration says, or at the same defaults. */
final class LocationOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The master's configuration file.")
    private Path config;

    @Option(names = "--state", paramLabel = "DIR", description = "State directory: journal and checkpoints.")
    private Path state;

    @Mixin
    private ConfigOptions options;

    /** @param channel null for what the configuration says */
    Locations locate(ConfigReader reader, Path channel) throws ConfigException {
        if (state != null && !Files.isDirectory(state)) {
            throw new CliException(ExitCodes.USAGE, "--state " + state + ": there is no such directory");
        }
        if (channel != null && !Files.isDirectory(channel)) {
            throw new CliException(ExitCodes.USAGE, "--channel " + channel + ": there is no such directory");
        }
        MasterConfig master = options.read(reader, config);
        return new Locations(
                channel == null ? master.channel().directory() : channel,
                state == null ? master.journal().directory() : state);
    }

    /** The configuration that says where. */
    MasterConfig master(ConfigReader reader) throws ConfigException {
        return options.read(reader, config);
    }

    /** The two directories of a channel. */
    record Locations(Path channel, Path state) {
        /** Need not exist yet. */
        Path journal() {
            try {
                return Evidence.journalIn(state);
            } catch (IOException e) {
                throw new CliException(ExitCodes.IO, state + ": cannot be read: " + IoReason.at(state, e), e);
            }
        }
    }
}

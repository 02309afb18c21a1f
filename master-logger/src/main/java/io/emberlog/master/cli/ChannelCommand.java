package io.emberlog.master.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code emberlog channel}: what has to do with a channel's directories. */
@Command(
        name = "channel",
        description = "Makes the directories of a channel that several users log to.",
        synopsisSubcommandLabel = "COMMAND")
final class ChannelCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: create");
    }
}

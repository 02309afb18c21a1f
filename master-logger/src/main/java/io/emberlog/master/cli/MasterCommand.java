package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.MasterConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code emberlog master}: the one process that drains the rings; runs in the foreground until SIGTERM or SIGINT. */
@Command(
        name = "master",
        description = {
            "Runs the master: finds the workers' rings, journals what they hold and feeds the handlers.",
            "Without --config it logs to the console and to a file beside the state directory."
        })
final class MasterCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final MasterRunner runner;
    private final Terminal terminal;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration file.")
    private Path file;

    @Option(names = "--channel", paramLabel = "DIR", description = "The same as --set channel.directory=DIR.")
    private Path channel;

    @Option(names = "--state", paramLabel = "DIR", description = "The same as --set journal.directory=DIR.")
    private Path state;

    @Option(names = "--validate", description = "Only checks the configuration.")
    private boolean validateOnly;

    @Mixin
    private ConfigOptions options;

    MasterCommand(ConfigReader reader, MasterRunner runner, Terminal terminal) {
        this.reader = reader;
        this.runner = runner;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        options.override("channel.directory", channel);
        options.override("journal.directory", state);
        MasterConfig config = options.read(reader, file);
        if (validateOnly) {
            terminal.out().println((file == null ? "defaults" : file) + ": " + ValidateCommand.summary(config));
            return ExitCodes.DONE;
        }
        if (file == null) {
            terminal.err()
                    .println("emberlog: no --config given; channel "
                            + config.channel().directory() + ", state "
                            + config.journal().directory() + ", handlers " + names(config));
            terminal.err().flush();
        }
        return runner.run(config, options.source(reader, file));
    }

    private static String names(MasterConfig config) {
        return String.join(
                ", ", config.handlers().stream().map(HandlerConfig::name).toList());
    }
}

package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.MasterConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code emberlog config}: what a master started here and now would be told. */
@Command(name = "config", description = "Shows the configuration in force.", synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Called without a subcommand. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: show");
    }

    /** {@code emberlog config show}. */
    @Command(
            name = "show",
            description = {
                "Prints every setting as a master started here and now would have it, secrets as ***.",
                "A flag beats the environment, the environment the file, the file the default."
            })
    static final class Show implements Callable<Integer> {
        private final ConfigReader reader;
        private final Terminal terminal;

        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The configuration file.")
        private Path file;

        @Option(names = "--origin", description = "Says where each value comes from.")
        private boolean origin;

        @Option(names = "--json", description = "One JSON array; its keys are documented in docs/configuration.md.")
        private boolean json;

        @Mixin
        private ConfigOptions options;

        Show(ConfigReader reader, Terminal terminal) {
            this.reader = reader;
            this.terminal = terminal;
        }

        @Override
        public Integer call() throws ConfigException {
            MasterConfig config = options.read(reader, file);
            if (json) {
                terminal.out().println(ConfigListing.json(config));
            } else {
                terminal.out().print(ConfigListing.toml(config, origin));
            }
            return ExitCodes.DONE;
        }
    }
}

package io.emberlog.master.cli;

import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.config.ReferenceFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code emberlog validate}: reads a configuration and changes nothing. */
@Command(
        name = "validate",
        description = {
            "Checks a configuration file.",
            "Every problem is one line on stderr: file:line:column: key: what is wrong; what is allowed."
        })
final class ValidateCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final ReferenceFile reference;
    private final Terminal terminal;

    @ArgGroup(multiplicity = "1")
    private What what;

    @Mixin
    private ConfigOptions options;

    ValidateCommand(ConfigReader reader, ReferenceFile reference, Terminal terminal) {
        this.reader = reader;
        this.reference = reference;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        if (what.printReference) {
            terminal.out().print(reference.toToml());
        } else {
            Path file = what.file == null ? what.config : what.file;
            terminal.out().println(file + ": " + summary(options.read(reader, file)));
        }
        return ExitCodes.DONE;
    }

    static String summary(MasterConfig config) {
        return "valid; handlers: "
                + (config.handlers().isEmpty()
                        ? "none, records are journaled only"
                        : config.handlers().stream()
                                .map(ValidateCommand::describe)
                                .collect(Collectors.joining(", ")));
    }

    private static String describe(HandlerConfig handler) {
        return handler.name().equals(handler.type()) ? handler.name() : handler.name() + " (" + handler.type() + ")";
    }

    /** One of them. */
    static final class What {
        @Parameters(paramLabel = "FILE", description = "The configuration file.")
        private Path file;

        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The same, as other commands have it.")
        private Path config;

        @Option(names = "--print-reference", description = "Prints a file with every setting, its default and meaning.")
        private boolean printReference;
    }
}

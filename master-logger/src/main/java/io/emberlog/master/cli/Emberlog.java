package io.emberlog.master.cli;

import io.emberlog.master.ForegroundMaster;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerType;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.ReferenceFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code emberlog} command: puts the subcommands together and turns what they throw into a line and a code. */
@Command(
        name = "emberlog",
        description = "Multi-process logging for the JVM that survives crashes.",
        versionProvider = VersionCommand.Provider.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "  demo                 Shows the whole story: workers, a crash, nothing lost.",
            "  bench                Measures Emberlog on this machine.",
            "",
            "Exit codes: 0 done, 1 findings or losses, 2 usage or configuration,",
            "3 another master runs, 4 input or output, 130/143 interrupted."
        })
public final class Emberlog implements Runnable {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Prints this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Prints the version.")
    private boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Prints the stack trace of an error.")
    private boolean debug;

    private Emberlog(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Runs the command line of this process and ends it. */
    public static void main(String... arguments) {
        System.exit(run(Terminal.standard(System.getenv()), arguments));
    }

    private static int run(Terminal terminal, String... arguments) {
        try {
            return run(terminal, System.getenv(), HandlerTypes.installed(), new ForegroundMaster(), arguments);
        } catch (ServiceConfigurationError | IllegalStateException e) {
            terminal.error("a handler on the class path cannot be used: " + e.getMessage());
            terminal.err().flush();
            return ExitCodes.USAGE;
        }
    }

    /**
     * Runs one command line.
     *
     * @param handlerTypes what a configuration may name
     * @param runner what {@code emberlog master} runs
     * @return one of {@link ExitCodes}
     */
    public static int run(
            Terminal terminal,
            Map<String, String> environment,
            List<HandlerType> handlerTypes,
            MasterRunner runner,
            String... arguments) {
        ConfigReader reader = new ConfigReader(handlerTypes, environment);
        CommandLine line = new CommandLine(new Emberlog(terminal))
                .addSubcommand(new MasterCommand(reader, runner, terminal))
                .addSubcommand(new ValidateCommand(reader.lookingAround(), new ReferenceFile(handlerTypes), terminal))
                .addSubcommand(
                        new CommandLine(new ConfigCommand()).addSubcommand(new ConfigCommand.Show(reader, terminal)))
                .addSubcommand(new ReplayCommand(reader, terminal))
                .addSubcommand(new TailCommand(reader, terminal))
                .addSubcommand(new StatCommand(reader, terminal))
                .addSubcommand(new TopCommand(reader, terminal))
                .addSubcommand(LevelCommand.with(reader, terminal))
                .addSubcommand(SilenceCommand.with(reader, handlerTypes, terminal))
                .addSubcommand(new ExplainCommand(reader, handlerTypes, terminal))
                .addSubcommand(new CommandLine(new ChannelCommand()).addSubcommand(new ChannelCreateCommand(terminal)))
                .addSubcommand(new ErrorsCommand(reader, terminal))
                .addSubcommand(new LossCommand(reader, terminal))
                .addSubcommand(new VersionCommand(terminal))
                .addSubcommand(new CompletionCommand(terminal));
        try {
            return settled(configured(line, terminal).execute(arguments), terminal);
        } finally {
            terminal.out().flush();
            terminal.err().flush();
        }
    }

    /** A command that is done is not done when its output went nowhere; whatever else it failed of, it has said. */
    private static int settled(int code, Terminal terminal) {
        terminal.out().flush();
        IOException failure = terminal.outputFailure();
        if (failure == null || code != ExitCodes.DONE && code != ExitCodes.FINDINGS) {
            return code;
        }
        terminal.error(Output.text(failure));
        return ExitCodes.IO;
    }

    /** Called without a subcommand. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static CommandLine configured(CommandLine line, Terminal terminal) {
        return line.setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(Help.defaultColorScheme(terminal.colourOut() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler((e, arguments) -> misused(e, terminal))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, line, terminal));
    }

    private static int misused(ParameterException e, Terminal terminal) {
        PrintWriter err = terminal.err();
        if (e instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            List<String> guesses = unmatched.getSuggestions();
            terminal.error("there is no " + (word.startsWith("-") ? "option " : "command or argument ") + word
                    + (guesses.isEmpty() ? "" : "; did you mean " + String.join(" or ", guesses) + '?')
                    + (isConfiguration(word, e.getCommandLine()) ? "; did you mean --config=" + word + '?' : ""));
        } else {
            // of a map's option picocli says "option" twice
            terminal.error(e.getMessage().replaceFirst("^Error: ", "").replace("for option option ", "for option "));
        }
        err.println("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCodes.USAGE;
    }

    /** A file of that kind where the command takes one, but not so. */
    private static boolean isConfiguration(String word, CommandLine command) {
        return word.endsWith(".toml") && command.getCommandSpec().findOption("--config") != null;
    }

    private static int failed(Exception e, CommandLine root, Terminal terminal) {
        if (root.<Emberlog>getCommand().debug) {
            e.printStackTrace(terminal.err());
        }
        if (e instanceof ConfigException configuration) {
            configuration.problems().forEach(problem -> terminal.err().println(problem));
            return ExitCodes.USAGE;
        }
        if (e instanceof CliException expected) {
            terminal.error(expected.getMessage());
            return expected.exitCode();
        }
        if (e instanceof UncheckedIOException io) {
            terminal.error(CliException.io(io.getCause(), "a file").getMessage());
            return ExitCodes.IO;
        }
        terminal.error("internal error: " + e + "; run again with --debug and report it");
        return ExitCodes.INTERNAL;
    }
}

package io.emberlog.master.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code emberlog generate-completion}: a script for bash and zsh, made from the commands themselves. */
@Command(
        name = "generate-completion",
        description = {
            "Prints a completion script for bash and zsh.",
            "Use it with: source <(emberlog generate-completion)"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().println(AutoComplete.bash("emberlog", spec.root().commandLine()));
        return ExitCodes.DONE;
    }
}

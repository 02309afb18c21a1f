package io.emberlog.master.cli;

import io.emberlog.master.config.HandlerTypes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** One command, run in this JVM, and what it said. */
final class CommandLineRun {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment;
    private final boolean terminal;

    CommandLineRun(Map<String, String> environment, boolean terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    static CommandLineRun piped() {
        return new CommandLineRun(Map.of("XDG_STATE_HOME", "/nowhere", "EMBERLOG_DIR", "/nowhere/rings"), false);
    }

    static CommandLineRun onATerminal() {
        return new CommandLineRun(Map.of("XDG_STATE_HOME", "/nowhere", "EMBERLOG_DIR", "/nowhere/rings"), true);
    }

    int run(Object... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        Terminal place = new Terminal(new PrintWriter(out), new PrintWriter(err), terminal, terminal);
        return Emberlog.run(place, environment, HandlerTypes.installed(), config -> ExitCodes.INTERNAL, words);
    }

    String out() {
        return out.toString();
    }

    List<String> lines() {
        return out.toString().lines().toList();
    }

    String err() {
        return err.toString();
    }
}

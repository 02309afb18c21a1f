package io.emberlog.master.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command writes: results to {@code out}, everything said about them to {@code err}, both UTF-8. The main
 * thread's; flushed at the end of a command.
 *
 * @param colourOut escape sequences may go to {@code out}
 * @param colourErr escape sequences may go to {@code err}
 */
public record Terminal(PrintWriter out, PrintWriter err, boolean colourOut, boolean colourErr) {
    /**
     * Standard output and error. The launcher says with {@code emberlog.tty.out} and {@code emberlog.tty.err} which of
     * them are terminals, since the JVM cannot ask for each; without it there is no colour.
     */
    public static Terminal standard(Map<String, String> environment) {
        return new Terminal(
                writer(new FileOutputStream(FileDescriptor.out)),
                writer(new FileOutputStream(FileDescriptor.err)),
                colour(environment, Boolean.getBoolean("emberlog.tty.out")),
                colour(environment, Boolean.getBoolean("emberlog.tty.err")));
    }

    /** Colour on a terminal only, and not when NO_COLOR (no-color.org) is set or the terminal is dumb. */
    static boolean colour(Map<String, String> environment, boolean isTerminal) {
        return isTerminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    /** One line about a fault, with the prefix that tells a script whose it is. */
    void error(String message) {
        err.println((colourErr ? "\u001B[1;31memberlog:\u001B[0m " : "emberlog: ") + message);
    }

    private static PrintWriter writer(OutputStream out) {
        return new PrintWriter(out, false, StandardCharsets.UTF_8);
    }
}

package io.emberlog.master.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a command writes: results to {@code out}, everything said about them to {@code err}, both UTF-8. The main
 * thread's; flushed at the end of a command.
 *
 * @param colourOut escape sequences may go to {@code out}
 * @param colourErr escape sequences may go to {@code err}
 * @param paintable {@code out} is a terminal on which the cursor can be moved
 * @param records the same place as {@code out}, for UTF-8 that is ready; unbuffered, and what it throws says why nobody reads
 */
public record Terminal(
        PrintWriter out,
        PrintWriter err,
        boolean colourOut,
        boolean colourErr,
        boolean paintable,
        OutputStream records) {
    public Terminal {
        records = Output.of(records);
    }

    /** Where records go through {@code out}. */
    public Terminal(PrintWriter out, PrintWriter err, boolean colourOut, boolean colourErr) {
        this(out, err, colourOut, colourErr, colourOut, new Decoding(out));
    }

    /**
     * Standard output and error. The launcher says with {@code emberlog.tty.out} and {@code emberlog.tty.err} which of
     * them are terminals, since the JVM cannot ask for each; without it there is no colour.
     */
    public static Terminal standard(Map<String, String> environment) {
        Output out = Output.of(new FileOutputStream(FileDescriptor.out));
        return new Terminal(
                writer(out),
                writer(new FileOutputStream(FileDescriptor.err)),
                colour(environment, Boolean.getBoolean("emberlog.tty.out")),
                colour(environment, Boolean.getBoolean("emberlog.tty.err")),
                Boolean.getBoolean("emberlog.tty.out") && !isDumb(environment),
                out);
    }

    /** Colour on a terminal only, and not when NO_COLOR (no-color.org) is set or the terminal is dumb. */
    static boolean colour(Map<String, String> environment, boolean isTerminal) {
        return isTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty() && !isDumb(environment);
    }

    private static boolean isDumb(Map<String, String> environment) {
        String term = environment.getOrDefault("TERM", "");
        return term.isEmpty() || term.equals("dumb");
    }

    /** Why the output is not whole, as far as it was flushed; null when nobody need be told. */
    IOException outputFailure() {
        return ((Output) records).failure();
    }

    /**
     * A fault, with the prefix that tells a script whose it is. What it quotes of a command line or a file commands no
     * terminal, whether who wrote it has thought of that or not.
     */
    void error(String message) {
        String plain = message.lines().map(Plain::text).collect(Collectors.joining("\n"));
        err.println((colourErr ? "\u001B[1;31memberlog:\u001B[0m " : "emberlog: ") + plain);
    }

    private static PrintWriter writer(OutputStream out) {
        return new PrintWriter(out, false, StandardCharsets.UTF_8);
    }

    /** Takes whole lines only, so no character is ever split. */
    private static final class Decoding extends OutputStream {
        private final PrintWriter out;

        Decoding(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] lines, int offset, int length) {
            out.write(new String(lines, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void flush() throws IOException {
            if (out.checkError()) {
                throw new IOException("cannot write the output");
            }
        }
    }
}

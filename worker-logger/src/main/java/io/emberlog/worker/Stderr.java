package io.emberlog.worker;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;

/**
 * The process's standard error itself. Not {@link System#err}: an application may have made that a logger's, and what is
 * printed because it could not be logged would come back to be logged, again and again. It may be a pipe that nobody reads,
 * so a thread of its own ({@code emberlog-stderr}) does the printing. Any thread; as {@link LinePrinter}.
 */
final class Stderr {
    /** Another one in tests. */
    static volatile PrintStream stream =
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, Charset.defaultCharset());

    private static final LinePrinter PRINTER =
            new LinePrinter(line -> stream.println(line), Stderr::thread, Duration.ofSeconds(5));

    private Stderr() {}

    private static Thread thread(Runnable printing) {
        Thread thread = new Thread(null, printing, "emberlog-stderr", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null); // nothing of the application stays reachable through this thread
        return thread;
    }

    static void println(String line) {
        PRINTER.println(line);
    }

    static boolean isFull() {
        return PRINTER.isFull();
    }

    static void skip(int lines) {
        PRINTER.skip(lines);
    }

    static boolean flush(Duration timeout) {
        return PRINTER.flush(timeout);
    }
}

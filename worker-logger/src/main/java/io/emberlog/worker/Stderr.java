package io.emberlog.worker;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * The process's standard error itself. Not {@link System#err}: an application may have made that a logger's, and what is
 * printed because it could not be logged would come back to be logged, again and again. Any thread.
 */
final class Stderr {
    /** Another one in tests. */
    static volatile PrintStream stream =
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, Charset.defaultCharset());

    private Stderr() {}

    static void println(String line) {
        stream.println(line);
    }
}

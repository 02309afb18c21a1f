package io.emberlog.master.cli;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RecordFilter;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.master.replay.RecordSink;
import java.io.IOException;
import java.util.Locale;

/** Writes the records that pass a filter to standard output, many lines at a time. One thread. */
final class RecordPrinter implements RecordSink {
    private static final int FLUSH_AT = 64 * 1024;

    private final RecordFilter filter;
    private final Format format;
    private final Terminal terminal;
    private final Utf8Buffer lines = new Utf8Buffer(2 * FLUSH_AT);
    private long printed;

    RecordPrinter(RecordFilter filter, Format format, Terminal terminal) {
        this.filter = filter;
        this.format = format;
        this.terminal = terminal;
    }

    @Override
    public void accept(LogRecord record) throws IOException {
        if (filter.accepts(record)) {
            print(record);
        }
    }

    /** Without asking the filter. */
    void print(LogRecord record) throws IOException {
        printed++;
        format.format(record, lines);
        if (lines.length() >= FLUSH_AT) {
            flush();
        }
    }

    /** Records printed so far. */
    long printed() {
        return printed;
    }

    void flush() throws IOException {
        if (!lines.isEmpty()) {
            try {
                terminal.records().write(lines.bytes(), 0, lines.length());
                terminal.records().flush();
            } catch (IOException e) {
                throw isReaderGone(e) ? new ReaderGoneException(e) : new OutputException(e);
            }
            lines.clear();
        }
    }

    private static boolean isReaderGone(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
    }

    /** Whoever read the output has seen enough, like {@code head}: a reason to end, and nothing to tell. */
    static final class ReaderGoneException extends IOException {
        private static final long serialVersionUID = 1;

        ReaderGoneException(IOException cause) {
            super(cause);
        }
    }

    /** Standard output takes nothing more. */
    static final class OutputException extends IOException {
        private static final long serialVersionUID = 1;

        OutputException(IOException cause) {
            super("cannot write the output: " + cause.getMessage(), cause);
        }
    }
}

package io.emberlog.master.cli;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.filter.RecordFilter;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.master.replay.RecordSink;
import java.io.IOException;
import java.io.OutputStream;

/** Writes the records that pass a filter, many lines at a time. One thread. */
final class RecordPrinter implements RecordSink {
    private static final int FLUSH_AT = 64 * 1024;

    private final RecordFilter filter;
    private final Format format;
    private final OutputStream out;
    private final Utf8Buffer lines = new Utf8Buffer(2 * FLUSH_AT);
    private long printed;

    /** To standard output. */
    RecordPrinter(RecordFilter filter, Format format, Terminal terminal) {
        this(filter, format, terminal.records());
    }

    /** @param out not closed by this; its errors come out as those of {@link #flush} */
    RecordPrinter(RecordFilter filter, Format format, OutputStream out) {
        this.filter = filter;
        this.format = format;
        this.out = out;
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
                out.write(lines.bytes(), 0, lines.length());
                out.flush();
            } catch (IOException e) {
                throw Output.isReaderGone(e) ? new ReaderGoneException(e) : new OutputException(e);
            }
            lines.clear();
        }
    }

    /** Whoever read the output has seen enough, like {@code head}: a reason to end, and nothing to tell. */
    static final class ReaderGoneException extends IOException {
        private static final long serialVersionUID = 1;

        ReaderGoneException(IOException cause) {
            super(cause);
        }
    }

    /** The output takes nothing more. */
    static final class OutputException extends IOException {
        private static final long serialVersionUID = 1;

        OutputException(IOException cause) {
            super(Output.text(cause), cause);
        }
    }
}

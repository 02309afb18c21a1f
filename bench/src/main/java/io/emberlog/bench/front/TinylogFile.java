package io.emberlog.bench.front;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import org.tinylog.core.LogEntry;
import org.tinylog.core.LogEntryValue;
import org.tinylog.writers.FileWriter;
import org.tinylog.writers.Writer;

/** tinylog's file writer, and {@link Settled}. Made by tinylog, from {@code peers/tinylog.properties}. */
public final class TinylogFile implements Writer {
    private final FileWriter file;

    /** Called by tinylog. */
    public TinylogFile(Map<String, String> properties) throws IOException {
        file = new FileWriter(properties);
    }

    @Override
    public Collection<LogEntryValue> getRequiredLogEntryValues() {
        return file.getRequiredLogEntryValues();
    }

    @Override
    public void write(LogEntry entry) throws IOException {
        if (entry.getMessage().equals(Settled.TEXT)) {
            file.flush();
            Settled.tell();
        } else {
            file.write(entry);
        }
    }

    @Override
    public void flush() throws IOException {
        file.flush();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

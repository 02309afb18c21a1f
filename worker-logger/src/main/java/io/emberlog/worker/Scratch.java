package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.VarHandleBuffer;

/**
 * What a thread needs while it encodes one record: the bytes, the strings it has encoded before and the fluent entry.
 * Taken from the {@link ScratchPool} for one call. One thread at a time.
 */
final class Scratch extends Encoded {
    final BatchEncoder batch;
    final LogEntry entry;

    private final Utf8Cache texts = new Utf8Cache();
    private final VarHandleBuffer source;
    private byte[] wrapped;

    Scratch(int maxLength, int maxTextBytes) {
        batch = new BatchEncoder(maxLength, maxTextBytes);
        wrapped = batch.buffer();
        source = new VarHandleBuffer(wrapped);
        entry = new LogEntry(this);
    }

    /** Starts a record; the next section is ARGS. A null template is the text "null". */
    void begin(long epochNs, byte[] loggerUtf8, Level level, String template) {
        Thread thread = Thread.currentThread();
        batch.begin();
        batch.beginEntry(level.severity(), epochNs, thread.getId());
        batch.text(MessageDescriptor.LOGGER, loggerUtf8);
        String threadName = thread.getName();
        if (!threadName.isEmpty()) { // virtual threads have none
            text(MessageDescriptor.THREAD_NAME, threadName);
        }
        text(MessageDescriptor.TEMPLATE, template == null ? "null" : template);
    }

    private void text(int tag, String value) {
        byte[] utf8 = texts.get(value);
        if (utf8 != null) {
            batch.text(tag, utf8);
        } else {
            batch.text(tag, value);
        }
    }

    void levelName(Level level) {
        if (level.needsName()) {
            batch.text(MessageDescriptor.LEVEL_NAME, level.name());
        }
    }

    @Override
    int length() {
        return batch.length();
    }

    @Override
    int entries() {
        return batch.entryCount();
    }

    @Override
    void finish(int slot, long firstSequence) {
        batch.finish(slot, firstSequence);
    }

    @Override
    VarHandleBuffer source() {
        if (wrapped != batch.buffer()) {
            wrapped = batch.buffer();
            source.wrap(wrapped);
        }
        return source;
    }
}

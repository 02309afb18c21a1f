package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.VarHandleBuffer;
import java.lang.ref.WeakReference;

/**
 * What a thread needs while it encodes one record: the bytes, the strings it has encoded before and the fluent entry.
 * Taken from the {@link ScratchPool} for one call. One thread at a time.
 */
final class Scratch extends Encoded {
    final BatchEncoder batch;
    final LogEntry entry;

    private final OpeningCache openings = new OpeningCache();
    private final VarHandleBuffer source;
    private byte[] wrapped;

    /** For the {@link ScratchPool}: of a bound scratch, by its thread only. */
    boolean inUse;
    /** Its record is being encoded, which may run code of the application. */
    boolean rendering;
    /** Calls of its thread in a row that found it in use. */
    int foundInUse;

    private WeakReference<Thread> boundTo;
    private long lastUser;
    private int callsOfLastUser;

    Scratch(int maxLength, int maxTextBytes) {
        batch = new BatchEncoder(maxLength, maxTextBytes);
        wrapped = batch.buffer();
        source = new VarHandleBuffer(wrapped);
        entry = new LogEntry(this);
    }

    /** Any thread, of any scratch. */
    boolean isBoundTo(Thread thread) {
        WeakReference<Thread> to = boundTo;
        return to != null && to.refersTo(thread);
    }

    boolean isBound() {
        return boundTo != null;
    }

    boolean isBoundToTheLiving() {
        WeakReference<Thread> to = boundTo;
        Thread thread = to == null ? null : to.get();
        return thread != null && thread.isAlive();
    }

    /** Its user, before it is given away to be found by others; null where it was not. It is in use then. */
    void bindTo(WeakReference<Thread> thread) {
        inUse = thread != null;
        boundTo = thread;
    }

    /** Whether that thread has had it for some calls in a row; once in so many. */
    boolean isUsedAgainBy(long threadId) {
        if (lastUser != threadId) {
            lastUser = threadId;
            callsOfLastUser = 0;
        }
        if (++callsOfLastUser < ScratchPool.CALLS_TO_BIND) {
            return false;
        }
        callsOfLastUser = 0;
        return true;
    }

    /** Starts a record; the next section is ARGS. A null template is the text "null". */
    void begin(long epochNs, byte[] loggerUtf8, Level level, String template) {
        Thread thread = Thread.currentThread();
        rendering = true;
        batch.begin();
        batch.beginEntry(level.severity(), epochNs, thread.getId());
        String threadName = thread.getName();
        byte[] opening = template == null ? null : openings.get(loggerUtf8, threadName, template);
        if (opening != null) {
            batch.sections(opening);
        } else {
            open(loggerUtf8, threadName, template == null ? "null" : template);
        }
    }

    private void open(byte[] loggerUtf8, String threadName, String template) {
        int start = batch.length();
        batch.text(MessageDescriptor.LOGGER, loggerUtf8);
        if (!threadName.isEmpty()) { // virtual threads have none
            batch.text(MessageDescriptor.THREAD_NAME, threadName);
        }
        batch.text(MessageDescriptor.TEMPLATE, template);
        if (!batch.isCut()) {
            openings.met(loggerUtf8, threadName, template, batch.buffer(), start, batch.length());
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

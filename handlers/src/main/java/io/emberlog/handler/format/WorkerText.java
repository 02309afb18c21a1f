package io.emberlog.handler.format;

import io.emberlog.message.WorkerIdentity;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Text that depends on the worker alone, made once for each. Bounded; one thread. */
final class WorkerText {
    private static final int MAX_CACHED = 1024;

    private final BiConsumer<WorkerIdentity, Utf8Buffer> writer;
    private final Map<WorkerIdentity, byte[]> texts = new IdentityHashMap<>();
    private WorkerIdentity last;
    private byte[] lastText;

    WorkerText(BiConsumer<WorkerIdentity, Utf8Buffer> writer) {
        this.writer = writer;
    }

    void append(WorkerIdentity worker, Utf8Buffer out) {
        if (worker != last) {
            byte[] text = texts.get(worker);
            if (text == null) {
                text = make(worker);
            }
            last = worker;
            lastText = text;
        }
        out.append(lastText);
    }

    private byte[] make(WorkerIdentity worker) {
        if (texts.size() == MAX_CACHED) {
            texts.clear();
        }
        Utf8Buffer buffer = new Utf8Buffer(128);
        writer.accept(worker, buffer);
        byte[] text = Arrays.copyOf(buffer.bytes(), buffer.length());
        texts.put(worker, text);
        return text;
    }
}

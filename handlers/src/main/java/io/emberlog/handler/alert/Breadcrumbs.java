package io.emberlog.handler.alert;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The last records of each worker, whatever their level, as the lines that led to an error or a death. Kept as bytes and made text
 * only when asked for. At most {@value #MOST_WORKERS} workers, those heard of last, with records of at most {@value #MOST_BYTES} bytes
 * (larger ones as a line). One thread.
 */
final class Breadcrumbs {
    static final int MOST_WORKERS = 64;
    static final int MOST_BYTES = 1024;
    static final int LINE_LENGTH = 160;

    private final int mostRecords;
    private final RecordText text;
    private final EntryDecoder decoder = new EntryDecoder();
    private final Map<UUID, Trail> trails = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Trail> eldest) {
            return size() > MOST_WORKERS;
        }
    };

    private WorkerIdentity lastWorker;
    private Trail lastTrail;

    /** @param mostRecords of a worker; 0 keeps nothing */
    Breadcrumbs(int mostRecords, RecordText text) {
        this.mostRecords = mostRecords;
        this.text = text;
    }

    void add(LogRecord record) {
        if (mostRecords == 0) {
            return;
        }
        WorkerIdentity worker = record.worker();
        if (worker != lastWorker) {
            lastTrail = trails.computeIfAbsent(worker.ringUuid(), uuid -> new Trail(mostRecords));
            lastWorker = worker;
        }
        lastTrail.add(record.entry(), text);
    }

    /** Those before this record, oldest first, one a line: of its worker, or of the worker whose end it tells. */
    String before(LogRecord record) {
        if (mostRecords == 0) {
            return "";
        }
        UUID about = WorkerEvent.ring(record.entry());
        Trail trail = trails.get(about == null ? record.worker().ringUuid() : about);
        return trail == null ? "" : trail.lines();
    }

    void clear() {
        trails.clear();
        lastWorker = null;
        lastTrail = null;
    }

    int workers() {
        return trails.size();
    }

    private final class Trail {
        private final byte[][] slots;
        private final int[] lengths;
        private final boolean[] isLine;
        private int next;
        private int count;

        Trail(int size) {
            slots = new byte[size][];
            lengths = new int[size];
            isLine = new boolean[size];
        }

        void add(EntryDecoder entry, RecordText renderer) {
            byte[] source = entry.buffer();
            int offset = entry.offset();
            int length = entry.length();
            boolean line = length > MOST_BYTES;
            if (line) {
                source = renderer.breadcrumb(entry, LINE_LENGTH).getBytes(StandardCharsets.UTF_8);
                offset = 0;
                length = source.length;
            }
            if (slots[next] == null || slots[next].length < length) {
                slots[next] = new byte[Math.max(128, Integer.highestOneBit(length - 1) << 1)];
            }
            System.arraycopy(source, offset, slots[next], 0, length);
            lengths[next] = length;
            isLine[next] = line;
            next = (next + 1) % slots.length;
            count = Math.min(slots.length, count + 1);
        }

        String lines() {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < count; i++) {
                int slot = (next - count + i + slots.length) % slots.length;
                if (lines.length() > 0) {
                    lines.append('\n');
                }
                if (isLine[slot]) {
                    lines.append(new String(slots[slot], 0, lengths[slot], StandardCharsets.UTF_8));
                } else if (decoder.wrap(slots[slot], 0, lengths[slot])) {
                    lines.append(text.breadcrumb(decoder, LINE_LENGTH));
                }
            }
            return lines.toString();
        }
    }
}

package io.emberlog.master.journal;

import io.emberlog.message.WorkerIdentity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.UUID;

/** Documents whose bytes follow from their numbers, so that a reader can tell every one that is lost, doubled or altered. */
final class TestDocuments {
    static final UUID RING = new UUID(0x0123_4567_89AB_CDEFL, 0x0011_2233_4455_6677L);
    static final WorkerIdentity WORKER = worker(RING, "worker");

    private static final int RECORD_HEADER = 8;
    private static final int BATCH_HEADER = 16;

    private final JournalDocumentWriter writer = new JournalDocumentWriter();

    static WorkerIdentity worker(UUID ring, String name) {
        return new WorkerIdentity(ring, name, 4711, 0, "", "", "", "host", "Main", "");
    }

    /** One LOG_BATCH as it stands in a ring, entries of zeros. */
    static byte[] batch(int slot, long firstSequence, int entryCount, int payloadLength) {
        int length = RECORD_HEADER + BATCH_HEADER + payloadLength;
        ByteBuffer record = ByteBuffer.allocate(length + 7 & -8).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(0, length).putInt(4, 1).put(8, (byte) 1);
        record.putShort(10, (short) slot).putInt(12, entryCount).putLong(16, firstSequence);
        return record.array();
    }

    /** One record of the given size, numbered as the document; returns its length in {@link #array}. */
    int one(long sequence, int recordLength) {
        return one(sequence, recordLength, null);
    }

    int one(long sequence, int recordLength, Map<UUID, RingEnd> state) {
        writer.begin(sequence, sequence);
        if (state != null) {
            writer.addState(sequence, state);
        }
        byte[] record = batch((int) (sequence % 3), sequence, 1, recordLength - RECORD_HEADER - BATCH_HEADER);
        for (int i = RECORD_HEADER + BATCH_HEADER; i < recordLength; i++) {
            record[i] = (byte) (sequence * 31 + i);
        }
        int source = writer.addSource(WORKER, sequence * 64, sequence * 64 + 64);
        writer.addSegment(source, sequence * 64, record, 0, record.length);
        return writer.finish(1);
    }

    int state(long nextSequence, Map<UUID, RingEnd> rings) {
        writer.begin(nextSequence, 0);
        writer.addState(nextSequence, rings);
        return writer.finish(0);
    }

    byte[] array() {
        return writer.array();
    }

    /** Null if the document is exactly what {@link #one} makes for its sequence. */
    static String difference(JournalDocumentReader document) {
        long sequence = document.firstSequence();
        if (document.recordCount() != 1 || document.segmentCount() != 1) {
            return "sequence " + sequence + " has " + document.recordCount() + " records";
        }
        int offset = document.segmentOffset(0);
        for (int i = RECORD_HEADER + BATCH_HEADER; i < document.segmentLength(0) - 7; i++) {
            if (document.array()[offset + i] != (byte) (sequence * 31 + i)) {
                return "sequence " + sequence + " differs at " + i;
            }
        }
        return null;
    }
}

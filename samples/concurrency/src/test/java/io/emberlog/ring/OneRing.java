package io.emberlog.ring;

import static io.emberlog.message.MessageDescriptor.BATCH_HEADER_LENGTH;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;

/**
 * What the states of these tests have in common: a ring of their own, and messages in and out as short texts: {@code 1.2} is
 * the second of slot 1, {@code none} is no message at all. Anything that breaks a rule comes out as a text that no test accepts.
 */
abstract class OneRing {
    static final String NONE = "none";

    private static final int SLOTS = 3;
    private static final int SEQUENCES = 4;
    private static final RingBlock.HeartbeatListener NO_HEARTBEATS = (sent, next, goodbye) -> {};
    private static final VarHandleBuffer[][] MESSAGES = messages();

    /** Store buffers drain within microseconds; see {@link RingFile#seal}. */
    private static final long GRACE_NS = 4_000;

    final RingFile file;
    final Ring ring;
    final SlotSequences sequences = new SlotSequences();

    OneRing(RingPool.Kind kind, long position) {
        RingPool.Pooled pooled = kind.take().reset(position);
        file = pooled.file;
        ring = pooled.ring;
    }

    private static VarHandleBuffer[][] messages() {
        VarHandleBuffer[][] messages = new VarHandleBuffer[SLOTS][SEQUENCES];
        for (int slot = 0; slot < SLOTS; slot++) {
            for (int sequence = 1; sequence < SEQUENCES; sequence++) {
                BatchEncoder encoder = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, BatchEncoder.MIN_MAX_LENGTH);
                encoder.begin();
                encoder.beginEntry(9, sequence, slot);
                encoder.text(MessageDescriptor.TEMPLATE, text(slot, sequence));
                encoder.endEntry();
                encoder.finish(slot, sequence);
                byte[] bytes = new byte[encoder.length()];
                System.arraycopy(encoder.buffer(), 0, bytes, 0, bytes.length);
                messages[slot][sequence] = new VarHandleBuffer(bytes);
            }
        }
        return messages;
    }

    private static String text(int slot, long sequence) {
        return "message " + sequence + " of slot " + slot;
    }

    /** Aligned length of each message as a record. */
    static int recordLength() {
        return (int) RingPositions.align(MESSAGES[1][1].capacity() + RingBlockReader.RECORD_HEADER_LENGTH);
    }

    static String name(int result) {
        return result == Ring.RINGED ? "RINGED" : result == Ring.FULL ? "FULL" : "SEALED";
    }

    static String offer(Ring into, int slot, int sequence) {
        VarHandleBuffer message = MESSAGES[slot][sequence];
        return name(into.offer(MessageDescriptor.TYPE_LOG_BATCH, message, 0, message.capacity(), true));
    }

    String offer(int slot, int sequence) {
        return offer(ring, slot, sequence);
    }

    static String stage(StagingArea area, int slot, int sequence) {
        VarHandleBuffer message = MESSAGES[slot][sequence];
        return name(area.stage(sequence, message, BATCH_HEADER_LENGTH, message.capacity() - BATCH_HEADER_LENGTH, 1, 9));
    }

    RingDrain newDrain() {
        return newDrain(file, sequences);
    }

    static RingDrain newDrain(RingFile file, SlotSequences sequences) {
        try {
            return new RingDrain(file, -1, sequences);
        } catch (RingBrokenException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that the drain finds now. */
    static String drained(RingDrain drain) {
        StringBuilder found = new StringBuilder();
        RingBlock block = new RingBlock();
        try {
            while (drain.take(block, RingPool.CAPACITY, NO_HEARTBEATS) > 0) {
                append(found, block);
            }
        } catch (RingBrokenException | RuntimeException e) {
            return "broken: " + e;
        }
        return found.length() == 0 ? NONE : found.toString();
    }

    static String joined(String first, String second) {
        return first.equals(NONE) ? second : second.equals(NONE) ? first : first + " " + second;
    }

    static void grace() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < GRACE_NS) {
            Thread.onSpinWait();
        }
    }

    /** Reads everything out of the sealed ring. */
    String salvaged() {
        StringBuilder found = new StringBuilder();
        RingBlock block = new RingBlock();
        try {
            RingSalvage salvage = RingSalvage.start(file, -1, sequences);
            while (salvage.next(block, 1, NO_HEARTBEATS)) {
                append(found, block);
            }
        } catch (RingBrokenException | RuntimeException e) {
            return "broken: " + e;
        }
        return found.length() == 0 ? NONE : found.toString();
    }

    /** What a look at the staging areas shows. */
    String staged() {
        StringBuilder found = new StringBuilder();
        RingBlock block = new RingBlock();
        try {
            StagingReader reader = new StagingReader(file);
            while (reader.next(block, RingPool.CAPACITY, new SlotSequences())) {
                append(found, block);
            }
            if (reader.torn() > 0) {
                found.append(" torn");
            }
        } catch (RingBrokenException | RuntimeException e) {
            return "broken: " + e;
        }
        return found.length() == 0 ? NONE : found.toString();
    }

    private static void append(StringBuilder found, RingBlock block) {
        RingBlockReader reader = new RingBlockReader();
        reader.wrap(block.bytes(), 0, block.length(), block.position());
        while (reader.nextEntry()) {
            long sequence = reader.firstSequence() + reader.index();
            String text = reader.entry().text(MessageDescriptor.TEMPLATE);
            found.append(found.length() == 0 ? "" : " ")
                    .append(reader.slot())
                    .append('.')
                    .append(sequence);
            if (!text(reader.slot(), sequence).equals(text)) {
                found.append(" altered to ").append(text);
            }
        }
        if (reader.broken() != null) {
            found.append(" broken: ").append(reader.broken());
        }
    }
}

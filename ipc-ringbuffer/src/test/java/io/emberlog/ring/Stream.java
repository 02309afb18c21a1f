package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A self-checking stream: writer and reader draw sizes and bytes of the record with a given slot and sequence from the
 * same seed, so that any loss, tear, double or reordering shows.
 */
final class Stream {
    private final long seed;
    private final int maxPayloadLength;
    private final long[] next = new long[MessageDescriptor.SLOT_COUNT];
    private final RingBlockReader reader = new RingBlockReader();
    private long received;

    Stream(long seed, int capacity) {
        this.seed = seed;
        this.maxPayloadLength = RingDescriptor.maxPayloadLength(capacity);
        Arrays.fill(next, 1);
    }

    /** The writer of one slot. One thread. */
    final class Writer {
        private final int slot;
        private final BatchEncoder encoder = new BatchEncoder(maxPayloadLength, maxPayloadLength);
        private long sequence;

        Writer(int slot) {
            this.slot = slot;
        }

        /** Encodes the next record; the same one again until {@link #acknowledged}. */
        VarHandleBuffer encodeNext() {
            encode(encoder, slot, sequence + 1);
            return new VarHandleBuffer(encoder.buffer());
        }

        int offer(Ring ring, boolean mayUseReserve) {
            VarHandleBuffer source = encodeNext();
            int result = ring.offer(MessageDescriptor.TYPE_LOG_BATCH, source, 0, encoder.length(), mayUseReserve);
            if (result == Ring.RINGED) {
                acknowledged();
            }
            return result;
        }

        int length() {
            return encoder.length();
        }

        /** Stages the next record. */
        int stage(StagingArea area) {
            VarHandleBuffer source = encodeNext();
            int head = MessageDescriptor.BATCH_HEADER_LENGTH;
            int result = area.stage(sequence + 1, source, head, encoder.length() - head, 1, 9);
            if (result == Ring.RINGED) {
                acknowledged();
            }
            return result;
        }

        void acknowledged() {
            sequence++;
        }

        long sequence() {
            return sequence;
        }
    }

    void encode(BatchEncoder encoder, int slot, long sequence) {
        encoder.begin();
        encoder.beginEntry(9, sequence, slot);
        encoder.text(MessageDescriptor.TEMPLATE, textOf(slot, sequence));
        encoder.endEntry();
        encoder.finish(slot, sequence);
    }

    private byte[] textOf(int slot, long sequence) {
        SplittableRandom random = new SplittableRandom(seed ^ (long) slot << 48 ^ sequence);
        int kind = random.nextInt(20);
        int most = maxPayloadLength - 4096;
        byte[] text =
                new byte[kind == 0 ? most : kind == 1 ? 0 : kind < 5 ? random.nextInt(most) : random.nextInt(200)];
        for (int i = 0; i < text.length; i += Long.BYTES) {
            long bits = random.nextLong();
            for (int b = i; b < Math.min(i + Long.BYTES, text.length); b++, bits >>>= 8) {
                text[b] = (byte) (' ' + (bits & 0x3F));
            }
        }
        return text;
    }

    /** Checks that every record of the block is the next one of its slot, byte for byte. */
    void accept(RingBlock block) {
        reader.wrap(block.bytes(), 0, block.length(), block.position());
        while (reader.nextEntry()) {
            int slot = reader.slot();
            long sequence = reader.firstSequence() + reader.index();
            assertThat(sequence).as("seed=%d slot=%d: order", seed, slot).isEqualTo(next[slot]);
            checkText(reader);
            next[slot]++;
            received++;
        }
        assertThat(reader.broken()).isNull();
    }

    /** Checks the bytes of the present entry. */
    void checkText(RingBlockReader reader) {
        int slot = reader.slot();
        long sequence = reader.firstSequence() + reader.index();
        String text = reader.entry().text(MessageDescriptor.TEMPLATE);
        if (!text.equals(new String(textOf(slot, sequence), StandardCharsets.UTF_8))) {
            throw new AssertionError("seed=" + seed + " slot=" + slot + " sequence=" + sequence + " was altered");
        }
    }

    /** Newest sequence received of that slot. */
    long received(int slot) {
        return next[slot] - 1;
    }

    long received() {
        return received;
    }
}

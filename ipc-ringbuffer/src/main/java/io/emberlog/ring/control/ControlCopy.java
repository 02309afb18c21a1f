package io.emberlog.ring.control;

import static io.emberlog.ring.control.ControlPageDescriptor.*;

import io.emberlog.message.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** One copy of the page's content, on the heap: encoder and decoder of one layout. Stateless. */
final class ControlCopy {
    private ControlCopy() {}

    /**
     * The bytes of a copy, with its sequence.
     *
     * @return null when the rules do not fit
     */
    static byte[] encode(ControlSnapshot content) {
        ByteBuffer out = ByteBuffer.allocate(COPY_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        out.position(RULES_OFFSET);
        for (LevelRule rule : content.rules()) {
            byte[] logger = rule.logger().getBytes(StandardCharsets.UTF_8);
            byte[] worker = rule.worker().getBytes(StandardCharsets.UTF_8);
            byte[] name = rule.level().name().getBytes(StandardCharsets.UTF_8);
            int length = align(TEXTS_OFFSET + logger.length + worker.length + name.length);
            if (length > out.remaining()) {
                return null;
            }
            int end = out.position() + length;
            out.putInt(length).putShort((short) rule.level().severity());
            out.putShort((short) logger.length).putShort((short) worker.length).putShort((short) name.length);
            out.putInt(0).putLong(rule.id()).putLong(rule.setEpochNs()).putLong(rule.forNs());
            out.putLong(rule.setMonotonicNs()).putLong(rule.clockId());
            out.put(logger).put(worker).put(name);
            out.position(end);
        }
        int length = out.position() - RULES_OFFSET;
        out.putLong(SEQUENCE_OFFSET, content.sequence());
        out.putInt(COUNT_OFFSET, content.rules().size());
        out.putInt(RULES_LENGTH_OFFSET, length);
        out.putInt(CRC_OFFSET, crc(out.array(), length));
        return out.array();
    }

    /** Null when any byte is not as it must be. */
    static ControlSnapshot decode(byte[] copy) {
        ByteBuffer in = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        long sequence = in.getLong(SEQUENCE_OFFSET);
        int count = in.getInt(COUNT_OFFSET);
        int length = in.getInt(RULES_LENGTH_OFFSET);
        if (sequence <= 0
                || sequence > MAX_SEQUENCE
                || length < 0
                || length > COPY_LENGTH - RULES_OFFSET
                || count < 0
                || count > length / TEXTS_OFFSET
                || in.getInt(CRC_OFFSET) != crc(copy, length)) {
            return null;
        }
        List<LevelRule> rules = new ArrayList<>(count);
        int at = RULES_OFFSET;
        int end = RULES_OFFSET + length;
        for (int i = 0; i < count; i++) {
            int ruleLength = end - at < TEXTS_OFFSET ? 0 : in.getInt(at + LENGTH_OFFSET);
            if (ruleLength < TEXTS_OFFSET || ruleLength > end - at || ruleLength % Long.BYTES != 0) {
                return null;
            }
            LevelRule rule = rule(in, at, ruleLength);
            if (rule == null) {
                return null;
            }
            rules.add(rule);
            at += ruleLength;
        }
        return at == end ? new ControlSnapshot(sequence, rules) : null;
    }

    private static LevelRule rule(ByteBuffer in, int at, int length) {
        int logger = in.getShort(at + LOGGER_LENGTH_OFFSET) & 0xFFFF;
        int worker = in.getShort(at + WORKER_LENGTH_OFFSET) & 0xFFFF;
        int name = in.getShort(at + NAME_LENGTH_OFFSET) & 0xFFFF;
        if (name > MAX_NAME_BYTES || align(TEXTS_OFFSET + logger + worker + name) != length) {
            return null;
        }
        int texts = at + TEXTS_OFFSET;
        try {
            return new LevelRule(
                    text(in, texts, logger),
                    text(in, texts + logger, worker),
                    new Level(text(in, texts + logger + worker, name), in.get(at + SEVERITY_OFFSET) & 0xFF),
                    in.getLong(at + ID_OFFSET),
                    in.getLong(at + SET_EPOCH_OFFSET),
                    in.getLong(at + FOR_OFFSET),
                    in.getLong(at + SET_MONOTONIC_OFFSET),
                    in.getLong(at + CLOCK_ID_OFFSET));
        } catch (IllegalArgumentException outOfBounds) {
            return null;
        }
    }

    private static String text(ByteBuffer in, int at, int length) {
        return new String(in.array(), at, length, StandardCharsets.UTF_8);
    }

    private static int crc(byte[] copy, int length) {
        CRC32C crc = new CRC32C();
        crc.update(copy, 0, CRC_OFFSET);
        crc.update(copy, RULES_OFFSET, length);
        return (int) crc.getValue();
    }

    private static int align(int length) {
        return length + Long.BYTES - 1 & -Long.BYTES;
    }
}

package io.emberlog.handler.alert;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.ValueCursor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** What the master says of its workers: records of one logger with the field {@code ring}. Stateless. */
final class WorkerEvent {
    private static final byte[] LOGGER = "emberlog.worker".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RING = "ring".getBytes(StandardCharsets.US_ASCII);

    private WorkerEvent() {}

    /** Which ring it is about; null of a record that is no such event. */
    static UUID ring(EntryDecoder entry) {
        if (!is(entry)) {
            return null;
        }
        ValueCursor pairs = entry.pairs(MessageDescriptor.FIELDS);
        while (pairs.next()) {
            boolean wanted = equals(pairs, RING);
            pairs.next();
            if (wanted && pairs.type() == MessageDescriptor.STRING) {
                return uuid(new String(pairs.buffer(), pairs.textOffset(), pairs.textLength(), StandardCharsets.UTF_8));
            }
        }
        return null;
    }

    static boolean is(EntryDecoder entry) {
        if (entry.sectionLength(MessageDescriptor.LOGGER) != LOGGER.length) {
            return false;
        }
        int offset = entry.sectionOffset(MessageDescriptor.LOGGER);
        return Arrays.equals(entry.buffer(), offset, offset + LOGGER.length, LOGGER, 0, LOGGER.length);
    }

    private static boolean equals(ValueCursor value, byte[] text) {
        int from = value.textOffset();
        return value.textLength() == text.length
                && Arrays.equals(value.buffer(), from, from + text.length, text, 0, text.length);
    }

    private static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null; // a worker may have a logger of that name, too
        }
    }
}

package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;

/** One of the four values of a record's caller. Stateless; each call takes the decoder's one cursor. */
final class CallerText {
    static final int FILE = 0;
    static final int PATH = 1;
    private static final int LINE = 2;
    static final int FUNCTION = 3;

    private CallerText() {}

    /** False for a record without a caller, too. */
    static boolean has(EntryDecoder entry, int which) {
        ValueCursor value = value(entry, which);
        return value != null && value.type() != NULL;
    }

    /** Nothing when it is not there. */
    static void append(EntryDecoder entry, int which, Escaper escaper, Utf8Buffer out) {
        ValueCursor value = value(entry, which);
        if (value != null && value.type() != NULL) {
            MessageRenderer.appendValue(value, escaper, out);
        }
    }

    /** Negative when it is not known. */
    static long line(EntryDecoder entry) {
        ValueCursor value = value(entry, LINE);
        return value == null ? -1 : value.longValue();
    }

    /** Null for a record without a caller. */
    static ValueCursor value(EntryDecoder entry, int which) {
        if (!entry.has(CALLER)) {
            return null;
        }
        ValueCursor caller = entry.caller();
        for (int i = 0; i <= which; i++) {
            caller.next();
        }
        return caller;
    }
}

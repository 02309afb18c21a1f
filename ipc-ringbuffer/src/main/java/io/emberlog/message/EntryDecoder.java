package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

import java.nio.charset.StandardCharsets;

/**
 * A view over one entry of a LOG_BATCH in a heap array. {@link #wrap} checks every length once; after that no read can
 * leave the entry. Texts are bytes that a worker wrote: normally UTF-8, never to be trusted to be. One thread; makes no
 * garbage but where a method says so.
 */
public final class EntryDecoder {
    private final int[] offsets = new int[TAG_COUNT];
    private final int[] lengths = new int[TAG_COUNT];
    private final ValueCursor values = new ValueCursor();
    private final ExceptionCursor exception = new ExceptionCursor();
    private byte[] buffer;
    private int start;
    private int length;
    /** A bit for each tag that the entry has. */
    private int present;

    /** A set of sections, for {@link #hasAny}. */
    public static int tags(int... tags) {
        int set = 0;
        for (int tag : tags) {
            set |= 1 << tag;
        }
        return set;
    }

    /**
     * Points at the entry that starts at {@code offset}.
     *
     * @param limit end of the bytes that may be read, exclusive
     * @return false when the bytes are not a valid entry; the view must then not be used
     */
    public boolean wrap(byte[] bytes, int offset, int limit) {
        if (limit - offset < ENTRY_HEADER_LENGTH) {
            return false;
        }
        int entryLength = Bytes.getInt(bytes, offset + ENTRY_LENGTH_OFFSET);
        if (entryLength < ENTRY_HEADER_LENGTH || entryLength > limit - offset) {
            return false;
        }
        int severity = bytes[offset + ENTRY_SEVERITY_OFFSET];
        if (severity < 0 || severity > Level.MAX_SEVERITY) {
            return false;
        }
        buffer = bytes;
        start = offset;
        length = entryLength;
        int end = offset + entryLength;
        int at = offset + ENTRY_HEADER_LENGTH;
        int lastTag = 0;
        int tags = 0;
        present = 0;
        while (at < end) {
            if (end - at < SECTION_HEADER_LENGTH) {
                return false;
            }
            int word = Bytes.getInt(bytes, at);
            int tag = word & 0xFF;
            int sectionLength = word >>> 8;
            at += SECTION_HEADER_LENGTH;
            if (tag <= lastTag || sectionLength > end - at) {
                return false;
            }
            lastTag = tag;
            if (tag < TAG_COUNT) {
                offsets[tag] = at;
                lengths[tag] = sectionLength;
                tags |= 1 << tag;
                if (!validSection(tag, at, at + sectionLength)) {
                    return false;
                }
            }
            at += sectionLength;
        }
        present = tags;
        return true;
    }

    /**
     * Points at a copy of an entry that {@link #wrap} has accepted, in bytes that nobody else has had in hand since: only finds its sections.
     *
     * @param offset where the copy starts in {@code bytes}
     */
    public void wrapCopy(byte[] bytes, int offset) {
        buffer = bytes;
        start = offset;
        length = Bytes.getInt(bytes, offset + ENTRY_LENGTH_OFFSET);
        int end = offset + length;
        int tags = 0;
        for (int at = offset + ENTRY_HEADER_LENGTH; at < end; ) {
            int word = Bytes.getInt(bytes, at);
            int tag = word & 0xFF;
            int sectionLength = word >>> 8;
            at += SECTION_HEADER_LENGTH;
            if (tag < TAG_COUNT) {
                offsets[tag] = at;
                lengths[tag] = sectionLength;
                tags |= 1 << tag;
            }
            at += sectionLength;
        }
        present = tags;
    }

    private boolean validSection(int tag, int from, int end) {
        return switch (tag) {
            case ARGS -> end > from && validValues(from + 1, end, buffer[from] & 0xFF);
            case FIELDS, MDC -> validPairs(from, end);
            case CALLER -> validCaller(from, end);
            case EXCEPTION -> ExceptionCursor.validate(buffer, from, end);
            case ORIGINAL_LENGTH -> end - from == Long.BYTES;
            default -> true;
        };
    }

    private boolean validValues(int from, int end, int count) {
        int at = from;
        for (int i = 0; i < count; i++) {
            at = ValueCursor.validate(buffer, at, end);
            if (at < 0) {
                return false;
            }
        }
        return at == end;
    }

    private boolean validCaller(int from, int end) {
        int at = from;
        for (int i = 0; i < 4; i++) {
            int type = at < end ? buffer[at] : -1;
            at = ValueCursor.validate(buffer, at, end);
            if (at < 0 || type != (i == 2 ? LONG : STRING) && (i == 2 || type != NULL)) {
                return false;
            }
        }
        return at == end;
    }

    private boolean validPairs(int from, int end) {
        if (end - from < Short.BYTES) {
            return false;
        }
        int pairs = Bytes.getUnsignedShort(buffer, from);
        int at = from + Short.BYTES;
        for (int i = 0; i < pairs; i++) {
            if (at >= end || buffer[at] != STRING) {
                return false;
            }
            at = ValueCursor.validate(buffer, at, end);
            if (at < 0) {
                return false;
            }
            at = ValueCursor.validate(buffer, at, end);
            if (at < 0) {
                return false;
            }
        }
        return at == end;
    }

    /** The array that all offsets point into. */
    public byte[] buffer() {
        return buffer;
    }

    /** Where the entry starts in {@link #buffer}. */
    public int offset() {
        return start;
    }

    /** Of the whole entry, header included; the next entry starts behind it. */
    public int length() {
        return length;
    }

    /** 0-24, OpenTelemetry's scale. */
    public int severity() {
        return buffer[start + ENTRY_SEVERITY_OFFSET];
    }

    /** Wall clock of the worker, nanoseconds since the epoch. */
    public long timestampNs() {
        return Bytes.getLong(buffer, start + ENTRY_TIMESTAMP_OFFSET);
    }

    public long threadId() {
        return Bytes.getLong(buffer, start + ENTRY_THREAD_ID_OFFSET);
    }

    public boolean has(int tag) {
        return (present & 1 << tag) != 0;
    }

    /** Whether it has a section of that set, which {@link #tags} makes. */
    public boolean hasAny(int tags) {
        return (present & tags) != 0;
    }

    /** Of a section that {@link #has}. */
    public int sectionOffset(int tag) {
        return offsets[tag];
    }

    /** In bytes; -1 when absent. */
    public int sectionLength(int tag) {
        return has(tag) ? lengths[tag] : -1;
    }

    /** Allocates; null when absent. */
    public String text(int tag) {
        return has(tag) ? new String(buffer, offsets[tag], lengths[tag], StandardCharsets.UTF_8) : null;
    }

    /** Allocates; the record's own level name, or the canonical one of its severity. */
    public String levelName() {
        return has(LEVEL_NAME) ? text(LEVEL_NAME) : Level.canonical(severity()).name();
    }

    /** True when the template is text to be taken as it is. */
    public boolean isLiteral() {
        return !has(ARGS);
    }

    /** Number of arguments; 0 when there are none. */
    public int argCount() {
        return has(ARGS) ? buffer[offsets[ARGS]] & 0xFF : 0;
    }

    /** The arguments; the one cursor of this decoder, shared with {@link #pairs} and {@link #caller}. */
    public ValueCursor args() {
        values.wrap(buffer, offsets[ARGS] + 1, argCount());
        return values;
    }

    /** FIELDS or MDC: keys and values in turn; the one cursor of this decoder. */
    public ValueCursor pairs(int tag) {
        int count = has(tag) ? 2 * Bytes.getUnsignedShort(buffer, offsets[tag]) : 0;
        values.wrap(buffer, offsets[tag] + Short.BYTES, count);
        return values;
    }

    /** File, path, line, function; empty when absent; the one cursor of this decoder. */
    public ValueCursor caller() {
        values.wrap(buffer, offsets[CALLER], has(CALLER) ? 4 : 0);
        return values;
    }

    /** The exception; only when {@code has(EXCEPTION)}. */
    public ExceptionCursor exception() {
        exception.wrap(buffer, offsets[EXCEPTION]);
        return exception;
    }

    /** Bytes of UTF-8 that the first cut text had (0 = something else did not fit); -1 when nothing was cut. */
    public long originalLength() {
        return has(ORIGINAL_LENGTH) ? Bytes.getLong(buffer, offsets[ORIGINAL_LENGTH]) : -1;
    }
}

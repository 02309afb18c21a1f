package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

import java.util.Arrays;

/**
 * Encodes one LOG_BATCH into a heap array that grows up to a fixed bound and is used again for the next batch. One
 * thread at a time; makes no garbage once grown. Nothing here throws for the content of a text: what does not fit is
 * cut at a character and the entry says so ({@link MessageDescriptor#ORIGINAL_LENGTH}).
 *
 * <p>Sections must be written in ascending order of their tags; each at most once an entry.
 */
public final class BatchEncoder {
    /**
     * Smallest useful bound: one entry with a short text beside the part kept for numbers and marks; also the longest
     * payload that the smallest ring takes.
     */
    public static final int MIN_MAX_LENGTH = 8 * 1024 - 8;

    /** Smallest bound of a text that a worker can be given; texts that are surely shorter need not be looked at one by one. */
    public static final int MIN_MAX_TEXT_LENGTH = 256;

    /** Kept free of texts, so that numbers, nulls and the truncation mark still fit behind a text that fills the entry. */
    private static final int FIXED_RESERVE = 3 * 1024;

    /** The part of it that numbers and nulls leave to the sections behind them. */
    private static final int SECTIONS_RESERVE = 512;

    /** Level name, trace and span id up to this length go into the reserve when longer texts have filled the entry. */
    private static final int SHORT_TEXT = 96;

    /** The length of a section has 24 bits. */
    private static final int MAX_MAX_LENGTH = (1 << 24) - 1;

    private static final int INITIAL_CAPACITY = 1024;
    private static final int MAX_ARGS = 255;
    private static final int MAX_COUNT = 0xFFFF;
    private static final long NOT_CUT = -1;

    private final int maxLength;
    private final int maxTextLength;

    private byte[] buffer;
    private int at;
    private int entryStart;
    private int entryCount;
    private int sectionStart;
    private int countAt;
    private int count;
    private int nodeStart;
    private int frames;
    private long originalLength;

    /**
     * @param maxLength most bytes of a whole batch, at least {@link #MIN_MAX_LENGTH}
     * @param maxTextLength most bytes of one text; longer ones are cut
     */
    public BatchEncoder(int maxLength, int maxTextLength) {
        if (maxLength < MIN_MAX_LENGTH || maxLength > MAX_MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "maxLength=" + maxLength + " must be from " + MIN_MAX_LENGTH + " to " + MAX_MAX_LENGTH);
        }
        if (maxTextLength < 0) {
            throw new IllegalArgumentException("maxTextLength=" + maxTextLength + " must not be negative");
        }
        this.maxLength = maxLength;
        this.maxTextLength = maxTextLength;
        this.buffer = new byte[Math.min(INITIAL_CAPACITY, maxLength)];
    }

    /** Starts an empty batch. */
    public void begin() {
        at = BATCH_HEADER_LENGTH;
        entryCount = 0;
    }

    /** Starts an entry. */
    public void beginEntry(int severity, long timestampNs, long threadId) {
        entryStart = at;
        originalLength = NOT_CUT;
        ensure(ENTRY_HEADER_LENGTH);
        byte[] b = buffer;
        b[at + ENTRY_SEVERITY_OFFSET] = (byte) severity;
        b[at + ENTRY_FLAGS_OFFSET] = 0;
        Bytes.putShort(b, at + ENTRY_ZERO_OFFSET, 0);
        Bytes.putLong(b, at + ENTRY_TIMESTAMP_OFFSET, timestampNs);
        Bytes.putLong(b, at + ENTRY_THREAD_ID_OFFSET, threadId);
        at += ENTRY_HEADER_LENGTH;
    }

    /** A text section; null writes nothing. */
    public void text(int tag, String value) {
        if (value != null) {
            beginSection(tag);
            at = putText(value, textRoom(tag));
            endSection();
        }
    }

    /** A text section whose UTF-8 the caller keeps ready; null writes nothing. */
    public void text(int tag, byte[] utf8) {
        if (utf8 != null) {
            beginSection(tag);
            putUtf8(utf8, 0, utf8.length, textRoom(tag));
            endSection();
        }
    }

    /** Sections that an earlier entry had at this place, byte for byte as they were encoded there, none of them cut. */
    public void sections(byte[] encoded) {
        putBytes(encoded, 0, encoded.length);
    }

    /** A payload of bytes; cut like a text. */
    public void bytes(byte[] payload, int offset, int length) {
        beginSection(BYTES);
        int whole = Math.min(length, textRoom());
        if (whole < length) {
            markCut(length);
        }
        putBytes(payload, offset, whole);
        endSection();
    }

    public void beginArgs() {
        beginSection(ARGS);
        countAt = at;
        count = 0;
        ensure(1);
        at++;
    }

    public void endArgs() {
        buffer[countAt] = (byte) count;
        endSection();
    }

    /**
     * The whole ARGS section, from values in the form that {@code add...} would give them; or nothing, where something of them
     * or of what follows would not fit uncut: the caller then adds them one by one.
     *
     * @param values none of whose texts is longer than {@link #MIN_MAX_TEXT_LENGTH}
     */
    public boolean args(byte[] values, int length, int valueCount) {
        int whole = SECTION_HEADER_LENGTH + 1 + length;
        if (valueCount > MAX_ARGS || room() < whole + FIXED_RESERVE || maxTextLength < MIN_MAX_TEXT_LENGTH) {
            return false;
        }
        ensure(whole);
        Bytes.putInt(buffer, at, length + 1 << 8 | ARGS);
        buffer[at + SECTION_HEADER_LENGTH] = (byte) valueCount;
        System.arraycopy(values, 0, buffer, at + SECTION_HEADER_LENGTH + 1, length);
        at += whole;
        return true;
    }

    /** Starts FIELDS or MDC; each pair is {@link #key} and one {@code add...}. */
    public void beginPairs(int tag) {
        beginSection(tag);
        countAt = at;
        count = 0;
        ensure(Short.BYTES);
        at += Short.BYTES;
    }

    /** @return false when no room is left: the caller then writes no value and no further pair */
    public boolean key(String key) {
        if (count == MAX_COUNT || room() < FIXED_RESERVE + 2 * (1 + Integer.BYTES) + Long.BYTES) {
            markCut(0);
            return false;
        }
        putString(key);
        return true;
    }

    /** To be called after the value of each pair. */
    public void endPair() {
        count++;
    }

    public void endPairs() {
        Bytes.putShort(buffer, countAt, count);
        endSection();
    }

    /** Where the code stood that logged; texts may be null. */
    public void caller(String file, String path, int line, String function) {
        beginSection(CALLER);
        putNullable(file);
        putNullable(path);
        putLong(line);
        putNullable(function);
        endSection();
    }

    public void addNull() {
        if (startArg(1)) {
            buffer[at++] = NULL;
        }
    }

    public void addBoolean(boolean value) {
        if (startArg(1)) {
            buffer[at++] = (byte) (value ? TRUE : FALSE);
        }
    }

    public void addLong(long value) {
        if (startArg(1 + Long.BYTES)) {
            putLong(value);
        }
    }

    public void addDouble(double value) {
        if (startArg(1 + Double.BYTES)) {
            putDouble(value);
        }
    }

    public void addFloat(float value) {
        if (startArg(1 + Float.BYTES)) {
            putFloat(value);
        }
    }

    /** Null is written as NULL. */
    public void addString(String value) {
        if (startArg(1 + Integer.BYTES)) {
            putNullable(value);
        }
    }

    /** A text that is UTF-8 already. */
    public void addString(byte[] utf8, int offset, int length) {
        if (startArg(1 + Integer.BYTES)) {
            ensure(1 + Integer.BYTES);
            int start = at;
            buffer[start] = STRING;
            at += 1 + Integer.BYTES;
            putUtf8(utf8, offset, length, textRoom());
            Bytes.putInt(buffer, start + 1, at - start - 1 - Integer.BYTES);
        }
    }

    /** The value of a pair. */
    public void putNullable(String value) {
        if (value == null) {
            ensure(1);
            buffer[at++] = NULL;
        } else {
            putString(value);
        }
    }

    /** The value of a pair. */
    public void putBoolean(boolean value) {
        ensure(1);
        buffer[at++] = (byte) (value ? TRUE : FALSE);
    }

    /** The value of a pair. */
    public void putLong(long value) {
        ensure(1 + Long.BYTES);
        buffer[at] = LONG;
        Bytes.putLong(buffer, at + 1, value);
        at += 1 + Long.BYTES;
    }

    /** The value of a pair. */
    public void putDouble(double value) {
        ensure(1 + Double.BYTES);
        buffer[at] = DOUBLE;
        Bytes.putDouble(buffer, at + 1, value);
        at += 1 + Double.BYTES;
    }

    /** The value of a pair. */
    public void putFloat(float value) {
        ensure(1 + Float.BYTES);
        buffer[at] = FLOAT;
        Bytes.putFloat(buffer, at + 1, value);
        at += 1 + Float.BYTES;
    }

    public void beginException() {
        beginSection(EXCEPTION);
        countAt = at;
        count = 0;
        ensure(Short.BYTES);
        at += Short.BYTES;
    }

    /**
     * Starts one throwable of the exception, in the order of a printed stack trace.
     *
     * @return false when no room is left: the caller then stops
     */
    public boolean beginThrowable(int kind, int depth, String className, String message) {
        int fixed = 8 + 2 * (1 + Integer.BYTES);
        if (count == MAX_COUNT || room() < FIXED_RESERVE + fixed) {
            markCut(0);
            return false;
        }
        nodeStart = at;
        frames = 0;
        ensure(8);
        buffer[at] = (byte) kind;
        buffer[at + 1] = (byte) Math.min(depth, 255);
        at += 8;
        putString(className);
        putNullable(message);
        return true;
    }

    /** @return false when no room is left: the caller then adds no further frame */
    public boolean frame(String text) {
        if (frames == MAX_COUNT || room() < FIXED_RESERVE + Integer.BYTES + 1) {
            markCut(0);
            return false;
        }
        frames++;
        ensure(Integer.BYTES);
        int lengthAt = at;
        at += Integer.BYTES;
        at = putText(text, textRoom());
        Bytes.putInt(buffer, lengthAt, at - lengthAt - Integer.BYTES);
        return true;
    }

    /** @param framesInCommon frames left out since they equal the last ones of the enclosing throwable */
    public void endThrowable(int framesInCommon) {
        Bytes.putShort(buffer, nodeStart + 2, frames);
        Bytes.putInt(buffer, nodeStart + 4, framesInCommon);
        count++;
    }

    public void endException() {
        Bytes.putShort(buffer, countAt, count);
        endSection();
    }

    /** Ends the entry. */
    public void endEntry() {
        if (originalLength != NOT_CUT) {
            beginSection(ORIGINAL_LENGTH);
            ensure(Long.BYTES);
            Bytes.putLong(buffer, at, originalLength);
            at += Long.BYTES;
            endSection();
        }
        Bytes.putInt(buffer, entryStart + ENTRY_LENGTH_OFFSET, at - entryStart);
        entryCount++;
    }

    /** Writes the batch header; the batch is then {@code buffer()[0..length())}. */
    public void finish(int slot, long firstSequence) {
        BatchHeader.encode(buffer, 0, slot, entryCount, firstSequence);
    }

    /** Valid until the next call that writes. */
    public byte[] buffer() {
        return buffer;
    }

    public int length() {
        return at;
    }

    public int entryCount() {
        return entryCount;
    }

    /** Whether something of the current entry did not fit. */
    public boolean isCut() {
        return originalLength != NOT_CUT;
    }

    private boolean startArg(int length) {
        if (count == MAX_ARGS || room() < length + SECTIONS_RESERVE) {
            markCut(0);
            return false;
        }
        ensure(length);
        count++;
        return true;
    }

    private void beginSection(int tag) {
        ensure(SECTION_HEADER_LENGTH);
        sectionStart = at;
        buffer[at] = (byte) tag;
        at += SECTION_HEADER_LENGTH;
    }

    private void endSection() {
        int tag = buffer[sectionStart];
        Bytes.putInt(buffer, sectionStart, at - sectionStart - SECTION_HEADER_LENGTH << 8 | tag);
    }

    private void putString(String value) {
        ensure(1 + Integer.BYTES);
        int start = at;
        buffer[start] = STRING;
        at += 1 + Integer.BYTES;
        at = putText(value, textRoom());
        Bytes.putInt(buffer, start + 1, at - start - 1 - Integer.BYTES);
    }

    /** @return the new end */
    private int putText(String value, int most) {
        int wanted = (int) Math.min(most, (long) value.length() * Utf8.MAX_BYTES_PER_CHAR);
        ensure(wanted);
        int end = Utf8.encode(value, buffer, at, at + wanted);
        // wanted == most is the only way in which the text can have been cut
        if (wanted == most && originalLength == NOT_CUT) {
            long length = Utf8.length(value);
            if (length > end - at) {
                originalLength = length;
            }
        }
        return end;
    }

    private void putUtf8(byte[] utf8, int offset, int length, int most) {
        int whole = Math.min(length, most);
        if (whole < length) {
            markCut(length);
            while (whole > 0 && (utf8[offset + whole] & 0xC0) == 0x80) {
                whole--;
            }
        }
        putBytes(utf8, offset, whole);
    }

    private void putBytes(byte[] source, int offset, int length) {
        ensure(length);
        System.arraycopy(source, offset, buffer, at, length);
        at += length;
    }

    private int textRoom() {
        return Math.max(0, Math.min(maxTextLength, room() - FIXED_RESERVE));
    }

    private int textRoom(int tag) {
        boolean isShort = tag == LEVEL_NAME || tag == TRACE_ID || tag == SPAN_ID;
        return isShort ? Math.max(textRoom(), Math.min(SHORT_TEXT, Math.min(maxTextLength, room()))) : textRoom();
    }

    private int room() {
        return maxLength - at;
    }

    private void markCut(long length) {
        if (originalLength == NOT_CUT) {
            originalLength = length;
        }
    }

    private void ensure(int more) {
        if (buffer.length - at < more) {
            grow(more);
        }
    }

    private void grow(int more) {
        int needed = at + more;
        buffer = Arrays.copyOf(buffer, Math.max(needed, Math.min(maxLength, buffer.length * 2)));
    }
}

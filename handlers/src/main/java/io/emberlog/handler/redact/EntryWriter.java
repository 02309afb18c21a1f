package io.emberlog.handler.redact;

import io.emberlog.handler.Secret;
import io.emberlog.message.Bytes;
import io.emberlog.message.MessageDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An entry of a batch, put together again section by section ({@link MessageDescriptor}). Used again; one thread. */
final class EntryWriter {
    static final byte[] MASK = Secret.MASK.getBytes(StandardCharsets.US_ASCII);

    /** A section's length has 24 bits. */
    private static final int MAX_SECTION = (1 << 24) - 1;

    private byte[] buffer = new byte[1024];
    private int length;
    private int section;

    byte[] buffer() {
        return buffer;
    }

    int length() {
        return length;
    }

    void begin() {
        length = 0;
    }

    /** Of the whole entry, which is done. */
    void end() {
        Bytes.putInt(buffer, 0, length);
    }

    void beginSection(int tag) {
        section = length;
        putInt(tag);
    }

    /** One that has outgrown its bound is left out. */
    void endSection() {
        int bytes = length - section - MessageDescriptor.SECTION_HEADER_LENGTH;
        if (bytes > MAX_SECTION) {
            length = section;
        } else {
            Bytes.putInt(buffer, section, bytes << 8 | Bytes.getInt(buffer, section) & 0xFF);
        }
    }

    void copy(byte[] source, int offset, int count) {
        ensure(count);
        System.arraycopy(source, offset, buffer, length, count);
        length += count;
    }

    void put(int value) {
        ensure(1);
        buffer[length++] = (byte) value;
    }

    void putInt(int value) {
        ensure(Integer.BYTES);
        Bytes.putInt(buffer, length, value);
        length += Integer.BYTES;
    }

    /** A STRING that is nothing but the mask. */
    void mask() {
        put(MessageDescriptor.STRING);
        putInt(MASK.length);
        copy(MASK, 0, MASK.length);
    }

    /** Length and bytes of a text, each marked run of it as one mask. */
    void sized(byte[] text, int offset, int count, Marks marks) {
        int at = length;
        putInt(0);
        masked(text, offset, count, marks, false);
        Bytes.putInt(buffer, at, length - at - Integer.BYTES);
    }

    /** @param template whether its placeholders must stay what they are */
    void masked(byte[] text, int offset, int count, Marks marks, boolean template) {
        boolean inMask = false;
        for (int i = 0; i < count; i++) {
            boolean masked = marks.isMarked(i)
                    && !(template && Placeholders.isStructure(text, offset, offset + count, offset + i));
            if (!masked) {
                put(text[offset + i]);
            } else if (!inMask) {
                copy(MASK, 0, MASK.length);
            }
            inMask = masked;
        }
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(length + more, 2 * buffer.length));
        }
    }
}

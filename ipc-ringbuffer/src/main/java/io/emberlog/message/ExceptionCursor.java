package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

/**
 * Walks the throwables of an EXCEPTION section and their frames, in the order of a printed stack trace. The section
 * was validated when the entry was wrapped. One thread; valid until the decoder wraps another entry.
 */
public final class ExceptionCursor {
    private static final int NODE_HEADER_LENGTH = 8;

    private byte[] buffer;
    private int at;
    private int nodesLeft;
    private int framesLeft;
    private int kind;
    private int depth;
    private int framesInCommon;
    private int classOffset;
    private int classLength;
    private int messageOffset;
    private int messageLength;
    private int frameOffset;
    private int frameLength;

    void wrap(byte[] bytes, int offset) {
        buffer = bytes;
        nodesLeft = Bytes.getUnsignedShort(bytes, offset);
        at = offset + Short.BYTES;
        framesLeft = 0;
    }

    /** Moves to the next throwable, past the frames of the present one. */
    public boolean nextThrowable() {
        while (nextFrame()) {
            continue;
        }
        if (nodesLeft == 0) {
            return false;
        }
        nodesLeft--;
        kind = buffer[at];
        depth = buffer[at + 1] & 0xFF;
        framesLeft = Bytes.getUnsignedShort(buffer, at + 2);
        framesInCommon = Bytes.getInt(buffer, at + 4);
        at += NODE_HEADER_LENGTH;
        classLength = Bytes.getInt(buffer, at + 1);
        classOffset = at + 1 + Integer.BYTES;
        at = classOffset + classLength;
        if (buffer[at] == NULL) {
            messageLength = -1;
            at++;
        } else {
            messageLength = Bytes.getInt(buffer, at + 1);
            messageOffset = at + 1 + Integer.BYTES;
            at = messageOffset + messageLength;
        }
        return true;
    }

    /** Moves to the next frame of the present throwable. */
    public boolean nextFrame() {
        if (framesLeft == 0) {
            return false;
        }
        framesLeft--;
        frameLength = Bytes.getInt(buffer, at);
        frameOffset = at + Integer.BYTES;
        at = frameOffset + frameLength;
        return true;
    }

    public byte[] buffer() {
        return buffer;
    }

    /** ROOT, CAUSE, SUPPRESSED or CIRCULAR. */
    public int kind() {
        return kind;
    }

    /** 0 for the root, one more than the throwable that this one belongs to otherwise; at most 255. */
    public int depth() {
        return depth;
    }

    /** Last frames left out since they equal those of the throwable that this one belongs to. */
    public int framesInCommon() {
        return framesInCommon;
    }

    public int classOffset() {
        return classOffset;
    }

    public int classLength() {
        return classLength;
    }

    public int messageOffset() {
        return messageOffset;
    }

    /** -1 when the throwable has no message. */
    public int messageLength() {
        return messageLength;
    }

    public int frameOffset() {
        return frameOffset;
    }

    /** Text such as {@code com.acme.Orders.fill(Orders.java:42)}. */
    public int frameLength() {
        return frameLength;
    }

    static boolean validate(byte[] buffer, int offset, int end) {
        if (end - offset < Short.BYTES) {
            return false;
        }
        int nodes = Bytes.getUnsignedShort(buffer, offset);
        int at = offset + Short.BYTES;
        for (int node = 0; node < nodes; node++) {
            if (end - at < NODE_HEADER_LENGTH || buffer[at] < ROOT || buffer[at] > CIRCULAR) {
                return false;
            }
            int frames = Bytes.getUnsignedShort(buffer, at + 2);
            if (Bytes.getInt(buffer, at + 4) < 0) {
                return false;
            }
            at += NODE_HEADER_LENGTH;
            if (at >= end || buffer[at] != STRING) {
                return false;
            }
            at = ValueCursor.validate(buffer, at, end);
            if (at < 0 || at >= end || (buffer[at] != STRING && buffer[at] != NULL)) {
                return false;
            }
            at = ValueCursor.validate(buffer, at, end);
            if (at < 0) {
                return false;
            }
            for (int frame = 0; frame < frames; frame++) {
                if (end - at < Integer.BYTES) {
                    return false;
                }
                int length = Bytes.getInt(buffer, at);
                if (length < 0 || length > end - at - Integer.BYTES) {
                    return false;
                }
                at += Integer.BYTES + length;
            }
        }
        return at == end;
    }
}

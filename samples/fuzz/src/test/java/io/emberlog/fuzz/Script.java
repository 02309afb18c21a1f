package io.emberlog.fuzz;

import io.emberlog.message.Bytes;

/**
 * An input read from its front: what it has too little of is 0. Lengths are at most what is left, so that a mutated one
 * still means something.
 */
public final class Script {
    private final byte[] bytes;
    private int at;

    public Script(byte[] bytes) {
        this.bytes = bytes;
    }

    public int left() {
        return bytes.length - at;
    }

    public int u8() {
        return at < bytes.length ? bytes[at++] & 0xFF : 0;
    }

    public int u16() {
        return u8() | u8() << 8;
    }

    public long i64() {
        byte[] word = take(Long.BYTES);
        return Bytes.getLong(word.length == Long.BYTES ? word : java.util.Arrays.copyOf(word, Long.BYTES), 0);
    }

    /** At most so many of the bytes that are left. */
    public byte[] take(int most) {
        int length = Math.min(most, left());
        byte[] taken = new byte[length];
        System.arraycopy(bytes, at, taken, 0, length);
        at += length;
        return taken;
    }

    public byte[] rest() {
        return take(left());
    }
}

package io.emberlog.ring;

import java.nio.ByteOrder;
import org.agrona.concurrent.AtomicBuffer;

/**
 * The part of {@link AtomicBuffer} that a ring never uses: numbers and strings as text. Every method here throws
 * {@link UnsupportedOperationException}; texts are encoded by {@code io.emberlog.message}.
 */
abstract class TextlessAtomicBuffer implements AtomicBuffer {
    private static UnsupportedOperationException unsupported(String method) {
        return new UnsupportedOperationException(
                method + ": a ring's buffer carries no text; encode with io.emberlog.message");
    }

    @Override
    public int parseNaturalIntAscii(int p0, int p1) {
        throw unsupported("parseNaturalIntAscii");
    }

    @Override
    public long parseNaturalLongAscii(int p0, int p1) {
        throw unsupported("parseNaturalLongAscii");
    }

    @Override
    public int parseIntAscii(int p0, int p1) {
        throw unsupported("parseIntAscii");
    }

    @Override
    public long parseLongAscii(int p0, int p1) {
        throw unsupported("parseLongAscii");
    }

    @Override
    public String getStringAscii(int p0) {
        throw unsupported("getStringAscii");
    }

    @Override
    public int getStringAscii(int p0, Appendable p1) {
        throw unsupported("getStringAscii");
    }

    @Override
    public String getStringAscii(int p0, ByteOrder p1) {
        throw unsupported("getStringAscii");
    }

    @Override
    public int getStringAscii(int p0, Appendable p1, ByteOrder p2) {
        throw unsupported("getStringAscii");
    }

    @Override
    public String getStringAscii(int p0, int p1) {
        throw unsupported("getStringAscii");
    }

    @Override
    public int getStringAscii(int p0, int p1, Appendable p2) {
        throw unsupported("getStringAscii");
    }

    @Override
    public String getStringWithoutLengthAscii(int p0, int p1) {
        throw unsupported("getStringWithoutLengthAscii");
    }

    @Override
    public int getStringWithoutLengthAscii(int p0, int p1, Appendable p2) {
        throw unsupported("getStringWithoutLengthAscii");
    }

    @Override
    public String getStringUtf8(int p0) {
        throw unsupported("getStringUtf8");
    }

    @Override
    public String getStringUtf8(int p0, ByteOrder p1) {
        throw unsupported("getStringUtf8");
    }

    @Override
    public String getStringUtf8(int p0, int p1) {
        throw unsupported("getStringUtf8");
    }

    @Override
    public String getStringWithoutLengthUtf8(int p0, int p1) {
        throw unsupported("getStringWithoutLengthUtf8");
    }

    @Override
    public int putIntAscii(int p0, int p1) {
        throw unsupported("putIntAscii");
    }

    @Override
    public int putNaturalIntAscii(int p0, int p1) {
        throw unsupported("putNaturalIntAscii");
    }

    @Override
    public void putNaturalPaddedIntAscii(int p0, int p1, int p2) {
        throw unsupported("putNaturalPaddedIntAscii");
    }

    @Override
    public int putNaturalIntAsciiFromEnd(int p0, int p1) {
        throw unsupported("putNaturalIntAsciiFromEnd");
    }

    @Override
    public int putNaturalLongAscii(int p0, long p1) {
        throw unsupported("putNaturalLongAscii");
    }

    @Override
    public int putLongAscii(int p0, long p1) {
        throw unsupported("putLongAscii");
    }

    @Override
    public int putStringAscii(int p0, String p1) {
        throw unsupported("putStringAscii");
    }

    @Override
    public int putStringAscii(int p0, CharSequence p1) {
        throw unsupported("putStringAscii");
    }

    @Override
    public int putStringAscii(int p0, String p1, ByteOrder p2) {
        throw unsupported("putStringAscii");
    }

    @Override
    public int putStringAscii(int p0, CharSequence p1, ByteOrder p2) {
        throw unsupported("putStringAscii");
    }

    @Override
    public int putStringWithoutLengthAscii(int p0, String p1) {
        throw unsupported("putStringWithoutLengthAscii");
    }

    @Override
    public int putStringWithoutLengthAscii(int p0, CharSequence p1) {
        throw unsupported("putStringWithoutLengthAscii");
    }

    @Override
    public int putStringWithoutLengthAscii(int p0, String p1, int p2, int p3) {
        throw unsupported("putStringWithoutLengthAscii");
    }

    @Override
    public int putStringWithoutLengthAscii(int p0, CharSequence p1, int p2, int p3) {
        throw unsupported("putStringWithoutLengthAscii");
    }

    @Override
    public int putStringUtf8(int p0, String p1) {
        throw unsupported("putStringUtf8");
    }

    @Override
    public int putStringUtf8(int p0, String p1, ByteOrder p2) {
        throw unsupported("putStringUtf8");
    }

    @Override
    public int putStringUtf8(int p0, String p1, int p2) {
        throw unsupported("putStringUtf8");
    }

    @Override
    public int putStringUtf8(int p0, String p1, ByteOrder p2, int p3) {
        throw unsupported("putStringUtf8");
    }

    @Override
    public int putStringWithoutLengthUtf8(int p0, String p1) {
        throw unsupported("putStringWithoutLengthUtf8");
    }
}

package io.emberlog.master.fanout;

import io.emberlog.message.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a handler's gate remembers at one place of the journal, as it stands in the checkpoint of that place: version 1, little-endian,
 * nothing aligned.
 *
 * <pre>
 *  byte 0         4          12        20        28            36         44         52        60        68
 *       +---------+----------+---------+---------+-------------+----------+----------+---------+---------+----------+
 *       | version | filtered | sampled | limited | limitedTold | silenced | redacted | nowNs   | dueNs   | dueRest  |
 *       +---------+----------+---------+---------+-------------+----------+----------+---------+---------+----------+
 *  76   | rate limit: i32 length, UTF-8 | i32 n | n x { i64 id, i64 count, expression: i32 length, UTF-8 } |
 *       +-------------------------------+-------+-----------------------------------------------------------+
 *
 *  filtered to redacted   records, over the life of the handler's name; limitedTold: of limited, those that a record has told of
 *  nowNs, dueNs, dueRest  of io.emberlog.handler.filter.RateLimiter, for that rate limit (empty: there is none)
 *  n x                    silences in force, and how many records each has kept from this handler
 * </pre>
 *
 * The handler's thread writes it and reads it at the start of each life; {@code stat} and {@code silence list} read it.
 */
public final class GateState {
    private static final int COUNTERS = 6;

    /** Of a handler that has had no record. */
    public static final GateState EMPTY =
            new GateState(new long[COUNTERS], new long[] {Long.MIN_VALUE, Long.MIN_VALUE, 0}, "", List.of());

    static final int FILTERED = 0;
    static final int SAMPLED = 1;
    static final int LIMITED = 2;
    static final int LIMITED_TOLD = 3;
    static final int SILENCED = 4;
    static final int REDACTED = 5;

    private static final int VERSION = 1;
    private static final int MAX_SILENCES = 1_000;

    /**
     * A silence in force.
     *
     * @param count records that it has kept from the handler
     */
    public record InForce(long id, long count, String expression) {}

    private final long[] counters;
    private final long[] limiter;
    private final String rateLimit;
    private final List<InForce> silences;

    GateState(long[] counters, long[] limiter, String rateLimit, List<InForce> silences) {
        this.counters = counters.clone();
        this.limiter = limiter.clone();
        this.rateLimit = rateLimit;
        this.silences = List.copyOf(silences);
    }

    long[] counters() {
        return counters.clone();
    }

    /** nowNs, dueNs, dueRest. */
    long[] limiter() {
        return limiter.clone();
    }

    /** That the limiter's state is for; empty when there is none. */
    String rateLimit() {
        return rateLimit;
    }

    public List<InForce> silences() {
        return silences;
    }

    /** Records that levels and filter kept away. */
    public long filtered() {
        return counters[FILTERED];
    }

    /** Records that the sample left out. */
    public long sampledOut() {
        return counters[SAMPLED];
    }

    /** Records that the rate limit left out. */
    public long limited() {
        return counters[LIMITED];
    }

    /** Records that silences kept away. */
    public long silenced() {
        return counters[SILENCED];
    }

    /** Records handed over with something made unreadable. */
    public long redacted() {
        return counters[REDACTED];
    }

    byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        putInt(out, VERSION);
        for (long counter : counters) {
            putLong(out, counter);
        }
        for (long part : limiter) {
            putLong(out, part);
        }
        putText(out, rateLimit);
        putInt(out, silences.size());
        for (InForce silence : silences) {
            putLong(out, silence.id());
            putLong(out, silence.count());
            putText(out, silence.expression());
        }
        return out.toByteArray();
    }

    /** @return {@link #EMPTY} of nothing; null for what is no such state */
    static GateState decode(byte[] bytes) {
        if (bytes.length == 0) {
            return EMPTY;
        }
        try {
            Reader in = new Reader(bytes);
            if (in.readInt() != VERSION) {
                return null;
            }
            long[] counters = in.readLongs(COUNTERS);
            long[] limiter = in.readLongs(3);
            String rateLimit = in.readText();
            int count = in.readInt();
            if (count < 0 || count > MAX_SILENCES) {
                return null;
            }
            List<InForce> silences = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                silences.add(new InForce(in.readLong(), in.readLong(), in.readText()));
            }
            return in.at == bytes.length ? new GateState(counters, limiter, rateLimit, silences) : null;
        } catch (IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static void putInt(ByteArrayOutputStream out, int value) {
        byte[] bytes = new byte[Integer.BYTES];
        Bytes.putInt(bytes, 0, value);
        out.writeBytes(bytes);
    }

    private static void putLong(ByteArrayOutputStream out, long value) {
        byte[] bytes = new byte[Long.BYTES];
        Bytes.putLong(bytes, 0, value);
        out.writeBytes(bytes);
    }

    private static void putText(ByteArrayOutputStream out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        putInt(out, utf8.length);
        out.writeBytes(utf8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GateState state && Arrays.equals(encode(), state.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encode());
    }

    private static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        int readInt() {
            int value = Bytes.getInt(bytes, at);
            at += Integer.BYTES;
            return value;
        }

        long readLong() {
            long value = Bytes.getLong(bytes, at);
            at += Long.BYTES;
            return value;
        }

        long[] readLongs(int count) {
            long[] values = new long[count];
            for (int i = 0; i < count; i++) {
                values[i] = readLong();
            }
            return values;
        }

        String readText() {
            int length = readInt();
            if (length < 0 || length > bytes.length - at) {
                throw new IndexOutOfBoundsException("length=" + length);
            }
            String text = new String(bytes, at, length, StandardCharsets.UTF_8);
            at += length;
            return text;
        }
    }
}

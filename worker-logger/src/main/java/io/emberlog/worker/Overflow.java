package io.emberlog.worker;

import io.emberlog.message.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * What a log call does when the ring has no room for its level. {@code drop} counts the record and returns false at
 * once; {@code block} waits for room until a deadline, then counts it and returns false. Immutable.
 *
 * <p>The last eighth of a ring is kept for WARN and above, whatever the policy.
 */
public final class Overflow {
    /** Longest wait that may be asked for. */
    public static final Duration MAX_BLOCK = Duration.ofMinutes(1);

    private static final Overflow DROP = new Overflow(new long[Level.MAX_SEVERITY + 1]);

    private final long[] blockNs;

    private Overflow(long[] blockNs) {
        this.blockNs = blockNs;
    }

    /** Every level drops. */
    public static Overflow drop() {
        return DROP;
    }

    /**
     * Every level waits for room.
     *
     * @param timeout more than nothing, at most {@link #MAX_BLOCK}
     */
    public static Overflow block(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_BLOCK) > 0) {
            throw new IllegalArgumentException(
                    "block timeout=" + timeout + " must be more than 0 and at most " + MAX_BLOCK);
        }
        long[] ns = new long[Level.MAX_SEVERITY + 1];
        Arrays.fill(ns, timeout.toNanos());
        return new Overflow(ns);
    }

    /** This policy, but the other one for that level and all above it. */
    public Overflow from(Level level, Overflow other) {
        long[] ns = blockNs.clone();
        System.arraycopy(other.blockNs, level.severity(), ns, level.severity(), ns.length - level.severity());
        return new Overflow(ns);
    }

    /**
     * Reads {@code drop}, {@code block:<time>}, or a list whose items may be tied to a level and all above it, as in
     * {@code drop,warn=block:50ms}; later items override earlier ones.
     *
     * @throws IllegalArgumentException naming the item that is wrong
     */
    public static Overflow parse(String text) {
        Overflow policy = DROP;
        for (String item : text.split(",", -1)) {
            int equals = item.indexOf('=');
            Level level = equals < 0 ? Level.NOTSET : Level.parse(item.substring(0, equals));
            policy = policy.from(level, parseOne(item.substring(equals + 1).trim()));
        }
        return policy;
    }

    private static Overflow parseOne(String item) {
        String lower = item.toLowerCase(Locale.ROOT);
        if (lower.equals("drop")) {
            return DROP;
        }
        if (lower.startsWith("block:")) {
            return block(Setting.duration(lower.substring(6).trim(), Duration.ofNanos(1000), MAX_BLOCK));
        }
        throw new IllegalArgumentException("'" + item + "' is neither drop nor block:<time>");
    }

    /** Longest wait for a record of that severity; 0 = drop. */
    long blockNs(int severity) {
        return blockNs[severity];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Overflow that && Arrays.equals(blockNs, that.blockNs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(blockNs);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int severity = 0; severity < blockNs.length; severity++) {
            if (severity == 0 || blockNs[severity] != blockNs[severity - 1]) {
                text.append(severity == 0 ? "" : "," + severity + "=")
                        .append(blockNs[severity] == 0 ? "drop" : "block:" + blockNs[severity] / 1000 + "us");
            }
        }
        return text.toString();
    }
}

package io.emberlog.handler.alert;

import io.emberlog.message.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a checkpoint of an alert handler says, version 1, little-endian, at most 64 KiB. Written and read by {@link AlertHandler};
 * stored by its caller, together with the place behind the last record that is counted in it.
 *
 * <pre>
 *  byte 0         2            4      8         16
 *       +---------+------------+------+---------+---------+-----
 *       | version | groupCount | zero | epochNs | group   | ...
 *       +---------+------------+------+---------+---------+-----
 *
 *  group, from its own byte 0
 *       0     8       16     24        32       40         48        56        64        72
 *       +-----+-------+------+---------+--------+----------+---------+---------+---------+------------+
 *       | key | total | told | firstNs | lastNs | untoldNs | beganNs | seenNs  | toldNs  | intervalNs |
 *       +-----+-------+------+---------+--------+----------+---------+---------+---------+------------+
 *       80         81      82          83          84
 *       +----------+-------+-----------+-----------+--------------+------------------------------------
 *       | severity | flags | hashCount | nameCount | hash, 4 each | texts: level, logger, message,
 *       +----------+-------+-----------+-----------+--------------+  exception, breadcrumbs, names
 *
 *   epochNs: wall clock when this was made; beganNs, seenNs, toldNs: how long before that
 *   firstNs, lastNs, untoldNs: wall clock; flags: 1 = announced, 2 = changed, 4 = more workers than are counted
 *   text: an unsigned i16 of bytes, then UTF-8; cut so that all groups fit, each by the same share
 * </pre>
 */
final class AlertState {
    static final int MAX_LENGTH = 64 * 1024;
    static final int VERSION = 1;

    private static final int VERSION_OFFSET = 0;
    private static final int GROUP_COUNT_OFFSET = VERSION_OFFSET + Short.BYTES;
    private static final int ZERO_OFFSET = GROUP_COUNT_OFFSET + Short.BYTES;
    private static final int EPOCH_OFFSET = ZERO_OFFSET + Integer.BYTES;
    private static final int HEADER_LENGTH = EPOCH_OFFSET + Long.BYTES;

    private static final int KEY_OFFSET = 0;
    private static final int TOTAL_OFFSET = KEY_OFFSET + Long.BYTES;
    private static final int TOLD_OFFSET = TOTAL_OFFSET + Long.BYTES;
    private static final int FIRST_OFFSET = TOLD_OFFSET + Long.BYTES;
    private static final int LAST_OFFSET = FIRST_OFFSET + Long.BYTES;
    private static final int UNTOLD_OFFSET = LAST_OFFSET + Long.BYTES;
    private static final int BEGAN_OFFSET = UNTOLD_OFFSET + Long.BYTES;
    private static final int SEEN_OFFSET = BEGAN_OFFSET + Long.BYTES;
    private static final int TOLD_AT_OFFSET = SEEN_OFFSET + Long.BYTES;
    private static final int INTERVAL_OFFSET = TOLD_AT_OFFSET + Long.BYTES;
    private static final int SEVERITY_OFFSET = INTERVAL_OFFSET + Long.BYTES;
    private static final int FLAGS_OFFSET = SEVERITY_OFFSET + 1;
    private static final int HASH_COUNT_OFFSET = FLAGS_OFFSET + 1;
    private static final int NAME_COUNT_OFFSET = HASH_COUNT_OFFSET + 1;
    static final int GROUP_LENGTH = NAME_COUNT_OFFSET + 1;

    private static final int ANNOUNCED = 1;
    private static final int CHANGED = 2;
    private static final int MORE_WORKERS = 4;

    /** Level, logger, message, exception, breadcrumbs. */
    private static final int TEXTS = 5;

    /** A wall clock that was set by more than that says nothing about how long the master was away. */
    private static final long MOST_AWAY_NS = TimeUnit.DAYS.toNanos(30);

    private AlertState() {}

    static byte[] encode(Collection<Group> groups, long nowNs, long epochNs) {
        int fixed = HEADER_LENGTH;
        for (Group group : groups) {
            fixed += GROUP_LENGTH
                    + group.workers.count() * Integer.BYTES
                    + (TEXTS + group.workers.names().size()) * Short.BYTES;
        }
        int share = groups.isEmpty() ? 0 : (MAX_LENGTH - fixed) / groups.size();
        byte[] state = new byte[MAX_LENGTH];
        Bytes.putShort(state, VERSION_OFFSET, VERSION);
        Bytes.putShort(state, GROUP_COUNT_OFFSET, groups.size());
        Bytes.putLong(state, EPOCH_OFFSET, epochNs);
        int at = HEADER_LENGTH;
        for (Group group : groups) {
            at = encode(group, nowNs, share, state, at);
        }
        byte[] exact = new byte[at];
        System.arraycopy(state, 0, exact, 0, at);
        return exact;
    }

    private static int encode(Group group, long nowNs, int share, byte[] state, int start) {
        List<String> names = group.workers.names();
        Bytes.putLong(state, start + KEY_OFFSET, group.key);
        Bytes.putLong(state, start + TOTAL_OFFSET, group.total);
        Bytes.putLong(state, start + TOLD_OFFSET, group.told);
        Bytes.putLong(state, start + FIRST_OFFSET, group.firstNs);
        Bytes.putLong(state, start + LAST_OFFSET, group.lastNs);
        Bytes.putLong(state, start + UNTOLD_OFFSET, group.untoldNs);
        Bytes.putLong(state, start + BEGAN_OFFSET, nowNs - group.beganNs);
        Bytes.putLong(state, start + SEEN_OFFSET, nowNs - group.seenNs);
        Bytes.putLong(state, start + TOLD_AT_OFFSET, group.isAnnounced ? nowNs - group.toldNs : 0);
        Bytes.putLong(state, start + INTERVAL_OFFSET, group.intervalNs);
        state[start + SEVERITY_OFFSET] = (byte) group.severity;
        state[start + FLAGS_OFFSET] = (byte) ((group.isAnnounced ? ANNOUNCED : 0)
                | (group.hasChanged ? CHANGED : 0)
                | (group.workers.isMore() ? MORE_WORKERS : 0));
        state[start + HASH_COUNT_OFFSET] = (byte) group.workers.count();
        state[start + NAME_COUNT_OFFSET] = (byte) names.size();
        int at = start + GROUP_LENGTH;
        for (int i = 0; i < group.workers.count(); i++) {
            Bytes.putInt(state, at, group.workers.hash(i));
            at += Integer.BYTES;
        }
        int left = share;
        List<String> texts =
                new ArrayList<>(List.of(group.level, group.logger, group.message, group.exception, group.breadcrumbs));
        texts.addAll(names);
        // names come first in what is kept, and last in where they stand
        int ofNames = Math.min(
                share / 3,
                names.stream()
                        .mapToInt(name -> name.getBytes(StandardCharsets.UTF_8).length)
                        .sum());
        for (int i = 0; i < texts.size(); i++) {
            int most = i < TEXTS ? left - ofNames : left;
            int length = putText(state, at, texts.get(i), Math.max(0, most));
            at += Short.BYTES + length;
            left -= length;
        }
        return at;
    }

    /** @return bytes of the text */
    private static int putText(byte[] state, int at, String text, int most) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, Math.min(most, 0xFFFF));
        while (length > 0 && length < bytes.length && (bytes[length] & 0xC0) == 0x80) {
            length--; // back to where a character begins
        }
        Bytes.putShort(state, at, length);
        System.arraycopy(bytes, 0, state, at + Short.BYTES, length);
        return length;
    }

    /**
     * @param nowNs monotonic clock of this life
     * @param epochNs wall clock of now
     * @return null when these bytes are no state of this version
     */
    static List<Group> decode(byte[] state, long nowNs, long epochNs) {
        if (state.length < HEADER_LENGTH || Bytes.getUnsignedShort(state, VERSION_OFFSET) != VERSION) {
            return null;
        }
        long away = Math.max(0, Math.min(MOST_AWAY_NS, epochNs - Bytes.getLong(state, EPOCH_OFFSET)));
        Reader reader = new Reader(state, HEADER_LENGTH, nowNs - away);
        List<Group> groups = new ArrayList<>();
        for (int i = Bytes.getUnsignedShort(state, GROUP_COUNT_OFFSET); i > 0; i--) {
            Group group = reader.group();
            if (group == null) {
                return null;
            }
            groups.add(group);
        }
        return groups;
    }

    /** Walks the groups; never leaves the array. */
    private static final class Reader {
        private final byte[] state;
        private final long madeNs;
        private int at;

        Reader(byte[] state, int at, long madeNs) {
            this.state = state;
            this.at = at;
            this.madeNs = madeNs;
        }

        Group group() {
            if (state.length - at < GROUP_LENGTH) {
                return null;
            }
            int start = at;
            Group group = new Group(Bytes.getLong(state, start + KEY_OFFSET));
            group.total = Bytes.getLong(state, start + TOTAL_OFFSET);
            group.told = Bytes.getLong(state, start + TOLD_OFFSET);
            group.firstNs = Bytes.getLong(state, start + FIRST_OFFSET);
            group.lastNs = Bytes.getLong(state, start + LAST_OFFSET);
            group.untoldNs = Bytes.getLong(state, start + UNTOLD_OFFSET);
            group.beganNs = madeNs - Bytes.getLong(state, start + BEGAN_OFFSET);
            group.seenNs = madeNs - Bytes.getLong(state, start + SEEN_OFFSET);
            group.toldNs = madeNs - Bytes.getLong(state, start + TOLD_AT_OFFSET);
            group.intervalNs = Bytes.getLong(state, start + INTERVAL_OFFSET);
            group.severity = state[start + SEVERITY_OFFSET];
            int flags = state[start + FLAGS_OFFSET];
            group.isAnnounced = (flags & ANNOUNCED) != 0;
            group.hasChanged = (flags & CHANGED) != 0;
            int hashCount = state[start + HASH_COUNT_OFFSET];
            int nameCount = state[start + NAME_COUNT_OFFSET];
            at = start + GROUP_LENGTH;
            if (group.total < group.told
                    || group.told < 0
                    || hashCount < 0
                    || hashCount > WorkerTally.MOST_COUNTED
                    || nameCount < 0
                    || nameCount > Math.min(hashCount, WorkerTally.MOST_NAMES)
                    || state.length - at < hashCount * Integer.BYTES) {
                return null;
            }
            int[] hashes = new int[hashCount];
            for (int i = 0; i < hashCount; i++, at += Integer.BYTES) {
                hashes[i] = Bytes.getInt(state, at);
            }
            String[] texts = new String[TEXTS + nameCount];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = text();
                if (texts[i] == null) {
                    return null;
                }
            }
            group.level = texts[0];
            group.logger = texts[1];
            group.message = texts[2];
            group.exception = texts[3];
            group.breadcrumbs = texts[4];
            group.workers.restore(List.of(texts).subList(TEXTS, texts.length), hashes, (flags & MORE_WORKERS) != 0);
            return group;
        }

        private String text() {
            if (state.length - at < Short.BYTES) {
                return null;
            }
            int length = Bytes.getUnsignedShort(state, at);
            at += Short.BYTES;
            if (state.length - at < length) {
                return null;
            }
            at += length;
            return new String(state, at - length, length, StandardCharsets.UTF_8);
        }
    }
}

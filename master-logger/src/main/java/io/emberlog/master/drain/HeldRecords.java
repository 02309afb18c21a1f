package io.emberlog.master.drain;

import io.emberlog.ring.RingBlock;
import io.emberlog.ring.SlotSequences;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What was taken out of one ring and is not in the journal yet, in the ring's order, with the moment at which each block
 * was seen. The ring keeps these bytes, too, so nothing here needs to survive the master. The drain thread only.
 */
final class HeldRecords {
    /** Blocks seen within a window's sixteenth share one moment, the latest: held that much longer at most. */
    private static final int GRAINS_PER_WINDOW = 16;

    private static final int MAX_JOINED_LENGTH = 64 * 1024;

    /** Blocks to be used again, of all rings. */
    static final class Pool {
        private static final int MAX_KEPT = 64;
        private static final int MAX_KEPT_LENGTH = 1 << 20;
        private final ArrayDeque<RingBlock> free = new ArrayDeque<>();

        RingBlock take() {
            RingBlock block = free.poll();
            return block == null ? new RingBlock() : block;
        }

        void giveBack(RingBlock block) {
            if (free.size() < MAX_KEPT && block.bytes().length <= MAX_KEPT_LENGTH) {
                free.push(block);
            }
        }
    }

    private static final class Held {
        private final RingBlock block;
        private final long firstSeenNs;
        private long seenNs;
        /** The first record that is not in the journal. */
        private int next;

        Held(RingBlock block, long seenNs) {
            this.block = block;
            this.firstSeenNs = seenNs;
            this.seenNs = seenNs;
        }
    }

    private final List<Held> blocks = new ArrayList<>();
    private int bytes;
    private int releasedSeverity;

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Ring bytes held. */
    int bytes() {
        return bytes;
    }

    /**
     * Takes over a block that was loaded now.
     *
     * @param windowNs the reorder window; 0 keeps the block as it is
     */
    void add(RingBlock block, long nowNs, long windowNs, Pool pool) {
        bytes += block.length();
        Held last = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
        if (last != null
                && nowNs - last.firstSeenNs < windowNs / GRAINS_PER_WINDOW
                && last.block.endPosition() == block.position()
                && last.block.length() + block.length() <= MAX_JOINED_LENGTH) {
            last.block.append(block);
            last.seenNs = nowNs;
            pool.giveBack(block);
        } else {
            blocks.add(new Held(block, nowNs));
        }
    }

    int blockCount() {
        return blocks.size();
    }

    RingBlock block(int i) {
        return blocks.get(i).block;
    }

    /** The first record of block {@code i} that is held. */
    int firstRecord(int i) {
        return blocks.get(i).next;
    }

    boolean isDue(int i, long nowNs, long windowNs) {
        return nowNs - blocks.get(i).seenNs >= windowNs;
    }

    /** When the first block was seen. Not while nothing is held. */
    long seenNs() {
        return blocks.get(0).seenNs;
    }

    /** Newest timestamp of what is due; {@link Long#MIN_VALUE} when nothing is, or nothing with a timestamp. */
    long dueTimestamp(long nowNs, long windowNs) {
        long newest = Long.MIN_VALUE;
        for (int i = 0; i < blocks.size() && isDue(i, nowNs, windowNs); i++) {
            RingBlock block = block(i);
            for (int record = firstRecord(i); record < block.recordCount(); record++) {
                newest = Math.max(newest, block.timestamp(record));
            }
        }
        return newest;
    }

    /** Newest timestamp of the records that have to go for {@code most} bytes to stay; {@link Long#MIN_VALUE} when none has to. */
    long timestampBeyond(int most) {
        long newest = Long.MIN_VALUE;
        int left = bytes;
        for (int i = 0; i < blocks.size() && left > most; i++) {
            RingBlock block = block(i);
            for (int record = firstRecord(i); record < block.recordCount() && left > most; record++) {
                newest = Math.max(newest, block.timestamp(record));
                left -= block.recordOffset(record + 1) - block.recordOffset(record);
            }
        }
        return newest;
    }

    /**
     * Lets go of everything in front of a ring position. Again with the same position does nothing.
     *
     * @param into told of the slots' sequences
     * @return log records let go of
     */
    int release(long endPosition, SlotSequences into, Pool pool) {
        int records = 0;
        releasedSeverity = 0;
        while (!blocks.isEmpty()) {
            Held first = blocks.get(0);
            int from = first.next;
            int to = from;
            RingBlock block = first.block;
            while (to < block.recordCount() && block.position() + block.recordOffset(to) < endPosition) {
                records += block.entryCount(to);
                releasedSeverity = Math.max(releasedSeverity, block.severity(to));
                to++;
            }
            block.addTo(into, from, to);
            bytes -= block.recordOffset(to) - block.recordOffset(from);
            first.next = to;
            if (to < block.recordCount()) {
                return records;
            }
            blocks.remove(0);
            pool.giveBack(block);
        }
        return records;
    }

    /** Highest severity of what {@link #release} let go of last; 0 when that was no log record. */
    int releasedSeverity() {
        return releasedSeverity;
    }
}

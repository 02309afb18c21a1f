package io.emberlog.master.drain;

import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.ring.RingBlock;
import java.util.List;

/**
 * Puts the blocks of one pass into a document: one ring's as it is, those of several in the order of their timestamps.
 * A record never overtakes another of its own ring: each ring's merge key is the running maximum of its timestamps. The
 * drain thread only.
 */
final class BlockMerger {
    /** Bytes that a segment has around its records. */
    private static final int SEGMENT_OVERHEAD = 24;

    private static final int SOURCE_ROOM = 1200;

    private final JournalDocumentWriter writer;
    private int[] next = new int[8];
    private int[] sources = new int[8];

    BlockMerger(JournalDocumentWriter writer) {
        this.writer = writer;
    }

    /** Most bytes that these blocks can take in a document: every record a segment of its own. */
    int worstLength(List<RingBlock> blocks, int count) {
        int length = 0;
        for (int i = 0; i < count; i++) {
            RingBlock block = blocks.get(i);
            length += SOURCE_ROOM + block.length() + SEGMENT_OVERHEAD * block.recordCount();
        }
        return length;
    }

    /** @return log records in the blocks */
    int merge(List<RingBlock> blocks, List<RingSession> sessions) {
        int count = sessions.size();
        if (next.length < count) {
            next = new int[2 * count];
            sources = new int[2 * count];
        }
        int entries = 0;
        int left = 0;
        for (int i = 0; i < count; i++) {
            RingBlock block = blocks.get(i);
            sources[i] = writer.addSource(sessions.get(i).identity, block.position(), block.endPosition());
            if (sources[i] < 0) {
                throw new IllegalStateException("no room for source " + i + " in remaining=" + writer.remaining());
            }
            next[i] = 0;
            entries += block.entryCount();
            left++;
        }
        while (left > 0) {
            int first = -1;
            long secondKey = Long.MAX_VALUE;
            for (int i = 0; i < count; i++) {
                if (next[i] == blocks.get(i).recordCount()) {
                    continue;
                }
                long key = blocks.get(i).mergeKey(next[i]);
                if (first < 0) {
                    first = i;
                } else if (key < blocks.get(first).mergeKey(next[first])) {
                    secondKey = blocks.get(first).mergeKey(next[first]);
                    first = i;
                } else {
                    secondKey = Math.min(secondKey, key);
                }
            }
            left = add(blocks.get(first), first, secondKey) ? left - 1 : left;
        }
        return entries;
    }

    /** Adds the run of records that come before the other rings' next one; true when the block is used up. */
    private boolean add(RingBlock block, int i, long untilKey) {
        int from = next[i];
        int to = from + 1;
        while (to < block.recordCount() && block.mergeKey(to) <= untilKey) {
            to++;
        }
        int offset = block.recordOffset(from);
        int length = block.recordOffset(to) - offset;
        if (!writer.addSegment(sources[i], block.position() + offset, block.bytes(), offset, length)) {
            throw new IllegalStateException("no room for a segment of " + length + " in " + writer.remaining());
        }
        next[i] = to;
        return to == block.recordCount();
    }
}

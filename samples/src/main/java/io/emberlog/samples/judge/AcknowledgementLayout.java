package io.emberlog.samples.judge;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An acknowledgement file, version 2, little-endian. One per life of a producer process, who writes every field; it is
 * in the page cache when the process is killed, so the kernel keeps what was stored.
 *
 * <pre>
 * byte 0         8         12        16        24      32      40           44
 *      +---------+---------+---------+---------+-------+-------+------------+----------------+--- to 4096
 *      | magic   | version | threads | entries | seed  | pid   | nameLength | name (UTF-8)   | zeros
 *      +---------+---------+---------+---------+-------+-------+------------+----------------+---
 *
 * then for each thread a block of 320 + 24 x entries bytes:
 *
 *      0        8              16        24         224      232      320
 *      +--------+--------------+---------+----------+--------+--------+---------+---------+---
 *      | issued | acknowledged | ended   | declined | synced | zeros  | entry 0 | entry 1 | ...
 *      +--------+--------------+---------+----------+--------+--------+---------+---------+---
 *      issued        calls begun; stored BEFORE the call
 *      acknowledged  entries that count; stored after the entry, which is written AFTER the call returned true
 *      ended         1 when the thread stopped by itself
 *      declined      i64[25], calls that returned false, by severity 0-24; stored after the call
 *      synced        entries, from the first on, that were counted before a sync() that has returned true; stored after it
 *
 * entry 0          8          12       16       24
 *      +----------+----------+--------+--------+
 *      | sequence | severity | length | hash   |      length in chars, hash of the message text
 *      +----------+----------+--------+--------+
 * </pre>
 *
 * What a kill leaves:
 *
 * <pre>
 *  after storing           the judge sees
 *  issued                  one call that is neither acknowledged nor declined: unfinished
 *  the entry, not counted  the same: to be there or not is both right
 *  acknowledged            a promise that must have been kept
 *  synced                  a promise that a power cut does not take back
 * </pre>
 */
final class AcknowledgementLayout {
    static final long MAGIC = 0x314B_4341_5242_4D45L; // "EMBRACK1"
    static final int VERSION = 2;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;
    static final int THREADS_OFFSET = VERSION_OFFSET + Integer.BYTES;
    static final int ENTRIES_OFFSET = THREADS_OFFSET + Integer.BYTES;
    static final int SEED_OFFSET = ENTRIES_OFFSET + Long.BYTES;
    static final int PID_OFFSET = SEED_OFFSET + Long.BYTES;
    static final int NAME_LENGTH_OFFSET = PID_OFFSET + Long.BYTES;
    static final int NAME_OFFSET = NAME_LENGTH_OFFSET + Integer.BYTES;
    static final int HEADER_LENGTH = 4096;

    static final int ISSUED_OFFSET = 0;
    static final int ACKNOWLEDGED_OFFSET = ISSUED_OFFSET + Long.BYTES;
    static final int ENDED_OFFSET = ACKNOWLEDGED_OFFSET + Long.BYTES;
    static final int DECLINED_OFFSET = ENDED_OFFSET + Long.BYTES;
    static final int SEVERITIES = 25;
    static final int SYNCED_OFFSET = DECLINED_OFFSET + SEVERITIES * Long.BYTES;
    static final int BLOCK_HEADER_LENGTH = 320;

    static final int SEQUENCE_OFFSET = 0;
    static final int SEVERITY_OFFSET = SEQUENCE_OFFSET + Long.BYTES;
    static final int LENGTH_OFFSET = SEVERITY_OFFSET + Integer.BYTES;
    static final int HASH_OFFSET = LENGTH_OFFSET + Integer.BYTES;
    static final int ENTRY_LENGTH = HASH_OFFSET + Long.BYTES;

    static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private AcknowledgementLayout() {}

    static long blockLength(long entries) {
        return BLOCK_HEADER_LENGTH + entries * ENTRY_LENGTH;
    }

    static long fileLength(int threads, long entries) {
        return HEADER_LENGTH + threads * blockLength(entries);
    }

    static int blockOffset(int thread, long entries) {
        return Math.toIntExact(HEADER_LENGTH + thread * blockLength(entries));
    }
}

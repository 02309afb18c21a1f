package io.emberlog.ring;

import static io.emberlog.message.MessageDescriptor.SLOT_COUNT;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * A ring file, layout version 2, little-endian: one header page, the ring, Agrona's trailer, and where the worker writes
 * batches, a staging area per writing slot.
 *
 * <pre>
 *  byte 0             4096                  4096 + capacity                   next multiple of 4096
 *       +-------------+---------------------+---------------------------------+----------------------+
 *       | header page | ring, a power of two| trailer (tail, head cache, ...) | 64 x staging length  |
 *       +-------------+---------------------+---------------------------------+----------------------+
 *
 *  header page                                                        written by
 *     0  i64  magic "EMBRLOG1"                                        worker, at creation
 *     8  i32  layout version                                          worker, at creation
 *    12  i32  capacity of the ring in bytes                           worker, at creation
 *    16  16   ring uuid                                               worker, at creation
 *    32  16   predecessor's uuid, zero when there is none             worker, at creation
 *    48  i64  pid                                                     worker, at creation
 *    56  i64  process start time, clock ticks since boot              worker, at creation
 *    64  i64  created, ns since the epoch                             worker, at creation
 *    72  i32  number of writing slots                                 worker, at creation
 *    76  i32  staging length per slot in bytes, 0 = none             worker, at creation
 *    80  i64  flags: 1 = every record is checked (position, CRC32C),  worker, at creation
 *             2 = the worker wakes a drain that rests
 *    88  40   zero
 *   128  i32  state: 1 OPEN, 2 SEALED, 3 SALVAGED                     worker, master
 *   132  i32  1 = the drain rests and is to be woken, 0 = it looks     master; worker, to 0
 *   136  i64  real tail, valid when SEALED or SALVAGED                whoever sealed
 *   144  i64  where a resync after a reboot began, and 1; 0 = none    master
 *   152  i64  1 = sealed because its owner was judged dead, 0 = not   master, before it seals
 *   192  i64  heartbeat word, one more every 250 ms                   worker
 *   200  i64  sequence of the control page in force, 0 = none         worker
 *   208  i64  1 = it says goodbye or has, 0 = not                     worker
 *   256  i64  journaledPosition                                       master
 *   264  i64  syncedPosition (lowest value: never, for something is lost)   master
 *   320  i64  syncRequest                                             worker
 *   384  i64  journaledBatch[64]                                      master
 *   896  i64  dropped[8 reasons][25 severities]                       worker
 *  2496  texts, each u16 length and UTF-8 in a fixed room:            worker, at creation
 *        name 256, bootId 64, machineId 64, pidNamespace 64, host 256, process 256, service 256
 *  3712  i32  CRC32C of bytes 0..128 and of the texts                 worker, at creation
 *  3716  zero up to 4096
 * </pre>
 *
 * The ring and its trailer are Agrona's {@code ManyToOneRingBuffer}, byte for byte; with the flag <em>checked</em> every
 * record in it ends with its position and a CRC32C (layout in {@link io.emberlog.message.MessageDescriptor}), and {@link
 * RingResync} finds those that a power cut left. A ring is sealed by adding
 * {@link #SEAL} to its tail: since the capacity is at most half of that, every later write finds no room, and the real
 * tail is the tail less {@link #SEAL}.
 */
public final class RingDescriptor {
    /** "EMBRLOG1" as bytes in the file. */
    public static final long MAGIC = 0x31474F4C52424D45L;

    public static final int LAYOUT_VERSION = 2;

    public static final int STATE_OPEN = 1;
    public static final int STATE_SEALED = 2;
    public static final int STATE_SALVAGED = 3;

    /** What sealing adds to the tail. */
    public static final long SEAL = 1L << 30;

    public static final int MIN_CAPACITY = 64 * 1024;
    public static final int MAX_CAPACITY = 1 << 29;
    public static final int DEFAULT_CAPACITY = 8 * 1024 * 1024;

    /** No record is larger, whatever the capacity. */
    public static final int MAX_RECORD_LENGTH = 512 * 1024;

    public static final int PAGE_LENGTH = 4096;

    public static final int HEADER_LENGTH = PAGE_LENGTH;

    /** No slot stages more: what it stages becomes one record. */
    public static final int MAX_STAGING_LENGTH = MAX_RECORD_LENGTH;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;
    static final int CAPACITY_OFFSET = VERSION_OFFSET + Integer.BYTES;
    static final int UUID_OFFSET = CAPACITY_OFFSET + Integer.BYTES;
    static final int PREDECESSOR_OFFSET = UUID_OFFSET + 2 * Long.BYTES;
    static final int PID_OFFSET = PREDECESSOR_OFFSET + 2 * Long.BYTES;
    static final int START_TIME_OFFSET = PID_OFFSET + Long.BYTES;
    static final int CREATED_OFFSET = START_TIME_OFFSET + Long.BYTES;
    static final int SLOT_COUNT_OFFSET = CREATED_OFFSET + Long.BYTES;
    static final int STAGING_LENGTH_OFFSET = SLOT_COUNT_OFFSET + Integer.BYTES;
    static final int FLAGS_OFFSET = STAGING_LENGTH_OFFSET + Integer.BYTES;
    static final long FLAG_CHECKED = 1;
    static final long FLAG_WAKES = 2;
    static final int FIXED_LENGTH = 128;
    static final int STATE_OFFSET = FIXED_LENGTH;
    static final int DRAIN_RESTS_OFFSET = STATE_OFFSET + Integer.BYTES;
    static final int REAL_TAIL_OFFSET = STATE_OFFSET + Long.BYTES;
    static final int RESYNCED_FROM_OFFSET = REAL_TAIL_OFFSET + Long.BYTES;
    static final int JUDGED_DEAD_OFFSET = RESYNCED_FROM_OFFSET + Long.BYTES;
    static final int HEARTBEAT_OFFSET = STATE_OFFSET + 64;
    static final int CONTROL_SEQUENCE_OFFSET = HEARTBEAT_OFFSET + Long.BYTES;
    static final int GOODBYE_OFFSET = CONTROL_SEQUENCE_OFFSET + Long.BYTES;
    static final int JOURNALED_OFFSET = HEARTBEAT_OFFSET + 64;
    static final int SYNCED_OFFSET = JOURNALED_OFFSET + Long.BYTES;
    static final int SYNC_REQUEST_OFFSET = JOURNALED_OFFSET + 64;
    static final int JOURNALED_BATCH_OFFSET = SYNC_REQUEST_OFFSET + 64;
    static final int DROPPED_OFFSET = JOURNALED_BATCH_OFFSET + SLOT_COUNT * Long.BYTES;
    static final int SEVERITIES = Level.MAX_SEVERITY + 1;
    static final int NAME_OFFSET = DROPPED_OFFSET + DropReason.COUNT * SEVERITIES * Long.BYTES;
    static final int NAME_ROOM = 256;
    static final int BOOT_ID_OFFSET = NAME_OFFSET + NAME_ROOM;
    static final int ID_ROOM = 64;
    static final int MACHINE_ID_OFFSET = BOOT_ID_OFFSET + ID_ROOM;
    static final int PID_NAMESPACE_OFFSET = MACHINE_ID_OFFSET + ID_ROOM;
    static final int HOST_OFFSET = PID_NAMESPACE_OFFSET + ID_ROOM;
    static final int PROCESS_OFFSET = HOST_OFFSET + NAME_ROOM;
    static final int SERVICE_OFFSET = PROCESS_OFFSET + NAME_ROOM;
    static final int TEXTS_END = SERVICE_OFFSET + NAME_ROOM;
    static final int HEADER_CRC_OFFSET = TEXTS_END;

    static final int TAIL_OFFSET = RingBufferDescriptor.TAIL_POSITION_OFFSET;
    static final int HEAD_CACHE_OFFSET = RingBufferDescriptor.HEAD_CACHE_POSITION_OFFSET;
    static final int HEAD_OFFSET = RingBufferDescriptor.HEAD_POSITION_OFFSET;
    static final int TRAILER_LENGTH = RingBufferDescriptor.TRAILER_LENGTH;

    private RingDescriptor() {}

    /** Length of a ring file without staging areas whose ring has that capacity. */
    public static long fileLength(int capacity) {
        return fileLength(capacity, 0);
    }

    /** Length of a ring file. */
    static long fileLength(int capacity, int stagingLength) {
        return stagingLength == 0
                ? (long) HEADER_LENGTH + capacity + TRAILER_LENGTH
                : stagingOffset(capacity, stagingLength, SLOT_COUNT);
    }

    /** Where the staging area of a slot begins in the file. */
    static long stagingOffset(int capacity, int stagingLength, int slot) {
        return alignToPage((long) HEADER_LENGTH + capacity + TRAILER_LENGTH) + (long) slot * stagingLength;
    }

    private static long alignToPage(long offset) {
        return offset + PAGE_LENGTH - 1 & -PAGE_LENGTH;
    }

    /**
     * Longest payload of one record, in bytes: the smaller of an eighth of the ring and 512 KiB, less the header. In a
     * checked ring the check is part of it: see {@link RingSpec#maxPayloadLength}.
     */
    public static int maxPayloadLength(int capacity) {
        return Math.min(capacity / 8, MAX_RECORD_LENGTH) - Long.BYTES;
    }

    /** @throws IllegalArgumentException naming the value and what would be right */
    public static int checkCapacity(int capacity) {
        if (Integer.bitCount(capacity) != 1 || capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("ring size=" + capacity + " must be a power of two from " + MIN_CAPACITY
                    + " (64 KiB) to " + MAX_CAPACITY + " (512 MiB)");
        }
        return capacity;
    }
}

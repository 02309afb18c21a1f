package io.emberlog.ring;

import static io.emberlog.ring.RingDescriptor.*;

import io.emberlog.message.DropReason;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The header page of a ring, over the mapping. Who writes each field is in {@link RingDescriptor}; any thread may read.
 * What a reader gets from here was written by a process that it does not trust: every value is checked where it is
 * used.
 */
public final class RingHeader {
    private static final UUID NO_UUID = new UUID(0, 0);
    private static final long JUDGED_DEAD = 1;
    private static final long GOODBYE = 1;
    private static final int RESTS = 1;

    private final VarHandleBuffer buffer;

    RingHeader(VarHandleBuffer buffer) {
        this.buffer = buffer;
    }

    /** Worker, at creation: everything, the state last and with release. */
    void initialise(RingSpec spec, WorkerIdentity identity, UUID predecessor, long createdEpochNs) {
        buffer.putInt(VERSION_OFFSET, LAYOUT_VERSION);
        buffer.putInt(CAPACITY_OFFSET, spec.capacity());
        putUuid(UUID_OFFSET, identity.ringUuid());
        putUuid(PREDECESSOR_OFFSET, predecessor == null ? NO_UUID : predecessor);
        buffer.putLong(PID_OFFSET, identity.pid());
        buffer.putLong(START_TIME_OFFSET, identity.startTimeTicks());
        buffer.putLong(CREATED_OFFSET, createdEpochNs);
        buffer.putInt(SLOT_COUNT_OFFSET, MessageDescriptor.SLOT_COUNT);
        buffer.putInt(STAGING_LENGTH_OFFSET, spec.stagingLength());
        buffer.putLong(FLAGS_OFFSET, FLAG_WAKES | (spec.checked() ? FLAG_CHECKED : 0));
        putText(NAME_OFFSET, NAME_ROOM, identity.name());
        putText(BOOT_ID_OFFSET, ID_ROOM, identity.bootId());
        putText(MACHINE_ID_OFFSET, ID_ROOM, identity.machineId());
        putText(PID_NAMESPACE_OFFSET, ID_ROOM, identity.pidNamespace());
        putText(HOST_OFFSET, NAME_ROOM, identity.host());
        putText(PROCESS_OFFSET, NAME_ROOM, identity.process());
        putText(SERVICE_OFFSET, NAME_ROOM, identity.service());
        buffer.putLong(MAGIC_OFFSET, MAGIC);
        buffer.putInt(HEADER_CRC_OFFSET, crc());
        buffer.putIntRelease(STATE_OFFSET, STATE_OPEN);
    }

    /** Reads and checks what was fixed at creation. */
    WorkerIdentity readIdentity(long fileLength) throws RingBrokenException {
        if (buffer.getLong(MAGIC_OFFSET) != MAGIC) {
            throw new RingBrokenException("magic=0x" + Long.toHexString(buffer.getLong(MAGIC_OFFSET))
                    + " is not that of a ring file (0x" + Long.toHexString(MAGIC) + ")");
        }
        int version = buffer.getInt(VERSION_OFFSET);
        if (version != LAYOUT_VERSION) {
            throw new RingBrokenException(
                    "layout version=" + version + " is not the one known here (" + LAYOUT_VERSION + ")");
        }
        int capacity = buffer.getInt(CAPACITY_OFFSET);
        int staging = buffer.getInt(STAGING_LENGTH_OFFSET);
        if (Integer.bitCount(capacity) != 1
                || capacity < MIN_CAPACITY
                || capacity > MAX_CAPACITY
                || !RingSpec.isStagingLength(staging)
                || fileLength(capacity, staging) != fileLength) {
            throw new RingBrokenException("capacity=" + capacity + " must be a power of two from " + MIN_CAPACITY
                    + " to " + MAX_CAPACITY + " that gives, with the staging length=" + staging
                    + ", the file length=" + fileLength);
        }
        int crc = crc();
        if (buffer.getInt(HEADER_CRC_OFFSET) != crc) {
            throw new RingBrokenException("header CRC=0x" + Integer.toHexString(buffer.getInt(HEADER_CRC_OFFSET))
                    + " but its bytes give 0x" + Integer.toHexString(crc));
        }
        if (buffer.getInt(SLOT_COUNT_OFFSET) != MessageDescriptor.SLOT_COUNT) {
            throw new RingBrokenException(
                    "slot count=" + buffer.getInt(SLOT_COUNT_OFFSET) + " is not " + MessageDescriptor.SLOT_COUNT);
        }
        int state = state();
        if (state < STATE_OPEN || state > STATE_SALVAGED) {
            throw new RingBrokenException("state=" + state + " is none of 1 (OPEN), 2 (SEALED), 3 (SALVAGED)");
        }
        return new WorkerIdentity(
                getUuid(UUID_OFFSET),
                getText(NAME_OFFSET, NAME_ROOM),
                buffer.getLong(PID_OFFSET),
                buffer.getLong(START_TIME_OFFSET),
                getText(BOOT_ID_OFFSET, ID_ROOM),
                getText(MACHINE_ID_OFFSET, ID_ROOM),
                getText(PID_NAMESPACE_OFFSET, ID_ROOM),
                getText(HOST_OFFSET, NAME_ROOM),
                getText(PROCESS_OFFSET, NAME_ROOM),
                getText(SERVICE_OFFSET, NAME_ROOM));
    }

    /** Only after {@link #readIdentity} has checked it. */
    RingSpec spec() {
        return new RingSpec(
                buffer.getInt(CAPACITY_OFFSET),
                buffer.getInt(STAGING_LENGTH_OFFSET),
                (buffer.getLong(FLAGS_OFFSET) & FLAG_CHECKED) != 0);
    }

    /** Null when this ring has none. */
    public UUID predecessor() {
        UUID uuid = getUuid(PREDECESSOR_OFFSET);
        return uuid.equals(NO_UUID) ? null : uuid;
    }

    /** Wall clock of the worker when the ring was made. */
    public long createdEpochNs() {
        return buffer.getLong(CREATED_OFFSET);
    }

    /** OPEN, SEALED or SALVAGED of {@link RingDescriptor}; acquire. */
    public int state() {
        return buffer.getIntAcquire(STATE_OFFSET);
    }

    /** Ordered after whatever the caller wrote into the ring; see {@link Ring#offer}. */
    int stateVolatile() {
        return buffer.getIntVolatile(STATE_OFFSET);
    }

    /** The state in the lower half, as {@link #stateVolatile}, and whether the drain rests in the upper one: one look for both. */
    long stateAndRestVolatile() {
        return buffer.getLongVolatile(STATE_OFFSET);
    }

    /**
     * Master: from here on nobody looks into this ring for some tens of milliseconds, and who puts a record in is to wake the
     * drain. A worker that says it does not ({@link #wakesDrain}) must not be told so.
     */
    public void drainRests(boolean rests) {
        buffer.putIntVolatile(DRAIN_RESTS_OFFSET, rests ? RESTS : 0);
    }

    /** Worker: whether the drain rests; taken back before it is woken, so that it is woken once. */
    public boolean takeDrainRests() {
        return buffer.compareAndSetInt(DRAIN_RESTS_OFFSET, RESTS, 0);
    }

    /** Whether the worker wakes a drain that rests, as it said when it made the ring. */
    public boolean wakesDrain() {
        return (buffer.getLong(FLAGS_OFFSET) & FLAG_WAKES) != 0;
    }

    /**
     * Throws what an earlier access of this thread met, as {@link RingFile#settle} does, when the file was cut so that this page
     * is gone: for whoever cannot pay for {@code settle}. An access that meets no page leaves in its register what was
     * there before, which was never the magic wherever it was measured ({@code RingJvmTest}).
     */
    public void settleIfCut() {
        if (buffer.getLongVolatile(MAGIC_OFFSET) != MAGIC) {
            RingWords.settle();
        }
    }

    /** As {@link #settleIfCut}, where that state was read. */
    void settleIfNoState(int state) {
        if (state != STATE_SEALED && state != STATE_SALVAGED) {
            RingWords.settle();
        }
        settleIfCut();
    }

    /** Tells the owner and the next master that the ring takes nothing more and where it really ends. */
    void sealed(long realTail) {
        buffer.putLong(REAL_TAIL_OFFSET, realTail);
        buffer.compareAndSetInt(STATE_OFFSET, STATE_OPEN, STATE_SEALED);
    }

    /** Master, when everything readable is in the journal. */
    public void salvaged() {
        buffer.putIntRelease(STATE_OFFSET, STATE_SALVAGED);
    }

    /**
     * Master, in front of the seal: two witnesses say that the owner is gone. Should the master die before it has told that
     * death, the next one knows that the ring was not replaced by its owner.
     */
    public void judgeDead() {
        buffer.putLongRelease(JUDGED_DEAD_OFFSET, JUDGED_DEAD);
    }

    /** Whether a master has judged the owner dead; it may have been wrong. Believed of the owner's own end only. */
    public boolean isJudgedDead() {
        return buffer.getLongAcquire(JUDGED_DEAD_OFFSET) == JUDGED_DEAD;
    }

    /** Where the ring ends; to be checked against head and capacity. Only when the state is not OPEN. */
    public long realTail() {
        return buffer.getLongAcquire(REAL_TAIL_OFFSET);
    }

    /** Worker: moves the word that shows it is alive. One writer. */
    public void beat() {
        buffer.putLongRelease(HEARTBEAT_OFFSET, buffer.getLong(HEARTBEAT_OFFSET) + 1);
    }

    /** Counts up while the worker lives; only a change means something. */
    public long heartbeatWord() {
        return buffer.getLongAcquire(HEARTBEAT_OFFSET);
    }

    /** Worker: the control page's rules of that sequence are in force in it. One writer. */
    public void controlSequence(long sequence) {
        buffer.putLongRelease(CONTROL_SEQUENCE_OFFSET, sequence);
    }

    /** As the worker says; 0 = it has none, or knows of no control page. */
    public long controlSequence() {
        return buffer.getLongAcquire(CONTROL_SEQUENCE_OFFSET);
    }

    /**
     * Worker, in front of the heartbeat with the goodbye flag: the master that takes that message out of the ring may not be
     * the one that finds the process gone. One writer.
     */
    public void sayGoodbye() {
        buffer.putLongRelease(GOODBYE_OFFSET, GOODBYE);
    }

    /** As the worker says; believed of its own end only. */
    public boolean saidGoodbye() {
        return buffer.getLongAcquire(GOODBYE_OFFSET) == GOODBYE;
    }

    /** Everything in front of this ring position is in the journal. */
    public long journaledPosition() {
        return buffer.getLongAcquire(JOURNALED_OFFSET);
    }

    /** Master. */
    void journaledPosition(long position) {
        buffer.putLongRelease(JOURNALED_OFFSET, position);
    }

    /** Where the first resync after a reboot began; -1 when there was none. To be checked where it is used. */
    long resyncedFrom() {
        return buffer.getLongAcquire(RESYNCED_FROM_OFFSET) - 1;
    }

    /** Master. */
    void resyncedFrom(long position) {
        buffer.putLongRelease(RESYNCED_FROM_OFFSET, position + 1);
    }

    /** Master: the newest sequence number journaled of each slot; behind {@link #journaledPosition(long)}. */
    void journaledBatches(SlotSequences journaled) {
        for (int slot = 0; slot < MessageDescriptor.SLOT_COUNT; slot++) {
            if (journaledBatch(slot) < journaled.last(slot)) {
                buffer.putLongRelease(JOURNALED_BATCH_OFFSET + slot * Long.BYTES, journaled.last(slot));
            }
        }
    }

    /** Entries of that slot up to this sequence number are in the journal; for those who have no journal to look into. */
    public long journaledBatch(int slot) {
        return buffer.getLongAcquire(
                JOURNALED_BATCH_OFFSET + Objects.checkIndex(slot, MessageDescriptor.SLOT_COUNT) * Long.BYTES);
    }

    /** Everything in front of this ring position is in the journal and forced to its device; never ahead of what is journaled. Negative once something that was journaled is lost: then no position is reached. */
    public long syncedPosition() {
        return buffer.getLongAcquire(SYNCED_OFFSET);
    }

    /** Master: the sync thread, which never moves it back but to {@link Long#MIN_VALUE}. Its partner is the acquire of a worker that waits for it. */
    public void syncedPosition(long position) {
        buffer.putLongRelease(SYNCED_OFFSET, position);
    }

    /** Ring position up to which the worker wants to be synced as soon as it is journaled; 0 when it never asked. */
    public long syncRequest() {
        return buffer.getLongAcquire(SYNC_REQUEST_OFFSET);
    }

    /** Any worker thread. A request never takes back a larger one: whoever made that may still be waiting. */
    public void requestSync(long position) {
        long requested = buffer.getLongVolatile(SYNC_REQUEST_OFFSET);
        while (requested < position && !buffer.compareAndSetLong(SYNC_REQUEST_OFFSET, requested, position)) {
            RingWords.settle();
            requested = buffer.getLongVolatile(SYNC_REQUEST_OFFSET);
        }
    }

    /** Adds to a drop counter. Any worker thread. */
    public void addDropped(int reason, int severity, long count) {
        buffer.getAndAddLong(droppedOffset(reason, severity), count);
    }

    /** Records not taken so far, over the life of this ring. */
    public long dropped(int reason, int severity) {
        return buffer.getLongVolatile(droppedOffset(reason, severity));
    }

    private static int droppedOffset(int reason, int severity) {
        int row = Objects.checkIndex(reason, DropReason.COUNT);
        return DROPPED_OFFSET + (row * SEVERITIES + Objects.checkIndex(severity, SEVERITIES)) * Long.BYTES;
    }

    private int crc() {
        byte[] bytes = new byte[FIXED_LENGTH + TEXTS_END - NAME_OFFSET];
        buffer.getBytes(0, bytes, 0, FIXED_LENGTH);
        buffer.getBytes(NAME_OFFSET, bytes, FIXED_LENGTH, TEXTS_END - NAME_OFFSET);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private void putUuid(int offset, UUID uuid) {
        buffer.putLong(offset, uuid.getMostSignificantBits());
        buffer.putLong(offset + Long.BYTES, uuid.getLeastSignificantBits());
    }

    private UUID getUuid(int offset) {
        return new UUID(buffer.getLong(offset), buffer.getLong(offset + Long.BYTES));
    }

    private void putText(int offset, int room, String text) {
        byte[] bytes = new byte[room - Short.BYTES];
        int length = io.emberlog.message.Utf8.encode(text, bytes, 0, bytes.length);
        buffer.putShort(offset, (short) length);
        buffer.putBytes(offset + Short.BYTES, bytes, 0, length);
    }

    private String getText(int offset, int room) throws RingBrokenException {
        int length = buffer.getShort(offset) & 0xFFFF;
        if (length > room - Short.BYTES) {
            throw new RingBrokenException("length=" + length + " of the text at header offset=" + offset
                    + " must be at most " + (room - Short.BYTES));
        }
        byte[] bytes = new byte[length];
        buffer.getBytes(offset + Short.BYTES, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

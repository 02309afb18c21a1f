package io.emberlog.master.replay;

import io.emberlog.handler.LogRecord;
import io.emberlog.master.replay.JournaledEnds.End;
import io.emberlog.message.RingBlockReader;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingReadout;
import io.emberlog.ring.RingResync;
import io.emberlog.ring.RingSalvage;
import io.emberlog.ring.SlotSequences;
import java.io.IOException;
import java.util.UUID;

/**
 * Walks what a ring holds and no journal does, record by record. One thread. Whatever the bytes are, the walk ends: with
 * all of it read, or with {@link ReplayReport.RingPart#broken}.
 */
final class RingCursor {
    /** Most bytes copied out of a ring at a time, but for a single record that is longer. */
    private static final int BUDGET = 64 * 1024;

    private final RingFile file;
    private final ReplayReport.RingPart part;
    private final RingBlock block = new RingBlock();
    private final RingBlockReader entries = new RingBlockReader();
    private final UUID predecessor;
    private RingReadout salvage;
    private long from;
    private int record = -1;
    private long key = Long.MIN_VALUE;

    /** @throws InternalError when the file was cut while it was looked at */
    RingCursor(RingFile file, ReplayReport.RingPart part) {
        this.file = file;
        this.part = part;
        this.predecessor = file.header().predecessor();
        RingFile.settle();
    }

    UUID uuid() {
        return file.identity().ringUuid();
    }

    /** Null when it has none. */
    UUID predecessor() {
        return predecessor;
    }

    /** Everything in front of this position is in the journal, as the ring's header says; -1 where it cannot be read. */
    long statedPosition() {
        try {
            long stated = file.header().journaledPosition();
            RingFile.settle();
            return stated;
        } catch (InternalError e) {
            part.broken = faulted(e);
            return -1;
        }
    }

    ReplayReport.RingPart part() {
        return part;
    }

    /** What the present record is merged by; never goes back. */
    long key() {
        return key;
    }

    /** Bytes of the ring that were looked at; for showing progress. */
    long bytesRead() {
        return salvage == null ? 0 : Math.max(0, Math.min(file.length(), salvage.position() - from));
    }

    SlotSequences sequences(End journaled) {
        return salvage == null ? journaled.sequences : salvage.sequences();
    }

    /**
     * Starts behind what the journals have.
     *
     * @param before what was taken of the predecessor; null when there is none
     * @return false if nothing can be read of it
     */
    boolean start(End journaled, SlotSequences before) {
        SlotSequences sequences = new SlotSequences();
        sequences.copyFrom(before != null && journaled.position < 0 ? before : journaled.sequences);
        try {
            salvage = part.resynced ? resync(journaled, sequences) : salvage(journaled, sequences);
            from = salvage.position();
            part.journaledBytes = from;
            return true;
        } catch (RingBrokenException e) {
            part.broken = e.getMessage();
        } catch (InternalError e) {
            part.broken = faulted(e);
        }
        return false;
    }

    private RingReadout salvage(End journaled, SlotSequences sequences) throws RingBrokenException {
        long stated = file.header().journaledPosition();
        return RingSalvage.start(file, journaled.position < stated ? -1 : journaled.position, sequences);
    }

    private RingReadout resync(End journaled, SlotSequences sequences) throws RingBrokenException {
        RingResync resync = RingResync.inspect(file, journaled.position, sequences);
        while (!resync.prepare()) {
            continue;
        }
        return resync;
    }

    /** Moves to the next record that holds log records. */
    boolean next() {
        try {
            while (true) {
                record++;
                while (record >= block.recordCount()) {
                    part.doubles += block.doubles();
                    boolean more = salvage.next(block, BUDGET, (sent, next, goodbye) -> part.goodbye = goodbye);
                    part.torn = salvage.torn();
                    part.holes = salvage.holes();
                    if (!more) {
                        part.goodbye |= file.header().saidGoodbye(); // the message itself may be in the journal
                        RingFile.settle();
                        return false;
                    }
                    record = 0;
                }
                if (block.entryCount(record) > 0) {
                    key = Math.max(key, block.timestamp(record));
                    return true;
                }
            }
        } catch (RingBrokenException e) {
            part.broken = e.getMessage();
        } catch (InternalError e) {
            part.broken = faulted(e);
        }
        return false;
    }

    /** Hands on the log records of the present record. */
    void emit(LogRecord view, RecordSink sink) throws IOException {
        int offset = block.recordOffset(record);
        entries.wrap(block.bytes(), offset, block.recordOffset(record + 1) - offset, block.position() + offset);
        while (entries.nextEntry()) {
            part.records++;
            view.wrap(file.identity(), entries.position(), entries.index(), LogRecord.UNNUMBERED, entries.entry());
            sink.accept(view);
        }
    }

    private static String faulted(InternalError e) {
        return "the mapping faulted (" + e.getMessage() + "): the file was cut while it was read";
    }
}

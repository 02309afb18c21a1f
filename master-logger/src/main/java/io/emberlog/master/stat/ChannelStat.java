package io.emberlog.master.stat;

import io.emberlog.master.metrics.HandlerFigures;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A channel at one moment, with rates over a short time before it. Immutable. Numbers that could not be told are -1.
 *
 * @param takenEpochNs wall clock
 * @param sampleNs what the rates are taken over
 * @param master null when no master has ever been here
 * @param journal null when there is none
 */
public record ChannelStat(
        Path channel,
        Path state,
        long takenEpochNs,
        long sampleNs,
        Master master,
        List<Worker> workers,
        List<Path> quarantined,
        List<Unreadable> unreadable,
        Journal journal,
        List<Handler> handlers) {

    /** How a worker looks from outside; a guess where {@link #UNKNOWN} is not honest enough to be one. */
    public enum State {
        /** Its process runs, and its heartbeat moves where the sample is long enough to see it. */
        ALIVE,
        /** Its process runs and its heartbeat stands still. */
        HUNG,
        /** Its process is gone without a goodbye. */
        DEAD,
        /** Its process is gone, and its goodbye is in the ring or in the journal. */
        STOPPED,
        /** The process runs and has gone on to another ring. */
        REPLACED,
        /** All of it is in the journal; the file is about to go. */
        SALVAGED,
        /** Its process cannot be seen from here, and its heartbeat stands still. */
        UNKNOWN
    }

    /** Who holds the channel, by what is written in the lock file; the lock itself is not touched. */
    public record Master(long pid, String name, String start, boolean running) {}

    /** Records not taken, over the life of a ring. */
    public record Dropped(String reason, String level, int severity, long count) {}

    /**
     * A worker's ring.
     *
     * @param unsyncedBytes of what is in the ring or was: not known to be on the journal's device
     */
    public record Worker(
            String name,
            long pid,
            String host,
            String process,
            String service,
            UUID ring,
            Path file,
            State state,
            long createdEpochNs,
            int capacityBytes,
            long backlogBytes,
            long unsyncedBytes,
            long bytesPerSecond,
            long recordsPerSecond,
            long droppedPerSecond,
            List<Dropped> dropped) {
        /** Share of the ring that waits to be drained. */
        public double use() {
            return (double) backlogBytes / capacityBytes;
        }

        public long droppedTotal() {
            return dropped.stream().mapToLong(Dropped::count).sum();
        }
    }

    /** A ring file that tells nothing. */
    public record Unreadable(Path file, String why) {}

    /**
     * The journal.
     *
     * @param firstSequence -1 when it holds no record
     * @param nextSequence number of the next record
     * @param apparentBytes sum of the file lengths, which are mostly holes
     * @param allocatedBytes what the disk gives for them
     * @param appendedEpochNs of the last document; -1 when there is none
     * @param deviceRefuses it did not take documents, and they have not been written again yet
     */
    public record Journal(
            Path directory,
            int segments,
            long firstSequence,
            long nextSequence,
            long apparentBytes,
            long allocatedBytes,
            long appendedEpochNs,
            long recordsPerSecond,
            boolean deviceRefuses) {}

    /**
     * A handler's checkpoint.
     *
     * @param nextSequence first record that it has not done; -1 where it has not begun
     * @param lagRecords between that, or the first record kept, and the journal's end
     * @param lagNs since the first of them was journaled; 0 when there is none
     * @param lostRecords deleted from the journal before it had done them, since its checkpoint
     * @param kept what its settings and silences kept from it
     * @param live what the master that runs tells of it; null when none does
     */
    public record Handler(
            String name, long nextSequence, long lagRecords, long lagNs, long lostRecords, Kept kept, Live live) {}

    /**
     * A handler as its master sees it, no more than some two seconds ago.
     *
     * @param lagRecords between the first record that it has not done, which may be ahead of its checkpoint, and the journal's end
     * @param lagNs since that record was journaled; 0 when there is none
     * @param callNs since it was called as {@link HandlerFigures#call} says; -1 when it was not
     */
    public record Live(HandlerFigures figures, long uptimeNs, long lagRecords, long lagNs, long callNs) {}

    /**
     * Records that were not handed over, or not as they are, over the life of a handler's name.
     *
     * @param filtered by its levels and its filter
     * @param sampledOut by its sample
     * @param limited by its rate limit
     * @param silenced by silences
     * @param redacted handed over with something made unreadable
     */
    public record Kept(long filtered, long sampledOut, long limited, long silenced, long redacted) {
        public static final Kept NOTHING = new Kept(0, 0, 0, 0, 0);
    }
}

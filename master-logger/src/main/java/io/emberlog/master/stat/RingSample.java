package io.emberlog.master.stat;

import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.heartbeat.ProcessState;
import io.emberlog.master.stat.ChannelStat.Dropped;
import io.emberlog.master.stat.ChannelStat.State;
import io.emberlog.master.stat.ChannelStat.Worker;
import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSalvage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One ring, looked at again and again. One thread. What is read was written by somebody not trusted: a fault or nonsense throws. */
final class RingSample {
    /** The word moves every 250 ms; a sample shorter than this cannot tell that it stands still. */
    private static final long HEARTBEAT_VISIBLE_NS = TimeUnit.MILLISECONDS.toNanos(600);

    private static final int BLOCK = 64 * 1024;

    private final RingFile file;
    private long firstTail;
    private long firstWord;
    private long firstDropped;
    private boolean askedForGoodbye;

    RingSample(RingFile file) {
        this.file = file;
        firstTail = file.tail();
        firstWord = file.header().heartbeatWord();
        firstDropped = total(dropped());
        RingFile.settle();
    }

    java.nio.file.Path path() {
        return file.path();
    }

    WorkerIdentity identity() {
        return file.identity();
    }

    /** The owner is gone, and no goodbye is in the header or in what the ring still holds; true once. */
    boolean isGoneInSilence(ProcessProbe processes) {
        if (askedForGoodbye || processes.probe(file.identity()) != ProcessState.GONE || saidGoodbye()) {
            return false;
        }
        askedForGoodbye = true; // once is enough: the dead say nothing more
        return true;
    }

    /**
     * The next look; rates are since the one before.
     *
     * @param records journaled in between; -1 where unknown
     * @param journaledGoodbye the journal has its goodbye
     */
    Worker take(ProcessProbe processes, long sampleNs, long records, boolean journaledGoodbye)
            throws RingBrokenException {
        WorkerIdentity owner = file.identity();
        long synced = file.header().syncedPosition(); // in front of the tail, so that it is not beyond it
        long head = file.head();
        long tail = file.tail();
        long backlog = tail - head;
        if (backlog < 0 || backlog > file.capacity()) {
            // between the two loads the drain may have moved the head: look once more before judging
            head = file.head();
            tail = file.tail();
            backlog = tail - head;
        }
        if (backlog < 0 || backlog > file.capacity()) {
            throw new RingBrokenException(
                    "head=" + head + " tail=" + tail + " capacity=" + file.capacity() + " break the rules of a ring");
        }
        List<Dropped> dropped = dropped();
        long droppedTotal = total(dropped);
        Worker worker = new Worker(
                owner.name(),
                owner.pid(),
                owner.host(),
                owner.process(),
                owner.service(),
                owner.ringUuid(),
                file.path(),
                state(processes.probe(owner), sampleNs, journaledGoodbye),
                file.header().createdEpochNs(),
                file.capacity(),
                backlog,
                unsynced(synced, tail),
                perSecond(Math.max(0, tail - firstTail), sampleNs),
                records < 0 ? -1 : perSecond(records, sampleNs),
                perSecond(Math.max(0, droppedTotal - firstDropped), sampleNs),
                dropped);
        firstTail = tail;
        firstWord = file.header().heartbeatWord();
        firstDropped = droppedTotal;
        RingFile.settle();
        return worker;
    }

    private long unsynced(long synced, long tail) {
        if (file.header().state() == RingDescriptor.STATE_SALVAGED) {
            return 0;
        }
        // negative: something journaled of it is lost, and nobody can say how much
        return synced < 0 ? -1 : Math.max(0, tail - synced);
    }

    static long perSecond(long count, long sampleNs) {
        return Math.round(count * 1e9 / sampleNs);
    }

    private State state(ProcessState process, long sampleNs, boolean journaledGoodbye) {
        boolean moved = file.header().heartbeatWord() != firstWord;
        int ring = file.header().state();
        if (ring == RingDescriptor.STATE_SALVAGED) {
            return State.SALVAGED;
        }
        return switch (process) {
            case ALIVE ->
                ring == RingDescriptor.STATE_SEALED
                        ? State.REPLACED
                        : moved || sampleNs < HEARTBEAT_VISIBLE_NS ? State.ALIVE : State.HUNG;
            case GONE -> journaledGoodbye || saidGoodbye() ? State.STOPPED : State.DEAD;
            case UNKNOWN -> moved ? State.ALIVE : State.UNKNOWN;
        };
    }

    /** Whether the header says so, or a goodbye is in what the ring still holds. */
    private boolean saidGoodbye() {
        boolean inHeader = file.header().saidGoodbye();
        RingFile.settle();
        if (inHeader) {
            return true;
        }
        boolean[] said = {false};
        RingBlock block = new RingBlock();
        try {
            RingSalvage salvage = RingSalvage.inspect(file);
            while (salvage.next(block, BLOCK, (sent, next, last) -> said[0] = last)) {
                continue;
            }
        } catch (RingBrokenException e) {
            return said[0]; // verify tells of damage
        }
        return said[0];
    }

    private List<Dropped> dropped() {
        List<Dropped> dropped = new ArrayList<>();
        for (DropReason reason : DropReason.values()) {
            for (int severity = 0; severity <= Level.MAX_SEVERITY; severity++) {
                long count = file.header().dropped(reason.code(), severity);
                if (count > 0) {
                    dropped.add(
                            new Dropped(reason.text(), Level.canonical(severity).name(), severity, count));
                }
            }
        }
        return dropped;
    }

    private static long total(List<Dropped> dropped) {
        return dropped.stream().mapToLong(Dropped::count).sum();
    }
}

package io.emberlog.master.drain;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalException;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Removes the files of ended rings, on a thread of its own since it waits for the device.
 *
 * <p>Crash table:
 *
 * <pre>
 * id  the master dies after            the next start sees                      and does
 * P1  appending the ENDED mark         a ring whose uuid the journal ended      does not read it; reaps it
 * P2  forcing the journal              as P1                                    as P1
 * P3  marking the header SALVAGED      as P1, or (journal lost) SALVAGED        reaps it without reading
 * P4  unlinking the ring file          a .lock without a ring                   removes it once it is free and old
 * P5  unlinking the lock file          nothing                                  nothing
 * </pre>
 */
public final class RingReaper {
    private final Journal journal;
    private final MasterEvents events;
    private final Queue<Ended> incoming = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Ended> ended = new ArrayDeque<>();
    private final Set<UUID> withFile = ConcurrentHashMap.newKeySet();

    /**
     * @param whole nothing of it had been lost when its end was appended
     * @param breaches of the journal then
     */
    private record Ended(RingFile file, boolean whole, long breaches) {}

    public RingReaper(Journal journal, MasterEvents events) {
        this.journal = journal;
        this.events = events;
    }

    /**
     * The journal says that this ring is finished. Any thread.
     *
     * @param whole whether everything journaled of it is there: else its owner is not told that all of it is safe
     */
    void ended(RingFile file, boolean whole) {
        withFile.add(file.identity().ringUuid());
        incoming.add(new Ended(file, whole, journal.breaches()));
    }

    /**
     * Whether there may be a file of that ended ring that does not say so itself: it must not be forgotten that the ring is
     * ended. Any thread.
     */
    boolean hasFile(UUID ring) {
        return withFile.contains(ring);
    }

    /**
     * One step; the reaper's thread.
     *
     * @return rings removed
     */
    public int doWork() {
        for (Ended ring = incoming.poll(); ring != null; ring = incoming.poll()) {
            ended.add(ring);
        }
        if (ended.isEmpty()) {
            return 0;
        }
        try {
            journal.sync();
        } catch (JournalException e) {
            // the journal is being opened again; the files stay until it has been forced
            return 0;
        }
        List<Ended> done = new ArrayList<>(ended);
        ended.clear();
        done.forEach(this::remove);
        return done.size();
    }

    private void remove(Ended ring) {
        RingFile file = ring.file();
        if (ring.whole()
                && ring.breaches() == journal.breaches()) { // else its owner would take for synced what may be lost
            mark(file);
        }
        try {
            Files.deleteIfExists(file.path());
            withFile.remove(file.identity().ringUuid());
            Files.deleteIfExists(ChannelDirectory.lockFileOf(file.path()));
        } catch (IOException e) {
            events.add(
                    io.emberlog.message.Level.WARN,
                    MasterEvents.MASTER_LOGGER,
                    "ring file {} is ended and cannot be removed: {}",
                    new Object[] {file.path(), e});
        }
    }

    private void mark(RingFile file) {
        try {
            file.header().salvaged();
            RingFile.settle();
            withFile.remove(file.identity().ringUuid());
        } catch (InternalError cut) {
            // a file cut since it was read: there is nothing to mark, and it goes all the same
        }
    }
}

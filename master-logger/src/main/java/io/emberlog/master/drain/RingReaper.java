package io.emberlog.master.drain;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalException;
import io.emberlog.message.Level;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Removes the files of ended rings, on a thread of its own since it waits for the device, and gives their memory back
 * ({@link EndedMappings}).
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
 *
 * A ring that was set aside (its bytes break the rules) keeps them, and a name that nobody reads: it is not marked, not unlinked,
 * and its memory is not given back. A master that died before it had renamed it leaves a ring that the journal has ended in front of
 * its end; the next one sets it aside.
 *
 * <p>An unlink or a rename that fails is tried again at every step, by this master and the next.
 */
public final class RingReaper {
    /** Further names for what is set aside. */
    static final int MOST_NAMES = 9;

    /** Of one ring that is set aside: one in a step, so some minutes. */
    static final int MOST_RENAMES = 1_000;

    private final Journal journal;
    private final MasterEvents events;
    private final Queue<Ended> incoming = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Ended> ended = new ArrayDeque<>();
    /** Rings that are as ended as they can be, and whose files could not be removed when that was tried last. */
    private final List<Removal> stuck = new ArrayList<>();

    private final Set<UUID> withFile = ConcurrentHashMap.newKeySet();
    private final EndedMappings mappings;

    /**
     * @param whole nothing of it had been lost when its end was appended
     * @param breaches of the journal then
     * @param evidence set aside for what is in it, rather than read to its end
     */
    private record Ended(RingFile file, boolean whole, long breaches, boolean evidence) {}

    /** One that leaves it to the JVM when mappings are freed. */
    public RingReaper(Journal journal, MasterEvents events) {
        this(journal, events, EndedMappings.NO_COLLECTOR);
    }

    /** @param collector makes the JVM free mappings that nothing refers to; called when there are many */
    public RingReaper(Journal journal, MasterEvents events, Runnable collector) {
        this.journal = journal;
        this.events = events;
        this.mappings = new EndedMappings(collector);
    }

    /**
     * The journal says that this ring is finished. Any thread.
     *
     * @param whole whether everything journaled of it is there: else its owner is not told that all of it is safe
     */
    void ended(RingFile file, boolean whole) {
        withFile.add(file.identity().ringUuid());
        incoming.add(new Ended(file, whole, journal.breaches(), false));
    }

    /**
     * The journal says that this ring is finished, for its bytes break the rules. They stay as they are, under another name, and
     * are marked as nothing: what its owner waits for is in no journal. Any thread.
     */
    void evidence(RingFile file) {
        withFile.add(file.identity().ringUuid());
        incoming.add(new Ended(file, false, journal.breaches(), true));
    }

    /**
     * Gives a ring file the name of one that nobody reads any more; one with a number in it where that is taken.
     *
     * @return that name
     */
    static Path setAside(Path ring) throws IOException {
        for (int number = 0; ; number++) {
            Path aside = ring.resolveSibling(
                    ring.getFileName() + (number == 0 ? "" : "." + number) + ChannelDirectory.QUARANTINE_SUFFIX);
            try {
                return Files.move(ring, aside);
            } catch (FileAlreadyExistsException taken) {
                if (number == MOST_NAMES) {
                    throw taken;
                }
            } catch (NoSuchFileException gone) {
                if (Files.isRegularFile(aside, LinkOption.NOFOLLOW_LINKS)) {
                    return aside; // by an earlier try
                }
                throw gone;
            }
        }
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
        mappings.doWork();
        int removed = removeStuck();
        if (ended.isEmpty()) {
            return removed;
        }
        try {
            journal.sync();
        } catch (JournalException e) {
            // the journal is being opened again; the files stay until it has been forced
            return removed;
        }
        for (Ended ring = ended.poll(); ring != null; ring = ended.poll()) {
            boolean salvaged = mark(ring);
            Removal removal =
                    new Removal(ring.file().path(), ring.file().identity().ringUuid(), ring.evidence());
            try {
                take(removal);
                removed++;
            } catch (IOException e) {
                stuck.add(removal);
                events.add(
                        Level.WARN,
                        MasterEvents.MASTER_LOGGER,
                        "ring file {} is ended and cannot be {}; is tried again: {}",
                        new Object[] {ring.file().path(), ring.evidence() ? "set aside" : "removed", e});
            }
            if (ring.evidence()) {
                mappings.keep(ring.file());
            } else {
                mappings.add(ring.file(), salvaged);
            }
        }
        return removed;
    }

    private int removeStuck() {
        int before = stuck.size();
        stuck.removeIf(removal -> {
            try {
                take(removal);
                return true;
            } catch (IOException e) {
                return removal.isGivenUp(); // told when it was tried first
            }
        });
        return before - stuck.size();
    }

    /** @return whether the header says SALVAGED now */
    private boolean mark(Ended ring) {
        if (!ring.whole() || ring.breaches() != journal.breaches()) {
            return false; // its owner would take for synced what may be lost
        }
        try {
            ring.file().header().salvaged();
            RingFile.settle();
            withFile.remove(ring.file().identity().ringUuid());
            return true;
        } catch (InternalError cut) {
            return false; // a file cut since it was read: there is nothing to mark, and it goes all the same
        }
    }

    private void take(Removal removal) throws IOException {
        if (!removal.evidence) {
            Files.deleteIfExists(removal.path);
        } else if (Files.exists(removal.path, LinkOption.NOFOLLOW_LINKS)) { // else renamed, or removed by somebody else
            setAside(removal.path);
        }
        withFile.remove(removal.ring);
        Files.deleteIfExists(ChannelDirectory.lockFileOf(removal.path));
    }

    /** What is to be done to the file of a ring; without the ring, whose mapping is not to wait for it. */
    private final class Removal {
        final Path path;
        final UUID ring;
        final boolean evidence;
        private int failures;

        Removal(Path path, UUID ring, boolean evidence) {
            this.path = path;
            this.ring = ring;
            this.evidence = evidence;
        }

        /**
         * Whoever may write to the directory can keep evidence from being renamed, for as many rings as they like. After
         * some minutes it stays where it is, and the next master that finds it looks at it anew.
         */
        boolean isGivenUp() {
            if (evidence && ++failures == MOST_RENAMES) {
                withFile.remove(ring);
                return true;
            }
            return false;
        }
    }
}

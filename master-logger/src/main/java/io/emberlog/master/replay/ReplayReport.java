package io.emberlog.master.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a replay met, counted. Filled by {@link Replay} while it runs; one thread. Keeps a bounded number of texts, whatever
 * the input.
 */
public final class ReplayReport {
    private static final int MAX_FINDINGS = 100;

    /** Counts of one journal. */
    public static final class JournalPart {
        final Path path;
        long segments;
        long skipped;
        long documents;
        long records;
        long firstSequence = -1;
        long lastSequence = -1;
        long broken;
        long gaps;
        long missing;
        long ended;
        long endedTorn;
        long endedHoles;

        JournalPart(Path path) {
            this.path = path;
        }

        public Path path() {
            return path;
        }

        public long segments() {
            return segments;
        }

        /** Of these, left out because all in them is older than what is wanted. */
        public long skipped() {
            return skipped;
        }

        public long documents() {
            return documents;
        }

        public long records() {
            return records;
        }

        /** -1 when there is none. */
        public long firstSequence() {
            return firstSequence;
        }

        /** -1 when there is none. */
        public long lastSequence() {
            return lastSequence;
        }

        /** Places whose bytes are no document: CRC32C, framing, unreadable. */
        public long broken() {
            return broken;
        }

        /** Places where the numbers do not follow on. */
        public long gaps() {
            return gaps;
        }

        /** Records that the gaps leave out. */
        public long missing() {
            return missing;
        }

        /** Rings that the master finished. */
        public long ended() {
            return ended;
        }

        /** Regions torn in the rings that ended; of calls that a kill cut short, told at the time. */
        public long endedTorn() {
            return endedTorn;
        }

        public long endedHoles() {
            return endedHoles;
        }
    }

    /** Counts of one ring. */
    public static final class RingPart {
        final Path path;
        String worker = "";
        long pid;
        String state = "";
        long records;
        long journaledBytes;
        long doubles;
        long torn;
        long holes;
        boolean quarantined;
        boolean goodbye;
        boolean resynced;
        boolean doubtful;
        String broken;
        String refused;

        RingPart(Path path) {
            this.path = path;
        }

        public Path path() {
            return path;
        }

        public String worker() {
            return worker;
        }

        public long pid() {
            return pid;
        }

        /** {@code open}, {@code sealed}, {@code salvaged}; empty when the header cannot be read. */
        public String state() {
            return state;
        }

        /** Records that no journal given has. */
        public long records() {
            return records;
        }

        /** Ring position up to which a journal has it. */
        public long journaledBytes() {
            return journaledBytes;
        }

        /** Records that a predecessor or the journal has under the same number. */
        public long doubles() {
            return doubles;
        }

        public long torn() {
            return torn;
        }

        public long holes() {
            return holes;
        }

        /** The master set it aside. */
        public boolean quarantined() {
            return quarantined;
        }

        /** The worker's last message in it is its goodbye, or its header says so. */
        public boolean goodbye() {
            return goodbye;
        }

        /** Written at another boot: read by the position and the checksum of each record, and by nothing else. */
        public boolean resynced() {
            return resynced;
        }

        /** Why it could not be read to its end; null when it could. */
        public String broken() {
            return broken;
        }

        /** Why it was not read at all: its owner lives; null when it was. */
        public String refused() {
            return refused;
        }
    }

    /** Counts of one file of dead letters. */
    public static final class DeadLetterPart {
        final Path path;
        long records;
        long doubles;
        long broken;

        DeadLetterPart(Path path) {
            this.path = path;
        }

        public Path path() {
            return path;
        }

        public long records() {
            return records;
        }

        /** Lines whose record stands there more than once. */
        public long doubles() {
            return doubles;
        }

        /** Lines that are none. */
        public long broken() {
            return broken;
        }
    }

    private final List<JournalPart> journals = new ArrayList<>();
    private final List<RingPart> rings = new ArrayList<>();
    private final List<DeadLetterPart> deadLetters = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private long findingCount;

    JournalPart journal(Path path) {
        JournalPart part = new JournalPart(path);
        journals.add(part);
        return part;
    }

    RingPart ring(Path path) {
        RingPart part = new RingPart(path);
        rings.add(part);
        return part;
    }

    DeadLetterPart deadLetter(Path path) {
        DeadLetterPart part = new DeadLetterPart(path);
        deadLetters.add(part);
        return part;
    }

    void finding(Path where, String what) {
        findingCount++;
        if (findings.size() < MAX_FINDINGS) {
            findings.add(where + ": " + what);
        }
    }

    public List<JournalPart> journals() {
        return journals;
    }

    public List<RingPart> rings() {
        return rings;
    }

    public List<DeadLetterPart> deadLetters() {
        return deadLetters;
    }

    /** The first of what is wrong, a line each; {@link #findingCount} is how many there are. */
    public List<String> findings() {
        return findings;
    }

    public long findingCount() {
        return findingCount;
    }

    /** Log records met, before any filter. */
    public long records() {
        return journals.stream().mapToLong(JournalPart::records).sum()
                + rings.stream().mapToLong(RingPart::records).sum()
                + deadLetters.stream().mapToLong(DeadLetterPart::records).sum();
    }

    /** Regions of rings that were claimed and never sized or never committed, in the rings given. */
    public long damagedRegions() {
        return rings.stream().mapToLong(ring -> ring.torn + ring.holes).sum();
    }
}

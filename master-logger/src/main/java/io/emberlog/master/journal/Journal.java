package io.emberlog.master.journal;

import io.emberlog.ring.IoReason;
import java.io.EOFException;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.NavigableMap;
import net.openhft.chronicle.queue.impl.TableStore;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.impl.single.TableStoreWriteLock;
import net.openhft.chronicle.queue.impl.table.Metadata;
import net.openhft.chronicle.queue.impl.table.SingleTableBuilder;
import net.openhft.chronicle.threads.BusyTimedPauser;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * The write side of the journal. {@link #append}, {@link #hasSpace}, {@link #reopen} and {@link #close}: one thread, the drain's.
 * {@link #sync}, {@link #syncedIndex} and {@link #lastIndex}: any thread. Do not interrupt the drain's thread: Java answers by
 * closing the channel it is in.
 *
 * <p>The caller holds the master's exclusive lock for this journal, from before {@link #open} until after {@link #close}. That
 * is what makes it right to clear a write lock that Chronicle finds taken: it names a pid, and in a container the dead holder and
 * its successor are both pid 1.
 *
 * <p>A segment that has been open is never appended to again: {@code open} puts an end behind its last complete document, and the
 * next document begins a new segment. So whatever a crash left in a file, nothing is ever written behind it.
 *
 * <p>The process dies after this step of {@code open}:
 *
 * <pre>
 *  J1  directory made               next open finds an empty directory         fresh journal
 *  J2  .precreated files deleted    fewer of them                              deletes the rest
 *  J3  files without a first block  some renamed to .broken, some not          renames the rest
 *      set aside
 *  J4  stale write lock cleared     no lock                                    nothing to clear
 *  J5  newest segment sealed        a segment with its end                     nothing to seal
 * </pre>
 *
 * The process dies after this step of {@code append}; pages already stored survive it, in whatever order:
 *
 * <pre>
 *  J6  new segment's blocks         a .precreated file of zeros                deletes it
 *      allocated
 *  J7  old segment's end written    all segments ended                         begins the next one
 *  J8  new file named, not begun    a file whose first header is 0             sets it aside; readers step over it
 *  J9  new file begun               a segment without documents                seals it
 *  J10 blocks allocated ahead       zeros behind the last document             seals in front of them
 *  J11 document stored, header 0    bytes behind the last document             seals in front of them: not acknowledged, not there
 *  J12 header published             the document; Chronicle's index lacks it   reads it: not acknowledged, there once; recovery
 *                                                                              tells the drain that it is
 *  J13 append returned              the document                               reads it
 * </pre>
 *
 * Any step of {@code append} fails instead (disk full, fault in a mapping):
 *
 * <pre>
 *  J14 allocation fails             NO_SPACE: nothing was written              append again when hasSpace
 *  J15 stored bytes differ, or any  FAILED: the document may be there          reopen, recover, go on from there
 *      other Throwable
 *  J16 force fails                  FAILED, onSyncFailed                       reopen writes the segments again before it forces
 *                                                                              them: a mere retry would succeed and mean nothing
 * </pre>
 *
 * The process dies after this step of what follows J16:
 *
 * <pre>
 *  J20 failure noted in             the note                                   writes the segments from there on again, forces
 *      force-failed                                                            and checks them, takes the note away
 *  J21 segments written again       the same                                   the same
 *  J22 segments forced and checked  the same                                   the same
 *  J23 note taken away              no note                                    forces as ever
 * </pre>
 */
public final class Journal implements AutoCloseable {
    /** Between two looks at the file system while there is enough space, and while there is not. */
    private static final long SPACE_CHECK_NS = 1_000_000_000L;

    private static final long NO_SPACE_CHECK_NS = 50_000_000L;

    /** Looks again after this much was written, however fast that went. */
    private static final long SPACE_CHECK_BYTES = 4 << 20;

    private volatile JournalConfig config;
    private final EpochClock epochClock;
    private final NanoClock nanoClock;
    private final JournalListener listener;
    private final SegmentWriter.Opener opener;

    private volatile SegmentClock clock;
    private int cycleAbove = -1;
    private volatile SegmentWriter writer;
    private volatile SegmentSync segmentSync;
    private volatile long lastIndex = -1;
    private volatile boolean failed = true;
    private volatile int refusedSince = ForceFailure.NONE;
    private volatile long breaches;
    private volatile boolean listingDoubtful;
    private boolean hasSpace;
    /** Why the last write found none, until there is some; null where the disk's own figure says it. */
    private String refused;

    private long spaceCheckedNs;
    private long bytesSinceSpaceCheck;

    private Journal(
            JournalConfig config,
            EpochClock epochClock,
            NanoClock nanoClock,
            JournalListener listener,
            SegmentWriter.Opener opener) {
        this.config = config;
        this.epochClock = epochClock;
        this.nanoClock = nanoClock;
        this.listener = listener;
        this.opener = opener;
    }

    /** {@link #open(JournalConfig, EpochClock, NanoClock, JournalListener)} on the system's clocks. */
    public static Journal open(JournalConfig config, JournalListener listener) throws JournalException {
        return open(config, SystemEpochClock.INSTANCE, SystemNanoClock.INSTANCE, listener);
    }

    /**
     * @param epochClock decides when a segment is old, and names it; may be stepped in any direction
     * @param nanoClock spaces the looks at the file system's free space
     */
    public static Journal open(
            JournalConfig config, EpochClock epochClock, NanoClock nanoClock, JournalListener listener)
            throws JournalException {
        return open(config, epochClock, nanoClock, listener, FileChannel::open);
    }

    /** With segments on a disk of the caller's. */
    static Journal open(
            JournalConfig config,
            EpochClock epochClock,
            NanoClock nanoClock,
            JournalListener listener,
            SegmentWriter.Opener opener)
            throws JournalException {
        Journal journal = new Journal(config, epochClock, nanoClock, listener, opener);
        journal.start();
        return journal;
    }

    /**
     * Adds one document; when this returns it is journaled.
     *
     * @param document what {@link JournalDocumentWriter} finished; is not checked
     * @return its index, above those of all documents before
     * @throws JournalException with {@code NO_SPACE}: nothing was written; with {@code FAILED}: see {@link #reopen}
     */
    public long append(byte[] document, int length) throws JournalException {
        if (length > JournalDocumentWriter.MAX_LENGTH || length > document.length || length <= 0) {
            throw new IllegalArgumentException(
                    "length=" + length + ": must be 1 to " + JournalDocumentWriter.MAX_LENGTH + " and in the array");
        }
        if (failed) {
            throw new JournalException(JournalException.Reason.FAILED, "directory=" + directory() + ": reopen first");
        }
        rollIfDue(length);
        try {
            long index = writer.write(document, length);
            segmentSync.appended(index); // before lastIndex: who has seen that and then syncs gets at least as far
            lastIndex = index;
            bytesSinceSpaceCheck += length;
            return index;
        } catch (SegmentWriter.NoSpaceException e) {
            throw noSpace(length, e);
        } catch (Throwable t) { // a fault in a mapping is an InternalError, and JDK 17 may deliver it late
            throw fail("append", t);
        }
    }

    /**
     * Whether the file system has more free space than the watermark. Cheap: looks once a second, after each 4 MiB, and every 50
     * ms while it says no. Below the watermark {@link #append} still works, until the disk is full.
     */
    public boolean hasSpace() {
        long now = nanoClock.nanoTime();
        if (now - spaceCheckedNs >= (hasSpace ? SPACE_CHECK_NS : NO_SPACE_CHECK_NS)
                || bytesSinceSpaceCheck >= SPACE_CHECK_BYTES) {
            checkSpace(now);
        }
        return hasSpace;
    }

    /** Index of the last document, or -1. */
    public long lastIndex() {
        return lastIndex;
    }

    /** Index of the last document known to be on the device, or -1. */
    public long syncedIndex() {
        SegmentSync current = segmentSync;
        return current == null ? -1 : current.synced();
    }

    /**
     * Forces everything appended before the call to the device. Not on the drain's thread: takes as long as the device does.
     *
     * @return {@link #syncedIndex} afterwards
     * @throws JournalException {@code FAILED}; the journal takes nothing more until {@link #reopen}, because the kernel drops the
     *     pages a device refused and would call the next try a success. Also while a reopening is under way
     */
    public long sync() throws JournalException {
        SegmentSync current = segmentSync;
        if (failed || current == null) {
            throw new JournalException(JournalException.Reason.FAILED, "directory=" + directory() + ": reopen first");
        }
        try {
            return current.sync();
        } catch (SegmentSync.ClosedException e) { // by a thread that reopens, or is about to
            throw new JournalException(JournalException.Reason.FAILED, "directory=" + directory() + ": " + e, e);
        } catch (IOException e) {
            JournalException failure = fail("sync", e);
            listener.onSyncFailed(current.synced(), e);
            throw failure;
        }
    }

    private void note(int cycle) {
        refusedSince = cycle;
        try {
            ForceFailure.note(directory(), cycle);
        } catch (IOException e) {
            // this process knows; the next one does not, if this one dies before it has written the segments again
            assert refusedSince == cycle;
        }
    }

    /**
     * How often documents that had been appended, and not synced, were found gone or damaged at {@link #reopen}. Whatever was
     * appended when this grew, and was not synced, must never be called synced.
     */
    public long breaches() {
        return breaches;
    }

    /**
     * {@link #sync} if there is a segment that is no longer written to and not forced yet. The descriptor that is kept of such a
     * segment also keeps its space on the disk, deleted or not: to be called now and then, whoever else syncs.
     *
     * @return whether there was one
     * @throws JournalException as {@link #sync}
     */
    public boolean syncEnded() throws JournalException {
        SegmentSync current = segmentSync;
        if (current == null || !current.holdsEnded()) {
            return false;
        }
        sync();
        return true;
    }

    /**
     * The next document's index will be above this one, whether it is still there or was lost: somebody reads on from it.
     * Before the first {@link #append}.
     *
     * @param documentIndex of any document that was ever appended here; -1 for none
     */
    public void goOnAbove(long documentIndex) {
        cycleAbove = Math.max(cycleAbove, cycleOf(documentIndex));
        clock.goOnAbove(cycleAbove);
    }

    private static int cycleOf(long documentIndex) {
        return documentIndex < 0 ? -1 : ChronicleQueues.cycleOf(documentIndex);
    }

    /** Whether {@link #append} or {@link #sync} has failed since the journal was opened. */
    public boolean isFailed() {
        return failed;
    }

    /**
     * Opens the journal's files anew after a failure. Readers are not affected. The document whose append failed may be there or
     * not: run {@link JournalRecovery} and go on from what it says, or records are doubled.
     *
     * @throws JournalException the journal stays failed; try again later
     */
    public void reopen() throws JournalException {
        release();
        start();
    }

    public Path directory() {
        return config.directory();
    }

    public JournalConfig config() {
        return config;
    }

    /**
     * From now on these sizes and ages hold. Any thread.
     *
     * @throws IllegalArgumentException when the directory or the size of a segment is another
     */
    public void configure(JournalConfig next) {
        if (!next.directory().equals(config.directory()) || next.segmentBytes() != config.segmentBytes()) {
            throw new IllegalArgumentException("directory=" + next.directory() + " segmentBytes=" + next.segmentBytes()
                    + ": a journal keeps those it was opened with");
        }
        config = next;
    }

    @Override
    public void close() {
        release();
    }

    JournalListener listener() {
        return listener;
    }

    EpochClock epochClock() {
        return epochClock;
    }

    /** Number of the newest segment. */
    int currentCycle() {
        return clock.cycle();
    }

    /** Whether readers may know of other segments than there are: to be {@linkplain #refreshListing refreshed} again. */
    boolean isListingDoubtful() {
        return listingDoubtful;
    }

    /** Lets readers forget deleted segments. */
    void refreshListing() {
        SegmentWriter current = writer;
        try {
            if (current != null) {
                current.refreshListing();
                current.checkListing(SegmentFiles.list(directory()));
            }
            listingDoubtful = false;
        } catch (IOException e) {
            listingDoubtful = true; // a segment is being made, or the disk is in trouble
        } catch (RuntimeException e) {
            if (!failed) {
                throw e;
            } // closed meanwhile: the next open lists the directory anyway
        }
    }

    private void start() throws JournalException {
        ChronicleQueues.silence();
        Path directory = directory();
        try {
            createDirectory(directory);
            SegmentFiles.deletePrecreated(directory);
            clearStaleLock(directory);
            NavigableMap<Integer, Path> segments = sealSegments(directory);
            clock = new SegmentClock(segments.isEmpty() ? -1 : segments.lastKey());
            clock.goOnAbove(cycleOf(lastIndex)); // of what is gone, readers hold places
            clock.goOnAbove(cycleAbove);
            writer = new SegmentWriter(directory, clock, opener);
            writer.checkListing(segments);
            forceAll(directory, segments);
            long last = JournalReader.lastIndex(directory);
            if (last < lastIndex) {
                breached(lastIndex, "documents that had been appended are gone: the last one now is " + last);
            }
            lastIndex = last;
            segmentSync = new SegmentSync(directory, lastIndex, this::note);
            checkSpace(nanoClock.nanoTime());
            failed = false;
        } catch (IOException | JournalException | RuntimeException | Error e) {
            release();
            throw new JournalException(
                    JournalException.Reason.UNAVAILABLE, "directory=" + directory + " cannot be opened: " + e, e);
        }
    }

    private static void createDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            SegmentFiles.force(directory.toAbsolutePath().getParent());
        }
    }

    /** What Chronicle's UnlockMain does, without its System.exit. The file is only a listing: Chronicle can make it again. */
    private void clearStaleLock(Path directory) throws IOException {
        Path metadata = directory.resolve(ChronicleQueues.METADATA_FILE);
        if (!Files.exists(metadata)) {
            return;
        }
        if (!SegmentFiles.isBegun(metadata)) {
            listener.onRepaired(SegmentFiles.setAside(metadata), "no first block");
            return;
        }
        SingleChronicleQueueBuilder.addAliases();
        try (TableStore<Metadata.NoMeta> store = SingleTableBuilder.binary(metadata.toFile(), Metadata.NoMeta.INSTANCE)
                        .readOnly(false)
                        .build();
                TableStoreWriteLock appendLock =
                        new TableStoreWriteLock(store, BusyTimedPauser::new, 0L, TableStoreWriteLock.APPEND_LOCK_KEY);
                TableStoreWriteLock writeLock = new TableStoreWriteLock(store, BusyTimedPauser::new, 0L)) {
            appendLock.forceUnlock();
            writeLock.forceUnlock();
        } catch (RuntimeException e) {
            if (!isDamage(e)) {
                throw e; // says nothing of the file; set aside, those who read by it would never hear of new segments
            }
            listener.onRepaired(SegmentFiles.setAside(metadata), "unreadable: " + e);
        }
    }

    /** Among the IOExceptions that Chronicle wraps is an end that comes too early. */
    private static boolean isDamage(RuntimeException thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof EOFException || t instanceof StreamCorruptedException) {
                return true;
            }
        }
        return !JournalReader.isOfThisProcess(thrown);
    }

    /** Newest first, until one is found that was begun; those before it were sealed when it was begun. */
    private NavigableMap<Integer, Path> sealSegments(Path directory) throws IOException {
        NavigableMap<Integer, Path> segments = SegmentFiles.list(directory);
        while (!segments.isEmpty()) {
            Path newest = segments.lastEntry().getValue();
            if (SegmentFiles.isBegun(newest)) {
                String repair = SegmentFiles.seal(newest);
                if (repair != null) {
                    listener.onRepaired(newest, repair);
                }
                break;
            }
            segments.pollLastEntry();
            listener.onRepaired(SegmentFiles.setAside(newest), "no first block");
        }
        return segments;
    }

    /**
     * What an earlier process left to the kernel. After a force that failed the pages are written once more from the page cache
     * first, for the kernel has marked them clean; then every document in them is checked, for it may have dropped them, too.
     */
    private void forceAll(Path directory, NavigableMap<Integer, Path> segments) throws IOException, JournalException {
        int noted = ForceFailure.since(directory);
        int since = noted == ForceFailure.NONE ? refusedSince : noted;
        for (Map.Entry<Integer, Path> segment : segments.entrySet()) {
            SegmentFiles.force(segment.getValue(), since != ForceFailure.NONE && segment.getKey() >= since);
        }
        SegmentFiles.force(directory.resolve(ChronicleQueues.METADATA_FILE), false);
        SegmentFiles.force(directory);
        if (since != ForceFailure.NONE) {
            checkDocuments(directory, segments.ceilingKey(since));
            ForceFailure.forget(directory);
            refusedSince = ForceFailure.NONE;
        }
    }

    private void checkDocuments(Path directory, Integer firstSegment) throws JournalException {
        if (firstSegment == null) {
            return;
        }
        JournalListener damage = new JournalListener() {
            @Override
            public void onBroken(long index, String what) {
                breached(index, what);
            }

            @Override
            public void onGap(long expectedSequence, long foundSequence) {
                breached(-1, "record " + expectedSequence + " should follow and " + foundSequence + " does");
            }
        };
        try (JournalReader reader = JournalReader.open(directory, damage)) {
            JournalDocumentReader document = new JournalDocumentReader();
            reader.toSegment(firstSegment);
            while (reader.next(document)) {
                continue;
            }
        }
    }

    private void breached(long index, String what) {
        breaches++; // only by the journal's thread
        listener.onBroken(index, "after a force that failed, " + what);
    }

    private void rollIfDue(int length) throws JournalException {
        try {
            long wallMs = epochClock.time();
            if (!writer.isOpen()
                    || writer.end() + length > config.segmentBytes()
                    || clock.isOlderThan(config.rollIntervalMs(), wallMs)) {
                writer.roll(clock.next(wallMs));
                segmentSync.add(clock.cycle(), writer.channel());
            }
        } catch (IOException e) {
            throw noSpace(length, e);
        }
    }

    private JournalException noSpace(int length, IOException cause) {
        hasSpace = false;
        refused = IoReason.of(cause);
        spaceCheckedNs = nanoClock.nanoTime();
        return new JournalException(
                JournalException.Reason.NO_SPACE,
                "directory=" + directory() + " length=" + length + ": " + cause,
                cause);
    }

    private void checkSpace(long now) {
        spaceCheckedNs = now;
        bytesSinceSpaceCheck = 0;
        long usable = directory().toFile().getUsableSpace(); // a FileStore would read all mounts each time
        hasSpace = usable > 0 && usable >= config.freeSpaceWatermarkBytes(); // 0, too, where it cannot be told
        refused = hasSpace ? null : refused;
    }

    /** Of the disk, while it {@linkplain #hasSpace has no space}: where, how much, and how much it takes. */
    public String shortage() {
        return directory() + ": " + directory().toFile().getUsableSpace() + " bytes are free, journal.min_free is "
                + config.freeSpaceWatermarkBytes() + " bytes"
                + (refused == null ? "" : "; a write was refused: " + refused);
    }

    private JournalException fail(String what, Throwable cause) {
        failed = true;
        return new JournalException(
                JournalException.Reason.FAILED, "directory=" + directory() + ": " + what + " failed: " + cause, cause);
    }

    private void release() {
        failed = true;
        try {
            if (segmentSync != null) {
                segmentSync.close();
            }
            if (writer != null) {
                writer.close();
            }
        } catch (IOException | RuntimeException | Error e) {
            // After a fault Chronicle may be unable to close. What is left open ends with the process; the next open
            // needs none of it.
            failed = true;
        } finally {
            segmentSync = null;
            writer = null;
        }
    }
}

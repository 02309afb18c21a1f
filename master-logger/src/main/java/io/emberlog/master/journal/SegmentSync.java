package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;

/**
 * Forces segments to the device. {@link #sync} runs on any thread but the drain's; the rest on the journal's thread.
 *
 * <p>{@code fsync} of the file, not {@code msync} of a mapping: it covers every page of the file however it was dirtied,
 * throws when the device refuses, and needs no mapping that the appender could unmap meanwhile. A channel is kept from the
 * segment's first document on, so that the kernel reports to it every write-back error since.
 */
final class SegmentSync implements AutoCloseable {
    /** The journal has let go of its files: nothing can be forced through here any more. */
    static final class ClosedException extends IOException {
        private static final long serialVersionUID = 1;

        ClosedException() {
            super("the journal was closed, or the device refused it before");
        }
    }

    private record Segment(int cycle, FileChannel channel) {}

    private final Path directory;
    private final IntConsumer onRefused;
    private final Object forceLock = new Object();
    private final Deque<Segment> dirty = new ArrayDeque<>();
    private boolean directoryDirty;
    private boolean namedByNext;
    private boolean closed;
    /** The device has refused, so that it is not asked again. */
    private boolean refused;

    private long appended;
    private volatile long synced;

    /**
     * @param synced the last document that was forced before
     * @param onRefused told, before {@link #close} can return, of the oldest segment that the device may have refused something
     *     of; so whoever opens the journal again knows
     */
    SegmentSync(Path directory, long synced, IntConsumer onRefused) {
        this.directory = directory;
        this.onRefused = onRefused;
        this.synced = synced;
        appended = synced;
    }

    /** The channel of a new segment; owned from now on. Its file gets its name with its first document. */
    synchronized void add(int cycle, FileChannel channel) {
        dirty.add(new Segment(cycle, channel));
        namedByNext = true;
    }

    /** Whether a channel is kept of a segment that is no longer written to: until the next {@link #sync}. */
    synchronized boolean holdsEnded() {
        return dirty.size() > 1;
    }

    /** A name given before the last look at the directory, and one given behind it, must both be forced with the document. */
    synchronized void appended(long index) {
        appended = index;
        directoryDirty |= namedByNext;
        namedByNext = false;
    }

    long synced() {
        return synced;
    }

    /**
     * Directory first: a file that is forced but not listed is lost all the same.
     *
     * @return the last document that is now on the device
     * @throws ClosedException nothing was forced, and nothing is known
     * @throws IOException the device refused. It is not asked again through here: it would say yes, since the kernel forgets a
     *     page that it could not write
     */
    long sync() throws IOException {
        synchronized (forceLock) {
            long upTo;
            Segment[] segments;
            int written;
            boolean listing;
            synchronized (this) {
                if (closed || refused) {
                    throw new ClosedException();
                }
                upTo = appended;
                if (upTo == synced) {
                    return upTo;
                }
                segments = dirty.toArray(new Segment[0]);
                written = namedByNext ? 2 : 1; // before the newest has a name, the one before it has no end
                listing = directoryDirty;
                directoryDirty = false;
            }
            try {
                if (listing) {
                    SegmentFiles.force(directory);
                }
                for (Segment segment : segments) {
                    segment.channel().force(true);
                }
            } catch (IOException e) {
                refused = true;
                onRefused.accept(segments[0].cycle());
                throw e;
            }
            forget(segments, segments.length - written);
            synced = upTo;
            return upTo;
        }
    }

    /** Nothing is written to these any more. */
    private void forget(Segment[] forced, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            synchronized (this) {
                dirty.remove(forced[i]);
            }
            forced[i].channel().close();
        }
    }

    /** Waits for a {@link #sync} under way. */
    @Override
    public void close() throws IOException {
        synchronized (forceLock) {
            synchronized (this) {
                closed = true;
                for (Segment segment : dirty) {
                    segment.channel().close();
                }
                dirty.clear();
            }
        }
    }
}

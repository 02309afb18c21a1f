package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Forces segments to the device. {@link #sync} runs on any thread but the drain's; the rest on the journal's thread.
 *
 * <p>{@code fsync} of the file, not {@code msync} of a mapping: it covers every page of the file however it was dirtied,
 * throws when the device refuses, and needs no mapping that the appender could unmap meanwhile. A channel is kept from the
 * segment's first document on, so that the kernel reports to it every write-back error since.
 */
final class SegmentSync implements AutoCloseable {
    private final Path directory;
    private final Object forceLock = new Object();
    private final Deque<FileChannel> dirty = new ArrayDeque<>();
    private boolean directoryDirty;
    private long appended;
    private volatile long synced;

    /** @param synced the last document that was forced before */
    SegmentSync(Path directory, long synced) {
        this.directory = directory;
        this.synced = synced;
        appended = synced;
    }

    /** The channel of a new segment; owned from now on. */
    synchronized void add(FileChannel segment) {
        dirty.add(segment);
        directoryDirty = true;
    }

    /** Whether a channel is kept of a segment that is no longer written to: until the next {@link #sync}. */
    synchronized boolean holdsEnded() {
        return dirty.size() > 1;
    }

    synchronized void appended(long index) {
        appended = index;
    }

    long synced() {
        return synced;
    }

    /**
     * Directory first: a file that is forced but not listed is lost all the same.
     *
     * @return the last document that is now on the device
     */
    long sync() throws IOException {
        synchronized (forceLock) {
            long upTo;
            FileChannel[] channels;
            boolean listing;
            synchronized (this) {
                upTo = appended;
                channels = dirty.toArray(new FileChannel[0]);
                listing = directoryDirty;
                directoryDirty = false;
            }
            if (upTo == synced) {
                return upTo;
            }
            if (listing) {
                SegmentFiles.force(directory);
            }
            for (FileChannel channel : channels) {
                channel.force(true);
            }
            forgetAllBut(channels);
            synced = upTo;
            return upTo;
        }
    }

    /** The newest of those forced is still being written to. */
    private void forgetAllBut(FileChannel[] forced) throws IOException {
        for (int i = 0; i < forced.length - 1; i++) {
            synchronized (this) {
                dirty.remove(forced[i]);
            }
            forced[i].close();
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (forceLock) {
            synchronized (this) {
                for (FileChannel channel : dirty) {
                    channel.close();
                }
                dirty.clear();
            }
        }
    }
}

package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.NavigableMap;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.BinaryWireCode;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
import net.openhft.chronicle.wire.Wires;

/**
 * Writes documents through Chronicle into one segment after the other. For the
 * journal's thread only; {@link Journal} decides when to roll and what a failure means.
 */
final class SegmentWriter implements AutoCloseable {
    /** The disk took nothing, and nothing was changed. */
    static final class NoSpaceException extends IOException {
        private static final long serialVersionUID = 1L;

        NoSpaceException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Opens the file of a new segment: a seam, so that a test can let its disk refuse, or stop in the middle of it. */
    @FunctionalInterface
    interface Opener {
        FileChannel open(Path file, OpenOption... options) throws IOException;
    }

    /** Beside a document: its header word and field, the file's own header, and two index arrays of 16 KiB that may come first. */
    private static final long AROUND_A_DOCUMENT = 40 << 10;

    private static final long MIN_ALLOCATION = 256 << 10;
    /** So many bytes of zeros more at a time where documents are small; a larger one is written over them, so they help it little. */
    private static final long AHEAD = 64 << 10;

    /** The largest there is: a store into a mapping needs the blocks of its whole page. */
    private static final int PAGE = 64 << 10;
    /** Name, length and type of the field that the document is. */
    private static final int MAX_HEAD = 64;

    private final Path directory;
    private final SegmentClock clock;
    private final Opener opener;
    private static final int LOOKS = 3;

    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final byte[] head = new byte[MAX_HEAD];
    private FileChannel channel;
    private long allocated;
    private long end;
    /** Of the file; Chronicle makes it longer, and nobody shorter. */
    private long size;

    SegmentWriter(Path directory, SegmentClock clock, Opener opener) {
        this.directory = directory;
        this.clock = clock;
        this.opener = opener;
        queue = ChronicleQueues.openForWriting(directory, clock);
        appender = queue.createAppender();
        appender.singleThreadedCheckDisabled(true);
    }

    /** Bytes of the current segment in use; 0 before the first {@link #roll}. */
    long end() {
        return end;
    }

    boolean isOpen() {
        return channel != null;
    }

    /** Of the current segment; stays open for {@link SegmentSync}, which closes it. */
    FileChannel channel() {
        return channel;
    }

    /** Makes the blocks of a new segment, and the segment the current one; Chronicle begins it with the next document. */
    void roll(int cycle) throws IOException {
        Path file = SegmentFiles.path(directory, cycle);
        Path precreated = SegmentFiles.precreated(file);
        FileChannel next = opener.open(
                precreated,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            SegmentFiles.allocate(next, 0, MIN_ALLOCATION);
        } catch (IOException e) {
            next.close();
            Files.deleteIfExists(precreated);
            throw e;
        }
        channel = next;
        allocated = MIN_ALLOCATION;
        end = 0;
        size = 0;
        clock.roll(cycle);
    }

    /**
     * Writes, publishes, and looks whether it was published. Chronicle's mapping writes what stands around the document, on
     * blocks that are there before; the document itself goes through the channel, which takes a megabyte in one call where the
     * mapping takes a fault a page, allocates on the way, and says what went wrong.
     *
     * @return the document's index
     * @throws NoSpaceException when the disk has no room; the segment is as it was before
     * @throws IOException if the file did not take it, or holds something else in front of it
     */
    long write(byte[] document, int length) throws IOException {
        long now = channel.size();
        if (now < size) {
            throw new IOException("segment " + clock.cycle() + " was cut from " + size + " to " + now + " bytes");
        }
        DocumentContext context = appender.writingDocument();
        Bytes<?> bytes = context.wire().bytes();
        long start = bytes.writePosition();
        boolean complete = false;
        try {
            beginField(context.wire(), length);
            long body = bytes.writePosition();
            writeBody(document, length, body);
            bytes.writePosition(body + length);
            end = body + length;
            checkHead(bytes, start, (int) (body - start));
            complete = true;
        } finally {
            if (!complete) {
                context.rollbackOnClose();
            }
            context.close();
        }
        int header = bytes.readVolatileInt(start - Wires.SPB_HEADER_SIZE);
        if (!Wires.isReadyData(header)) {
            throw new IOException("document at " + start + " of segment " + clock.cycle() + " was not published");
        }
        size = channel.size();
        return appender.lastIndexAppended();
    }

    /** With blocks behind it, for what Chronicle writes around it and the next one. */
    private void writeBody(byte[] document, int length, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(document, 0, length);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes, position + bytes.position());
            }
            long needed = position + length + AROUND_A_DOCUMENT;
            if (needed > allocated) {
                long to = needed + (length < AHEAD ? AHEAD : 0) + PAGE - 1 & -PAGE;
                SegmentFiles.allocate(channel, Math.max(allocated, position + length), to);
                allocated = to;
            }
        } catch (IOException e) {
            // zeros are what Chronicle expects behind the last document, and these blocks are there
            SegmentFiles.allocate(channel, position, position + bytes.position());
            throw new NoSpaceException(e);
        }
    }

    /** What the mapping holds in front of the document must be in the channel's file: a mapping can be cut off from it. */
    private void checkHead(Bytes<?> bytes, long start, int length) throws IOException {
        ByteBuffer there = ByteBuffer.wrap(head, 0, length);
        while (there.hasRemaining() && channel.read(there, start + there.position()) > 0) {
            continue;
        }
        for (int i = 0; i < length; i++) {
            if (there.hasRemaining() || head[i] != bytes.readByte(start + i)) {
                throw new IOException(
                        "document at " + start + " of segment " + clock.cycle() + " did not reach the file");
            }
        }
    }

    /** Tells readers of the files that were deleted. Any thread. */
    void refreshListing() {
        queue.refreshDirectoryListing();
    }

    /**
     * Chronicle lists the directory with {@link java.io.File#list}, which takes a read that fails for the end: then it knows of no
     * newer segment, and what reads by its listing, a recovery too, ends in front of it.
     *
     * @param segments what is there
     * @throws IOException if Chronicle still lists anything else at the third look
     */
    void checkListing(NavigableMap<Integer, Path> segments) throws IOException {
        for (int look = 1; !segments.isEmpty() && !isListed(segments); look++) {
            if (look == LOOKS) {
                throw new IOException(directory + " has segments "
                        + segments.firstEntry().getValue().getFileName() + " to "
                        + segments.lastEntry().getValue().getFileName() + " and was listed with others");
            }
            queue.refreshDirectoryListing();
        }
    }

    private boolean isListed(NavigableMap<Integer, Path> segments) {
        return queue.firstCycle() == segments.firstKey() && queue.lastCycle() == segments.lastKey();
    }

    @Override
    public void close() {
        queue.close();
    }

    /** What {@code ValueOut.bytes(byte[])} writes in front of the bytes. */
    private static void beginField(Wire wire, int length) {
        wire.write(ChronicleQueues.FIELD).writeLength(Byte.BYTES + length);
        wire.bytes().writeUnsignedByte(BinaryWireCode.U8_ARRAY);
    }
}

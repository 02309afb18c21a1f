package io.emberlog.master.journal;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.NavigableMap;
import java.util.TreeMap;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import net.openhft.chronicle.queue.impl.single.PrecreatedFiles;

/**
 * The segment files of a journal as files: names, allocation, sealing. Uses channels only, never a mapping, so a full disk or a
 * short file is an {@link IOException}.
 *
 * <p>A segment is a chain of blocks, each with a header word, little-endian, aligned to 4:
 *
 * <pre>
 *  bit 31 not complete | bit 30 not data | 29-0 length of what follows
 *  0                    nothing here yet
 *  0xC0000000           the end: readers go on to the next segment
 * </pre>
 */
final class SegmentFiles {
    private static final String SUFFIX = ".cq4";
    private static final String BROKEN_SUFFIX = ".broken";
    private static final int NOT_COMPLETE = 1 << 31;
    private static final int NOT_DATA = 1 << 30;
    private static final int LENGTH_MASK = (1 << 30) - 1;
    private static final int END_OF_SEGMENT = 0xC000_0000;
    /** What st_blocks counts in, whatever the file system's own block is. */
    private static final int STAT_BLOCK = 512;

    private static final int WINDOW = 64 << 10;
    /** That of {@link ChronicleQueues#ROLL_CYCLE}, written out: naming files must not load Chronicle into a tool. */
    static final String NAME_PATTERN = "yyyyMMdd-HHmm'V'";

    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern(NAME_PATTERN);
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(256 << 10).asReadOnlyBuffer();

    private SegmentFiles() {}

    static Path path(Path directory, int cycle) {
        Instant start = Instant.ofEpochMilli(cycle * SegmentClock.CYCLE_MS);
        return directory.resolve(NAME.format(start.atOffset(ZoneOffset.UTC)) + SUFFIX);
    }

    /** Cycle to file, oldest first. Files of other names are left out. */
    static NavigableMap<Integer, Path> list(Path directory) throws IOException {
        NavigableMap<Integer, Path> files = new TreeMap<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : stream) {
                String name = file.getFileName().toString();
                try {
                    LocalDateTime start = LocalDateTime.parse(name.substring(0, name.length() - SUFFIX.length()), NAME);
                    files.put((int) (start.toInstant(ZoneOffset.UTC).toEpochMilli() / SegmentClock.CYCLE_MS), file);
                } catch (DateTimeException e) {
                    // Not one of ours: whoever put it here knows why.
                    continue;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }

    /** Where Chronicle looks for a file to rename before it makes one itself. */
    static Path precreated(Path file) {
        File chronicles = PrecreatedFiles.preCreatedFile(file.toFile());
        return chronicles.toPath();
    }

    static void deletePrecreated(Path directory) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "*.precreated")) {
            for (Path file : stream) {
                Files.deleteIfExists(file);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    static NavigableMap<String, Path> listBroken(Path directory) throws IOException {
        NavigableMap<String, Path> files = new TreeMap<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "*" + BROKEN_SUFFIX)) {
            for (Path file : stream) {
                files.put(file.getFileName().toString(), file);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return files;
    }

    /** Keeps the evidence under a name that Chronicle does not look at. */
    static Path setAside(Path file) throws IOException {
        Path broken = file.resolveSibling(file.getFileName() + BROKEN_SUFFIX);
        return Files.move(file, broken, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes zeros where nothing has been written yet, so that the disk's blocks are there before a mapping needs them. */
    static void allocate(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer zeros = ZEROS.duplicate();
        long position = from;
        while (position < to) {
            zeros.position(0).limit((int) Math.min(zeros.capacity(), to - position));
            position += channel.write(zeros, position);
        }
    }

    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** @param rewrite store every byte once more before, so that the kernel sees pages to write */
    static void force(Path file, boolean rewrite) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (rewrite) {
                rewrite(channel, new Blocks(channel).end() + Integer.BYTES);
            }
            channel.force(true);
        }
    }

    private static void rewrite(FileChannel channel, long to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(WINDOW);
        for (long position = 0; position < to; position += buffer.limit()) {
            buffer.clear().limit((int) Math.min(WINDOW, to - position));
            if (channel.read(buffer, position) <= 0) {
                return;
            }
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer, position + buffer.position());
            }
        }
    }

    /**
     * Puts an end behind the last complete block, unless there is one. A header of an impossible length is left as it is, for it
     * is damage to a block that was complete: readers go on in the next segment.
     *
     * @return what was wrong there; null if nothing was: the segment had its end, or nothing behind the last block, as every one
     *     that a master was writing when it ended, in order or by a kill between two documents
     */
    static String seal(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Blocks blocks = new Blocks(channel);
            long end = blocks.end();
            int header = blocks.headerAt(end);
            if (header == END_OF_SEGMENT) {
                return null;
            }
            if (header > 0) {
                return String.format("left as it is at %d, header there is %08x", end, header);
            }
            ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            word.putInt(0, END_OF_SEGMENT);
            while (word.hasRemaining()) {
                channel.write(word, end + word.position());
            }
            channel.force(true);
            return header == 0
                    ? null
                    : String.format("a document that was being written at %d (header %08x) is cut off", end, header);
        }
    }

    /** Documents in front of a header of impossible length, or {@code Long.MAX_VALUE} if there is none such. */
    static long documentsBeforeDamage(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Blocks blocks = new Blocks(channel);
            return blocks.headerAt(blocks.end()) > 0 ? blocks.documents : Long.MAX_VALUE;
        }
    }

    /** Whether Chronicle got as far as to publish the file's first block; without it there is no document in the file. */
    static boolean isBegun(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int header = new Blocks(channel).headerAt(0);
            return header != 0 && (header & NOT_COMPLETE) == 0;
        }
    }

    /** Bytes of disk the file takes, which for a sparse file is less than its length. */
    static long allocatedBytes(Path file) {
        return Native.POSIX.stat(file.toString()).blocks() * STAT_BLOCK;
    }

    /** Loaded when first asked: tools that only read do without. */
    private static final class Native {
        private static final POSIX POSIX = POSIXFactory.getNativePOSIX();
    }

    /** Reads header words through a window, since documents can be far smaller than a page. */
    private static final class Blocks {
        private final FileChannel channel;
        private final ByteBuffer window = ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN);
        private final long size;
        private long windowStart = Long.MIN_VALUE;
        private long documents;

        Blocks(FileChannel channel) throws IOException {
            this.channel = channel;
            size = channel.size();
        }

        /** Where the chain stops: at an end, at nothing, at an incomplete block, or at one that leaves the file. */
        long end() throws IOException {
            long position = 0;
            documents = 0;
            while (true) {
                int header = headerAt(position);
                int length = header & LENGTH_MASK;
                if (header == 0 || (header & NOT_COMPLETE) != 0) {
                    return position;
                }
                long next = position + Integer.BYTES + length + 3 & ~3L;
                if (next > size) {
                    return position;
                }
                documents += (header & NOT_DATA) == 0 ? 1 : 0;
                position = next;
            }
        }

        int headerAt(long position) throws IOException {
            if (position + Integer.BYTES > size) {
                return 0;
            }
            if (position < windowStart || position + Integer.BYTES > windowStart + window.limit()) {
                window.clear();
                while (window.hasRemaining() && channel.read(window, position + window.position()) > 0) {
                    continue;
                }
                window.flip();
                windowStart = position;
            }
            return window.getInt((int) (position - windowStart));
        }
    }
}

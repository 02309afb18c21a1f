package io.emberlog.master.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * One segment of a journal as bytes: finds the documents in it and copies them out. Reads through a channel, nothing
 * else; every length is checked before use and the work is bounded by the file's size. One thread.
 *
 * <p>The blocks of a segment (see {@link SegmentFiles}) that hold a document, as Chronicle's binary wire writes them:
 *
 * <pre>
 *  byte 0         4                    8                            then
 *       +---------+--------------------+----------------------------+------+----------+
 *       | header  | C3 'd' 'o' 'c'     | 80 u8, 81 u16 or 82 u32    | 8A   | document |   aligned to 4
 *       +---------+--------------------+----------------------------+------+----------+
 *   header: bits 31 and 30 zero, the length of all that follows; the number counts 8A and the document.
 * </pre>
 *
 * All other complete blocks (bit 30) are Chronicle's own index and are stepped over.
 */
final class SegmentReader implements AutoCloseable {
    /** Hears of bytes that are no document. */
    @FunctionalInterface
    interface Damage {
        void at(long position, String what);
    }

    private static final int END_OF_SEGMENT = 0xC000_0000;
    private static final int NOT_COMPLETE = 1 << 31;
    private static final int NOT_DATA = 1 << 30;
    private static final int LENGTH_MASK = NOT_DATA - 1;
    private static final int WORD = Integer.BYTES;
    private static final int FIELD = 0x636F_64C3;
    private static final int LENGTH_U8 = 0x80;
    private static final int LENGTH_U16 = 0x81;
    private static final int LENGTH_U32 = 0x82;
    private static final int BYTES = 0x8A;
    private static final int MAX_FRAMING = WORD + 1 + WORD + 1;
    private static final int MIN_FRAMING = WORD + 1 + 1 + 1;
    private static final int SHORT_READ = 4 << 10;
    private static final int LONG_READ = 1 << 20;

    /** Checksums tried in one search, in sizes of the segment: a file made to cost time must not. */
    private static final int SEARCH_EFFORT = 4;

    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer window =
            ByteBuffer.allocateDirect(LONG_READ + MAX_FRAMING + WORD).order(ByteOrder.LITTLE_ENDIAN);
    private long windowStart;
    private long size;
    private long at;
    private long soundEnd;
    private boolean ended;
    private boolean lost;
    private long documentAt;
    private int documentLength;
    private long next;
    private long[] offsets;
    private int offsetCount;
    private long chainEnd;

    SegmentReader(Path path) throws IOException {
        this.path = path;
        channel = FileChannel.open(path, StandardOpenOption.READ);
        size = channel.size();
        window.limit(0);
    }

    Path path() {
        return path;
    }

    /** Of the file, as last seen. */
    long size() {
        return size;
    }

    /** Where the next block starts. */
    long position() {
        return at;
    }

    /** The writer closed this segment, and its end was reached. */
    boolean isEnded() {
        return ended;
    }

    /** The chain of blocks is damaged here and nothing behind it could be found. */
    boolean isLost() {
        return lost;
    }

    /** Moves to the start of a block. */
    void to(long position) {
        at = position;
        ended = false;
        lost = false;
    }

    /**
     * Moves to the next document, over what is none.
     *
     * @param expectedSequence documents with lower numbers are not taken for one behind damage; -1 where unknown
     * @return false at the segment's end and where nothing more has been written yet
     */
    boolean locate(long expectedSequence, Damage damage) throws IOException {
        while (!ended && !lost) {
            int header = header();
            if (header == END_OF_SEGMENT) {
                ended = true;
            } else if (header == 0 || (header & NOT_COMPLETE) != 0) {
                return false;
            } else {
                String problem = frame(at, header);
                if (problem == null && (header & NOT_DATA) == 0) {
                    return true;
                }
                if (problem == null) {
                    at = next;
                } else {
                    damage.at(at, problem);
                    lost = !search(soundEnd, expectedSequence, damage);
                }
            }
        }
        return false;
    }

    /**
     * Looks behind the place where the chain of blocks stops: documents may lie behind pages that a power cut took.
     *
     * @return true if {@link #locate} will find one
     */
    boolean searchOn(long expectedSequence, Damage damage) throws IOException {
        return !ended && !lost && search(at + WORD, expectedSequence, damage);
    }

    /**
     * Copies the document that {@link #locate} found, and moves behind it.
     *
     * @return its length; -1 if it is not one
     */
    int load(byte[] into, JournalDocumentReader check) throws IOException {
        if (!check.wrap(into, copy(into))) {
            window.limit(0); // a live writer may have been half way through it when the window was read
            check.wrap(into, copy(into));
        }
        at = next;
        if (check.problem() == null) {
            soundEnd = next;
            return documentLength;
        }
        return -1;
    }

    /** The next document is the first one behind all that is there now. */
    void toEnd() throws IOException {
        index();
        to(chainEnd);
    }

    /** Moves in front of the document before this place; {@link #locate} finds it then. */
    boolean back() throws IOException {
        if (offsets == null) {
            index();
        }
        int i = Arrays.binarySearch(offsets, 0, offsetCount, at);
        int before = (i < 0 ? -i - 1 : i) - 1;
        if (before < 0) {
            return false;
        }
        to(offsets[before]);
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Notes where the documents are, damaged ones too. */
    private void index() throws IOException {
        long here = at;
        offsets = new long[1024];
        offsetCount = 0;
        to(0);
        while (locate(-1, (position, what) -> {})) {
            if (offsetCount == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * offsetCount);
            }
            offsets[offsetCount++] = at;
            at = next;
            soundEnd = next;
        }
        chainEnd = at;
        to(here);
    }

    /** The word at this place, read anew from the file while it says that nothing is there. */
    private int header() throws IOException {
        int header = has(at, WORD) ? window.getInt((int) (at - windowStart)) : 0;
        if (header != 0 && (header & NOT_COMPLETE) == 0) {
            return header;
        }
        return fill(at, WORD, header == 0 && at == next ? SHORT_READ : LONG_READ)
                ? window.getInt((int) (at - windowStart))
                : 0;
    }

    /** @return what breaks the rules; null if the block is sound, and {@code next} and the document's place are set */
    private String frame(long block, int header) throws IOException {
        int length = header & LENGTH_MASK;
        long end = block + WORD + length;
        if (end > size) {
            size = channel.size();
        }
        if (end > size) {
            return "block length=" + length + " leaves the file";
        }
        next = end + WORD - 1 & -WORD;
        if ((header & NOT_DATA) != 0) {
            return null;
        }
        if (length < MIN_FRAMING || length > JournalDocumentWriter.MAX_LENGTH + MAX_FRAMING) {
            return "block length=" + length + " is not that of a document";
        }
        if (!ensure(block + WORD, Math.min(length, MAX_FRAMING))) {
            return "cannot be read";
        }
        int i = (int) (block + WORD - windowStart);
        int counted = switch (window.getInt(i) == FIELD ? window.get(i + WORD) & 0xFF : 0) {
            case LENGTH_U8 -> framed(i, length, 1, window.get(i + WORD + 1) & 0xFF);
            case LENGTH_U16 -> framed(i, length, 2, window.getShort(i + WORD + 1) & 0xFFFF);
            case LENGTH_U32 -> length < MAX_FRAMING ? -1 : framed(i, length, 4, window.getInt(i + WORD + 1));
            default -> -1;
        };
        if (counted < 0) {
            return "block is not framed as a document";
        }
        documentLength = counted;
        documentAt = end - counted;
        return null;
    }

    private int framed(int i, int length, int lengthBytes, int counted) {
        int before = WORD + 1 + lengthBytes;
        return counted == length - before && (window.get(i + before) & 0xFF) == BYTES ? counted - 1 : -1;
    }

    private int copy(byte[] into) throws IOException {
        if (documentLength > into.length) {
            return -1;
        }
        if (!ensure(documentAt, documentLength)) {
            throw new EOFException(path + " became shorter while it was read");
        }
        window.get((int) (documentAt - windowStart), into, 0, documentLength);
        return documentLength;
    }

    private boolean search(long from, long expectedSequence, Damage damage) throws IOException {
        byte[] candidate = new byte[JournalDocumentWriter.MAX_LENGTH];
        JournalDocumentReader check = new JournalDocumentReader();
        size = channel.size();
        long effort = SEARCH_EFFORT * size + JournalDocumentWriter.MAX_LENGTH;
        for (long block = from; block <= size - WORD - MIN_FRAMING && ensure(block, 2 * WORD); block += WORD) {
            int i = (int) (block - windowStart);
            int header = window.getInt(i);
            if (window.getInt(i + WORD) != FIELD
                    || (header & (NOT_COMPLETE | NOT_DATA)) != 0
                    || frame(block, header) != null) {
                continue;
            }
            effort -= documentLength;
            if (effort < 0) {
                damage.at(block, "too much in it looks like a document and is none; the rest is left out");
                return false;
            }
            if (check.wrap(candidate, copy(candidate)) && check.firstSequence() >= expectedSequence) {
                at = block;
                return true;
            }
        }
        return false;
    }

    private boolean has(long position, int length) {
        return position >= windowStart && position + length <= windowStart + window.limit();
    }

    private boolean ensure(long position, int length) throws IOException {
        return has(position, length) || fill(position, length, LONG_READ);
    }

    private boolean fill(long position, int length, int wanted) throws IOException {
        window.clear().limit(Math.min(window.capacity(), Math.max(length, wanted)));
        windowStart = position;
        while (window.hasRemaining()) {
            if (channel.read(window, position + window.position()) < 0) {
                break;
            }
        }
        window.flip();
        return window.limit() >= length;
    }
}

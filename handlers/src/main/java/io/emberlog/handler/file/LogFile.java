package io.emberlog.handler.file;

import io.emberlog.handler.format.Utf8Buffer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * One open log file and the place up to which it holds what it should. Bytes behind that place (a life before this one,
 * or a write that failed half-way, left them) are compared with what comes now, and the file is cut where they first
 * differ. Equal ones are written again all the same: after a failed {@code fsync} they may be in the page cache and
 * nowhere else, marked clean, and only a write makes them go to the device. One thread.
 *
 * <p>Where records are gone from the journal, their lines are nowhere but behind that place. Then nothing is cut in front of
 * the lines that come now: they are looked for, and where they are not, the file goes on at its end.
 *
 * <pre>
 *   0                     position                 unverifiedEnd
 *   +---------------------+------------------------+
 *   | as it should be     | to be compared, or cut |
 *   +---------------------+------------------------+
 * </pre>
 */
final class LogFile implements Closeable {
    private static final int TAIL_LENGTH = 4096;
    private static final int WINDOW = 64 * 1024;
    private static final byte[] LINE_END = {'\n'};

    private final String key;
    /** Null while suspended. */
    private FileOps.OpenFile file;

    private final Consumer<String> meddling;
    /** Null once it was asked. */
    private BooleanSupplier recordsAreMissing;

    private long position;
    private long unverifiedEnd;

    /** The last write failed: what stands behind the position may be ours. */
    private boolean writeFailed;

    /** What stands before the position is another's and does not end its line. */
    private boolean lineOpen;

    /** @param meddling told when somebody else changed the file */
    private LogFile(FileOps.OpenFile file, long position, long end, Consumer<String> meddling) {
        this.file = file;
        this.key = file.key();
        this.position = position;
        this.unverifiedEnd = end;
        this.meddling = meddling;
    }

    /** To go on behind what is there. */
    static LogFile atEnd(FileOps.OpenFile file, Consumer<String> meddling) throws IOException {
        LogFile log = new LogFile(file, 0, 0, meddling);
        log.moveTo(file.size());
        return log;
    }

    /**
     * To go on at that place; what stands behind it is compared.
     *
     * @param recordsAreMissing asked at the first write, whether what comes now does not follow what came before
     */
    static LogFile at(
            FileOps.OpenFile file, long position, BooleanSupplier recordsAreMissing, Consumer<String> meddling)
            throws IOException {
        LogFile log = new LogFile(file, position, file.size(), meddling);
        log.recordsAreMissing = recordsAreMissing;
        return log;
    }

    /** CRC32C of the last 4 KiB before {@code length}; -1 when the file is shorter than that. */
    static long tailCrc(FileOps.OpenFile file, long length) throws IOException {
        if (file.size() < length) {
            return -1;
        }
        byte[] tail = new byte[(int) Math.min(TAIL_LENGTH, length)];
        readFully(file, tail, length - tail.length);
        CRC32C crc = new CRC32C();
        crc.update(tail, 0, tail.length);
        return crc.getValue();
    }

    String key() {
        return key;
    }

    /** Bytes up to here are as they should be. */
    long position() {
        return position;
    }

    /** Bytes from the position up to here are to be compared; none when it is not above the position. */
    long unverifiedEnd() {
        return unverifiedEnd;
    }

    long tailCrc() throws IOException {
        long crc = tailCrc(file, position);
        if (crc < 0) {
            throw new IOException("file is shorter than position=" + position);
        }
        return crc;
    }

    /** Writes all; what is written leaves the buffer, also when the rest fails. */
    void write(Utf8Buffer lines) throws IOException {
        meet(file.size());
        endLine();
        if (position < unverifiedEnd) {
            if (recordsAreMissing != null && recordsAreMissing.getAsBoolean()) {
                skipMissing(lines);
            }
            if (position < unverifiedEnd) {
                compare(lines);
            }
        }
        recordsAreMissing = null;
        ByteBuffer bytes = ByteBuffer.wrap(lines.bytes(), 0, lines.length());
        writeFailed = true;
        try {
            while (bytes.hasRemaining()) {
                position += file.write(bytes, position);
            }
            writeFailed = false;
        } finally {
            lines.discard(bytes.position());
        }
    }

    /** To be called before the place is told, for others may have cut the file. */
    void meet() throws IOException {
        meet(file.size());
    }

    /** Compares the file's size with what it should be: others may have cut it or added to it. */
    private void meet(long size) throws IOException {
        if (size < position) {
            meddling.accept("cut from " + position + " to " + size + " bytes by somebody else; going on at its end");
            moveTo(size);
        } else if (size > Math.max(position, unverifiedEnd) && !writeFailed && position >= unverifiedEnd) {
            meddling.accept("grown from " + position + " to " + size + " bytes by somebody else; going on at its end");
            moveTo(size);
        } else {
            unverifiedEnd = size;
        }
    }

    private void moveTo(long end) throws IOException {
        byte[] last = new byte[(int) Math.min(1, end)];
        readFully(file, last, end - last.length);
        position = end;
        unverifiedEnd = end;
        lineOpen = end > 0 && last[0] != '\n';
    }

    /** Goes on where these lines begin, or the first of them; else at the end. */
    private void skipMissing(Utf8Buffer lines) throws IOException {
        long place = find(lines, lines.length());
        if (place < 0) {
            int firstLine = 1;
            while (firstLine < lines.length() && lines.bytes()[firstLine - 1] != '\n') {
                firstLine++;
            }
            place = find(lines, firstLine);
        }
        long kept = (place < 0 ? unverifiedEnd : place) - position;
        if (kept > 0) {
            meddling.accept("kept with the " + kept + " bytes of records that are gone from the journal");
        }
        if (place >= 0) {
            position = place;
        } else {
            moveTo(unverifiedEnd);
            endLine();
        }
    }

    /** Last place behind the position where a line starts with so many of these bytes, or with what the file has of them. */
    private long find(Utf8Buffer lines, int wanted) throws IOException {
        long found = -1;
        boolean lineStart = true;
        for (long from = position; from < unverifiedEnd; from += WINDOW) {
            byte[] there = new byte[(int) Math.min(unverifiedEnd - from, (long) WINDOW + wanted)];
            readFully(file, there, from);
            for (int i = 0; i < Math.min(WINDOW, there.length); i++) {
                int length = Math.min(wanted, there.length - i);
                if (lineStart && Arrays.equals(there, i, i + length, lines.bytes(), 0, length)) {
                    found = from + i;
                }
                lineStart = there[i] == '\n';
            }
        }
        return found;
    }

    private void endLine() throws IOException {
        if (lineOpen) {
            file.write(ByteBuffer.wrap(LINE_END), position);
            position++;
            lineOpen = false;
        }
    }

    private void compare(Utf8Buffer lines) throws IOException {
        byte[] there = new byte[(int) Math.min(unverifiedEnd - position, lines.length())];
        readFully(file, there, position);
        int same = Arrays.mismatch(there, 0, there.length, lines.bytes(), 0, there.length);
        if (same >= 0) {
            file.truncate(position + same);
            unverifiedEnd = position + same;
        }
    }

    void force() throws IOException {
        file.force();
    }

    boolean isOpen() {
        return file != null;
    }

    /** Closes the file and keeps the place. */
    void suspend() throws IOException {
        FileOps.OpenFile old = file;
        file = null;
        old.close();
    }

    /** Goes on where {@link #suspend} left it. */
    void resume(FileOps.OpenFile opened) {
        file = opened;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private static void readFully(FileOps.OpenFile file, byte[] into, long from) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, from + buffer.position()) < 0) {
                throw new IOException("file became shorter than " + (from + into.length) + " bytes while it was read");
            }
        }
    }
}

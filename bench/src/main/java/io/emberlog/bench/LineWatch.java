package io.emberlog.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Looks for a line in what is appended to a file from now on, or to one that takes its name. */
final class LineWatch {
    /** The tail of the file that surely holds the last line. */
    private static final int TAIL = 4096;

    private static final int CHUNK = 1 << 16;

    private final Path file;
    private final boolean last;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    /** The file that {@link #position} is in; null while there is none. */
    private Object key;

    private long position;
    /** What was read of a line that is not complete yet. */
    private String begun = "";

    /**
     * @param file need not be there yet
     * @param last the line will be the last one, so that there is no need to read all that is appended before
     */
    LineWatch(Path file, boolean last) throws IOException {
        this.file = file;
        this.last = last;
        if (Files.exists(file)) {
            key = key();
            position = Files.size(file);
        }
    }

    /** Whether a whole line with this text has been appended. */
    boolean sees(String text) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try {
            Object now = key();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return now.equals(key()) && sees(text, channel, now);
            }
        } catch (NoSuchFileException e) {
            return false; // it is being rotated
        }
    }

    private boolean sees(String text, FileChannel channel, Object now) throws IOException {
        if (!now.equals(key)) {
            key = now;
            position = 0;
            begun = "";
        }
        if (last && channel.size() - position > TAIL) {
            position = channel.size() - TAIL;
            begun = "";
        }
        for (int count = read(channel); count > 0; count = read(channel)) {
            String seen = begun + StandardCharsets.ISO_8859_1.decode(chunk.flip());
            int at = seen.indexOf(text);
            if (at >= 0 && seen.indexOf('\n', at) >= 0) {
                return true;
            }
            begun = seen.substring(seen.lastIndexOf('\n') + 1);
        }
        return false;
    }

    private int read(FileChannel channel) throws IOException {
        int count = channel.read(chunk.clear(), position);
        position += Math.max(0, count);
        return count;
    }

    private Object key() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}

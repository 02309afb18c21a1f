package io.emberlog.master.fanout;

import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;

/**
 * Records that a handler will never take, put aside in {@code <state>/dead-letters/<handler>.jsonl}: one JSON object a line, ASCII,
 * with what an operator looks for and, as {@code entry}, the whole record as its worker encoded it, in base64. {@code emberlog replay}
 * reads them ({@code DeadLetterReader}). The handler's thread only.
 *
 * <p>A line is on the device before a checkpoint passes its record. After a crash a record may stand here twice, with the same {@code
 * id}; a line that the crash, or a full disk, cut off is ended first. The file may be moved away at any time: the next record makes a
 * new one; beyond 64 MiB nothing is added, and {@link AsideRecords} waits for that.
 */
final class DeadLetters implements AutoCloseable {
    static final long MAX_FILE_LENGTH = 64 << 20;

    private static final int MAX_MESSAGE_LENGTH = 1_000;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path directory;
    private final Path file;
    private FileChannel channel;
    /** Of the file that is open. */
    private Object key;

    private boolean dirty;
    /** Lines may be gone, and no later force brings them back. */
    private boolean broken;

    DeadLetters(Path stateDirectory, String handler) {
        directory = stateDirectory.resolve("dead-letters");
        file = directory.resolve(SafeName.of(handler) + ".jsonl");
    }

    Path file() {
        return file;
    }

    /**
     * @param reason why it was not taken
     * @throws HandlerRestartException as {@link #force}
     * @throws IOException it was not put aside
     */
    void add(LogRecord record, String reason) throws IOException {
        byte[] line = line(record, reason).getBytes(StandardCharsets.US_ASCII);
        if (channel != null && !isThere()) {
            force();
            close();
        }
        if (channel == null) {
            open();
        }
        if (channel.size() + line.length > MAX_FILE_LENGTH) {
            throw new IOException(file + " has reached " + MAX_FILE_LENGTH + " bytes; move it away to keep more");
        }
        dirty = true;
        long length = channel.size();
        try {
            endLine(length);
            write(line);
        } catch (IOException e) {
            cutBack(length);
            throw e;
        }
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** What a full disk took of a line is a finding for whoever reads the file, and there would be one for each try. */
    private void cutBack(long length) {
        try {
            channel.truncate(length);
        } catch (IOException e) {
            return; // then the next line ends it
        }
    }

    /**
     * Brings what was added to the device.
     *
     * @throws HandlerRestartException it may not be there, now and until this is closed: the kernel drops what it could not write
     */
    void force() throws HandlerRestartException {
        if (!dirty && !broken) {
            return;
        }
        try {
            if (broken) {
                throw new IOException("could not be forced before");
            }
            channel.force(true);
            dirty = false;
        } catch (IOException e) {
            broken = true;
            throw new HandlerRestartException("what was put aside in " + file + " may not be on the device", e);
        }
    }

    @Override
    public void close() throws IOException {
        dirty = false; // no checkpoint has passed those records, so they come again
        broken = false;
        if (channel != null) {
            FileChannel closing = channel;
            channel = null;
            closing.close();
        }
    }

    private void open() throws IOException {
        StateDirectories.create(directory);
        FileChannel opened = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE), OWNER_ONLY);
        try {
            key = keyOfFile();
            CheckpointFiles.REAL.forceDirectory(directory);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        channel = opened;
    }

    /** Goes to the end of the file, and ends the line there that a crash or a full disk has cut off. */
    private void endLine(long length) throws IOException {
        channel.position(length);
        ByteBuffer last = ByteBuffer.allocate(1);
        if (length > 0 && channel.read(last, length - 1) == 1 && last.get(0) != '\n') {
            write(new byte[] {'\n'});
        }
    }

    /** Whether the file that is open is still the one of this name. */
    private boolean isThere() throws IOException {
        try {
            return Objects.equals(key, keyOfFile());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private Object keyOfFile() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static String line(LogRecord record, String reason) {
        EntryDecoder entry = record.entry();
        byte[] bytes = new byte[entry.length()];
        System.arraycopy(entry.buffer(), entry.offset(), bytes, 0, bytes.length);
        StringBuilder json = new StringBuilder(bytes.length * 2 + 512);
        json.append("{\"id\":");
        quote(json, record.id());
        json.append(",\"sequence\":").append(record.sequence());
        json.append(",\"timestamp_ns\":").append(entry.timestampNs());
        json.append(",\"reason\":");
        quote(json, reason);
        json.append(",\"worker\":");
        quote(json, record.worker().name());
        json.append(",\"pid\":").append(record.worker().pid());
        json.append(",\"host\":");
        quote(json, record.worker().host());
        json.append(",\"process\":");
        quote(json, record.worker().process());
        json.append(",\"service\":");
        quote(json, record.worker().service());
        json.append(",\"level\":");
        quote(json, entry.levelName());
        json.append(",\"severity\":").append(entry.severity());
        json.append(",\"logger\":");
        quote(json, entry.text(MessageDescriptor.LOGGER));
        json.append(",\"template\":");
        quote(json, entry.text(MessageDescriptor.TEMPLATE));
        json.append(",\"entry\":\"").append(Base64.getEncoder().encodeToString(bytes));
        return json.append("\"}\n").toString();
    }

    private static void quote(StringBuilder json, String text) {
        if (text == null) {
            json.append("null");
            return;
        }
        json.append('"');
        for (int i = 0; i < Math.min(text.length(), MAX_MESSAGE_LENGTH); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                json.append(c);
            } else {
                json.append(String.format("\\u%04x", (int) c));
            }
        }
        json.append('"');
    }
}

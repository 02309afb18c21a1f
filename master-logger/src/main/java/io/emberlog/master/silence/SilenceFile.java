package io.emberlog.master.silence;

import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.master.state.StateText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The silences of a channel, {@code silences} in its state directory: UTF-8, version 1, whole or not there.
 *
 * <pre>
 *  emberlog silences 1
 *  next 3                                       id of the next one
 *  1 FROM UNTIL HANDLER EXPRESSION REASON       a line each, parts separated by tabs; times in nanoseconds since the epoch;
 *  2 ...                                        in texts \t \n \r \\ for what would end a part
 *  crc32c 0a1b2c3d                              of all before it
 * </pre>
 *
 * It is replaced by a rename, so that a reader sees the old one or the new one, whatever dies when:
 *
 * <pre>
 *  Q1  .tmp written, in part or whole   the old silences      the next change writes .tmp anew
 *  Q2  renamed                          the new (after a power cut either)
 *  Q3  directory forced                 the new
 * </pre>
 */
public final class SilenceFile {
    /** So many may be there at once, those included that are over and not yet cleared away. */
    public static final int MAX_SILENCES = 32;

    private static final int VERSION = 1;
    private static final String HEAD = "emberlog silences ";
    private static final int MAX_BYTES = 512 << 10;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private SilenceFile() {}

    /**
     * What is in the file.
     *
     * @param nextId that the next silence will get
     */
    public record Content(long nextId, List<Silence> silences) {
        static final Content EMPTY = new Content(1, List.of());

        public Content {
            silences = List.copyOf(silences);
        }
    }

    static Path in(Path stateDirectory) {
        return stateDirectory.resolve("silences");
    }

    /**
     * Any process, at any time.
     *
     * @throws IOException it is there and cannot be read, or is broken
     */
    public static Content read(Path stateDirectory) throws IOException {
        Path file = in(stateDirectory);
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES + 1);
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // to the end of the file, or of the buffer
            }
        } catch (NoSuchFileException e) {
            return Content.EMPTY;
        }
        try {
            return decode(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage() + "; remove it, and the silences with it", e);
        }
    }

    /**
     * Changes it, one process after the other; on the device when this returns.
     *
     * @param change of what is there
     * @return what is there now
     */
    public static Content update(Path stateDirectory, UnaryOperator<Content> change) throws IOException {
        Path lock = stateDirectory.resolve("silences.lock");
        try (FileChannel channel = FileChannel.open(
                lock,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                OWNER_ONLY)) {
            own(lock, stateDirectory);
            channel.lock(); // until the channel is closed
            Content next = change.apply(read(stateDirectory));
            write(stateDirectory, next);
            return next;
        }
    }

    private static void write(Path stateDirectory, Content content) throws IOException {
        Path file = in(stateDirectory);
        Path temp = stateDirectory.resolve("silences.tmp");
        Files.deleteIfExists(temp);
        try (FileChannel channel = FileChannel.open(
                temp,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                OWNER_ONLY)) {
            ByteBuffer rest = ByteBuffer.wrap(encode(content).getBytes(StandardCharsets.UTF_8));
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        own(temp, stateDirectory);
        Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel listing = FileChannel.open(stateDirectory, StandardOpenOption.READ)) {
            listing.force(true);
        }
    }

    /** What root makes belongs to the user whose master is to read it. */
    private static void own(Path file, Path stateDirectory) throws IOException {
        UserPrincipal owner = Files.getOwner(stateDirectory);
        if (!owner.equals(Files.getOwner(file, LinkOption.NOFOLLOW_LINKS))) {
            Files.setAttribute(file, "posix:owner", owner, LinkOption.NOFOLLOW_LINKS);
        }
    }

    static String encode(Content content) {
        StringBuilder out = new StringBuilder(HEAD).append(VERSION).append('\n');
        out.append("next ").append(content.nextId()).append('\n');
        for (Silence silence : content.silences()) {
            out.append(silence.id()).append('\t').append(silence.fromEpochNs());
            out.append('\t').append(silence.untilEpochNs());
            out.append('\t').append(StateText.escaped(silence.handler()));
            out.append('\t').append(StateText.escaped(silence.expression().toString()));
            out.append('\t').append(StateText.escaped(silence.reason())).append('\n');
        }
        return StateText.sealed(out.toString());
    }

    static Content decode(String text) {
        String[] lines = StateText.opened(text)
                .orElseThrow(() -> new IllegalArgumentException("is cut or damaged: its checksum is missing or wrong"))
                .split("\n");
        if (!lines[0].equals(HEAD + VERSION)) {
            throw new IllegalArgumentException("begins with another line than \"" + HEAD + VERSION + "\"");
        }
        if (lines.length < 2 || !lines[1].startsWith("next ") || lines.length - 2 > MAX_SILENCES) {
            throw new IllegalArgumentException(
                    "lacks its second line, or holds more than " + MAX_SILENCES + " silences");
        }
        List<Silence> silences = new ArrayList<>();
        for (int i = 2; i < lines.length; i++) {
            String[] parts = lines[i].split("\t", -1);
            if (parts.length != 6) {
                throw new IllegalArgumentException("line " + (i + 1) + " has " + parts.length + " parts, not 6");
            }
            silences.add(new Silence(
                    Long.parseLong(parts[0]),
                    FilterExpression.parse(StateText.unescaped(parts[4])),
                    StateText.unescaped(parts[3]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    StateText.unescaped(parts[5])));
        }
        return new Content(Long.parseLong(lines[1].substring("next ".length())), silences);
    }
}

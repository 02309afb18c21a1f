package io.emberlog.master.metrics;

import io.emberlog.master.fanout.HandlerStatus;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps {@link MetricsFile} up to date. One thread. It is written where it stands, in one write, and never forced: renaming a new one
 * over it each second would cost the device each time, and what is lost with the machine is about a master that is gone, too. While no
 * figure changes nothing is written.
 *
 * <pre>
 *  the process dies                  the file then                   whoever reads it
 *  M1  inside the write              bytes of two moments            sees it by the checksum, and does without
 *  M2  after it, or between writes   the figures of a master that    sees it by the master's lock file, and does without
 *                                    has ended
 * </pre>
 */
public final class MetricsWriter {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final long pid;
    private final String start;
    private final Consumer<String> troubles;
    private String written = "";
    private String trouble = "";

    /**
     * @param pid of the master
     * @param start of the master, as it says in its lock file
     * @param troubles hears, once, why the file cannot be written; it is tried again at each turn
     */
    public MetricsWriter(Path stateDirectory, long pid, String start, Consumer<String> troubles) {
        file = MetricsFile.in(stateDirectory);
        this.pid = pid;
        this.start = start;
        this.troubles = troubles;
    }

    public void publish(List<HandlerStatus> handlers) {
        String text = MetricsFile.encode(pid, start, handlers);
        if (text.equals(written)) {
            return;
        }
        try {
            write(text.getBytes(StandardCharsets.UTF_8));
            written = text;
            trouble = "";
        } catch (IOException e) {
            written = "";
            if (!trouble.equals(e.toString())) {
                trouble = e.toString();
                troubles.accept("handlers' figures cannot be told to other processes: " + IoReason.of(e));
            }
        }
    }

    private void write(byte[] text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                OWNER_ONLY)) {
            long before = Math.min(MetricsFile.MAX_BYTES, channel.size());
            byte[] whole = Arrays.copyOf(text, (int) Math.max(text.length, before));
            Arrays.fill(whole, text.length, whole.length, (byte) '\n'); // over the rest of a longer one
            ByteBuffer rest = ByteBuffer.wrap(whole);
            while (rest.hasRemaining()) {
                channel.write(rest, rest.position());
            }
        }
    }
}

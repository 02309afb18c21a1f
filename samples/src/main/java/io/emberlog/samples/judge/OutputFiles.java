package io.emberlog.samples.judge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** An output and what it was before it was rotated: {@code path.1}, {@code path.2}, ..., {@code path}. */
public final class OutputFiles {
    /** Receives one line without its line end; the array is used again. */
    @FunctionalInterface
    public interface LineConsumer {
        void accept(byte[] line, int length) throws IOException;
    }

    private static final int CHUNK = 1 << 20;

    private OutputFiles() {}

    /** In the order in which they were written; without those that are not there. */
    public static List<Path> of(Path path) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(path.toAbsolutePath().getParent())) {
            String prefix = path.getFileName() + ".";
            try (Stream<Path> siblings = Files.list(path.toAbsolutePath().getParent())) {
                siblings.filter(file -> file.getFileName().toString().startsWith(prefix))
                        .filter(file -> number(file, prefix) > 0)
                        .sorted(Comparator.comparingLong(file -> number(file, prefix)))
                        .forEach(files::add);
            }
        }
        if (Files.exists(path)) {
            files.add(path);
        }
        return files;
    }

    /**
     * Hands over every whole line from an offset on.
     *
     * @param offset where a line begins
     * @return where the line begins that is not whole yet: the file's end, or before it
     */
    public static long lines(Path file, long offset, LineConsumer consumer) throws IOException {
        long read = offset;
        byte[] chunk = new byte[CHUNK];
        int length = 0;
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(offset);
            for (int more = in.read(chunk); more >= 0; more = in.read(chunk, length, chunk.length - length)) {
                read += more;
                length = handOver(chunk, length, length + more, consumer);
                if (length == chunk.length) {
                    chunk = Arrays.copyOf(chunk, 2 * chunk.length);
                }
            }
        }
        return read - length;
    }

    /** Bytes up to {@code searched} hold no line end. Moves what is left to the front and returns its length. */
    private static int handOver(byte[] chunk, int searched, int end, LineConsumer consumer) throws IOException {
        int start = 0;
        for (int at = searched; at < end; at++) {
            if (chunk[at] == '\n') {
                consumer.accept(start == 0 ? chunk : Arrays.copyOfRange(chunk, start, at), at - start);
                start = at + 1;
            }
        }
        System.arraycopy(chunk, start, chunk, 0, end - start);
        return end - start;
    }

    private static long number(Path file, String prefix) {
        String tail = file.getFileName().toString().substring(prefix.length());
        return tail.matches("[1-9][0-9]{0,17}") ? Long.parseLong(tail) : 0;
    }
}

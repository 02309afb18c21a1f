package io.emberlog.samples.judge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * An output and what it was before it was rotated: {@code path.1}, {@code path.2.gz}, ..., {@code path}. Where a rotated file is
 * there plain and compressed, which it is for a moment, the plain one counts.
 */
public final class OutputFiles {
    /** Receives one line without its line end; the array is used again. */
    @FunctionalInterface
    public interface LineConsumer {
        void accept(byte[] line, int length) throws IOException;
    }

    private static final int CHUNK = 1 << 20;
    private static final String COMPRESSED = ".gz";

    private OutputFiles() {}

    /** In the order in which they were written; without those that are not there. */
    public static List<Path> of(Path path) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(path.toAbsolutePath().getParent())) {
            String prefix = path.getFileName() + ".";
            SortedMap<Long, Path> rotated = new TreeMap<>();
            try (Stream<Path> siblings = Files.list(path.toAbsolutePath().getParent())) {
                siblings.filter(file -> file.getFileName().toString().startsWith(prefix))
                        .filter(file -> number(file, prefix) > 0)
                        .forEach(file -> rotated.merge(number(file, prefix), file, OutputFiles::plainer));
            }
            files.addAll(rotated.values());
        }
        if (Files.exists(path)) {
            files.add(path);
        }
        return files;
    }

    /** Of all of them together. */
    public static long bytes(Path path) throws IOException {
        long bytes = 0;
        for (Path file : of(path)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /**
     * Hands over every whole line from an offset on; of a compressed file as it was before.
     *
     * @param offset where a line begins
     * @return where the line begins that is not whole yet: the file's end, or before it
     */
    public static long lines(Path file, long offset, LineConsumer consumer) throws IOException {
        long read = offset;
        byte[] chunk = new byte[CHUNK];
        int length = 0;
        try (InputStream in = open(file)) {
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

    private static InputStream open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            return isCompressed(file) ? new GZIPInputStream(in, CHUNK) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static boolean isCompressed(Path file) {
        return file.getFileName().toString().endsWith(COMPRESSED);
    }

    private static Path plainer(Path one, Path other) {
        return isCompressed(one) ? other : one;
    }

    private static long number(Path file, String prefix) {
        String name = file.getFileName().toString();
        String tail = name.substring(prefix.length(), name.length() - (isCompressed(file) ? COMPRESSED.length() : 0));
        return tail.matches("[1-9][0-9]{0,17}") ? Long.parseLong(tail) : 0;
    }
}

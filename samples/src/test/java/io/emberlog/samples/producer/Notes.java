package io.emberlog.samples.producer;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a {@link TroubledProducer} tells of itself beside its account, a line each, and the file that tells it to begin. */
public final class Notes {
    private Notes() {}

    /** Its appearance tells the producer of that account to make its trouble. */
    public static Path go(Path acks) {
        return acks.resolveSibling(acks.getFileName() + ".go");
    }

    /** Empty while there are none. */
    public static List<String> of(Path acks) throws IOException {
        Path file = file(acks);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** Sum of the numbers behind that word, each in a line of its own: {@code failed 12}. */
    public static long sum(Path acks, String word) throws IOException {
        return of(acks).stream()
                .filter(line -> line.startsWith(word + " "))
                .mapToLong(line -> Long.parseLong(line.substring(word.length() + 1)))
                .sum();
    }

    static synchronized void add(Path acks, String line) {
        // a stream of the old kind: an interrupt closes none of these
        try (FileOutputStream out = new FileOutputStream(file(acks).toFile(), true)) {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(Path acks) {
        return acks.resolveSibling(acks.getFileName() + ".notes");
    }
}

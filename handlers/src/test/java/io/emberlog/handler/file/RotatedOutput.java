package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** What a reader finds in a log and its rotated files, with rules of its own: by date, then by number, then the file itself. */
final class RotatedOutput {
    private static final Pattern ROTATED =
            Pattern.compile("(.*?)[.-](\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d)?)?(\\.log)?(?:\\.?(\\d+))?(\\.gz)?(\\.tmp)?");

    private final MemoryFileOps disk;
    private final Path log;

    RotatedOutput(MemoryFileOps disk, Path log) {
        this.disk = disk;
        this.log = log;
    }

    private record Key(String date, long number) {}

    /** All lines. A file that is there plain and compressed counts once, and both must hold the same. */
    String all() {
        StringBuilder all = new StringBuilder();
        rotated().values().forEach(all::append);
        String last = disk.content(log);
        return all.append(last == null ? "" : last).toString();
    }

    /** By date and number. */
    List<String> perFile() {
        return List.copyOf(rotated().values());
    }

    private Map<Key, String> rotated() {
        Map<Key, String> files = new TreeMap<>(Comparator.comparing(Key::date).thenComparingLong(Key::number));
        for (Path file : disk.files()) {
            Matcher matcher = ROTATED.matcher(file.getFileName().toString());
            if (file.equals(log) || !matcher.matches() || matcher.group(6) != null) {
                continue;
            }
            Key key = new Key(
                    matcher.group(2) == null ? "" : matcher.group(2),
                    matcher.group(4) == null ? 0 : Long.parseLong(matcher.group(4)));
            String content = matcher.group(5) == null ? disk.content(file) : expanded(disk.bytes(file));
            String other = files.put(key, content);
            assertThat(content).as("both forms of " + file).isEqualTo(other == null ? content : other);
        }
        return files;
    }

    private static String expanded(byte[] bytes) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a compressed file that is not whole", e);
        }
    }

    /** No file is there twice, and nothing is half made. */
    void assertTidy() {
        List<String> plain = new ArrayList<>();
        for (Path file : disk.files()) {
            String name = file.getFileName().toString();
            assertThat(name).doesNotEndWith(".tmp");
            plain.add(name.replaceAll("\\.gz$", ""));
        }
        assertThat(plain).doesNotHaveDuplicates();
    }
}

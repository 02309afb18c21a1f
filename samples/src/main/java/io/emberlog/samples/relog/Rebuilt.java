package io.emberlog.samples.relog;

import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The sources as the output tells them: by source and line number, the bytes of the JSON {@code message} (or
 * {@code bytes}), and the ids under which they arrived.
 */
final class Rebuilt {
    private static final int MOST_FINDINGS = 20;

    /** A line's copies, as they arrived. */
    private static final class Copies {
        final List<byte[]> bytes = new ArrayList<>();
        final Set<String> ids = new HashSet<>();
    }

    private final Map<String, Map<Long, Copies>> sources = new HashMap<>();
    private final List<String> findings = new ArrayList<>();
    private int twice;

    static Rebuilt from(Path output) throws IOException {
        Rebuilt rebuilt = new Rebuilt();
        for (Path file : OutputFiles.of(output)) {
            OutputFiles.lines(file, 0, (line, length) -> rebuilt.add(Json.parse(line, length)));
        }
        return rebuilt;
    }

    private void add(Map<String, Object> record) {
        Map<String, Object> fields = Json.object(record.get("fields"));
        if (!(fields.get(RelogWorker.SOURCE) instanceof String source)
                || !(fields.get(RelogWorker.LINE) instanceof Long number)) {
            return; // of the master, or a drop report
        }
        Copies copies =
                sources.computeIfAbsent(source, any -> new TreeMap<>()).computeIfAbsent(number, any -> new Copies());
        copies.bytes.add(
                record.get("bytes") instanceof String base64
                        ? Base64.getDecoder().decode(base64)
                        : record.get("message").toString().getBytes(StandardCharsets.UTF_8));
        copies.ids.add(String.valueOf(record.get("id")));
    }

    /**
     * Compares with a source byte for byte.
     *
     * @param inFlight lines that a kill may have left twice, by their numbers
     */
    void compare(Path file, Set<Long> inFlight) throws IOException {
        String source = file.getFileName().toString();
        List<byte[]> expected = Lines.of(file);
        Map<Long, Copies> lines = sources.getOrDefault(source, Map.of());
        for (long number = 1; number <= expected.size(); number++) {
            Copies copies = lines.get(number);
            if (copies == null) {
                find(source + ":" + number + " is missing");
                continue;
            }
            byte[] line = expected.get((int) number - 1);
            if (!copies.bytes.stream().allMatch(copy -> Arrays.equals(copy, line))) {
                find(source + ":" + number + " differs from the source");
            }
            checkCopies(source, number, copies, inFlight.contains(number));
        }
        if (lines.size() > expected.size()) {
            find(source + " has " + lines.size() + " lines in the output and " + expected.size() + " in the file");
        }
    }

    private void checkCopies(String source, long number, Copies copies, boolean mayBeTwice) {
        if (copies.ids.size() != copies.bytes.size()) {
            find(source + ":" + number + " is there twice under one id");
        }
        if (copies.bytes.size() == 2 && mayBeTwice) {
            twice++;
        } else if (copies.bytes.size() > 1) {
            find(source + ":" + number + " is there " + copies.bytes.size() + " times");
        }
    }

    /** The whole file again, its last line end as in the source. */
    boolean isSameFile(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        java.io.ByteArrayOutputStream again = new java.io.ByteArrayOutputStream(content.length);
        Map<Long, Copies> lines = sources.getOrDefault(file.getFileName().toString(), Map.of());
        for (Copies copies : lines.values()) {
            again.writeBytes(copies.bytes.get(0));
            again.write('\n');
        }
        byte[] bytes = again.toByteArray();
        boolean endsWithLf = content.length > 0 && content[content.length - 1] == '\n';
        return Arrays.equals(content, endsWithLf || bytes.length == 0 ? bytes : Arrays.copyOf(bytes, bytes.length - 1));
    }

    /** Lines that were in flight at a kill and arrived twice, under two ids. */
    int twice() {
        return twice;
    }

    List<String> findings() {
        return List.copyOf(findings);
    }

    private void find(String finding) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(finding);
        }
    }
}

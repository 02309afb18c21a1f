package io.emberlog.master.replay;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads what a handler put aside ({@code dead-letters/HANDLER.jsonl}, the lines of {@link io.emberlog.master.fanout}'s
 * {@code DeadLetters}) back into records. A record that stands there twice, as after a crash, comes once. One thread; memory for the ids
 * of a file, which is at most 64 MiB.
 */
final class DeadLetterReader implements Closeable {
    /** What a line is not. */
    static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1;

        BadLineException(String message) {
            super(message);
        }
    }

    /** Of a line: a record of 16 MiB in base64, and what stands around it. */
    private static final int MAX_LINE = 24 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_LINE)
                    .maxNestingDepth(2)
                    .build())
            .build();

    private final BufferedReader lines;
    private final Set<String> ids = new HashSet<>();
    private final Map<String, WorkerIdentity> workers = new HashMap<>();
    private long line;
    private long doubles;

    DeadLetterReader(Path file) throws IOException {
        lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII);
    }

    /**
     * The next record that did not come before.
     *
     * @return false at the end
     * @throws BadLineException naming the line and what is wrong with it; the next call goes on behind it
     */
    boolean next(LogRecord into) throws IOException, BadLineException {
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
            line++;
            if (text.isEmpty()) {
                continue;
            }
            Map<String, String> fields = fields(text);
            String id = wanted(fields, "id");
            if (ids.contains(id)) {
                doubles++;
                continue;
            }
            wrap(into, id, fields);
            ids.add(id);
            return true;
        }
        return false;
    }

    /** Lines left out because their record had come before. */
    long doubles() {
        return doubles;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    private Map<String, String> fields(String text) throws BadLineException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("is no JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY) {
                    throw bad("has " + name + " of another kind than a text or a number");
                }
                if (value != JsonToken.VALUE_NULL) {
                    fields.put(name, parser.getString());
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw bad("is no JSON object");
            }
        } catch (JacksonException e) {
            throw bad("is no JSON object, or one that was cut off: " + e.getOriginalMessage());
        }
        return fields;
    }

    private void wrap(LogRecord into, String id, Map<String, String> fields) throws BadLineException {
        String[] parts = id.split(":");
        byte[] bytes;
        UUID ring;
        long position;
        int index;
        long sequence;
        long pid;
        try {
            ring = UUID.fromString(parts[0]);
            position = Long.parseLong(parts[1]);
            index = Integer.parseInt(parts[2]);
            sequence = Long.parseLong(wanted(fields, "sequence"));
            pid = Long.parseLong(wanted(fields, "pid"));
            bytes = Base64.getDecoder().decode(wanted(fields, "entry"));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw bad("has an id, a number or an entry that is none: " + e.getMessage());
        }
        EntryDecoder entry = new EntryDecoder();
        if (!entry.wrap(bytes, 0, bytes.length)) {
            throw bad("has an entry that is no record");
        }
        WorkerIdentity worker = workers.computeIfAbsent(
                parts[0] + ' ' + pid,
                unknown -> new WorkerIdentity(
                        ring,
                        fields.getOrDefault("worker", ""),
                        pid,
                        0,
                        "",
                        "",
                        "",
                        fields.getOrDefault("host", ""),
                        fields.getOrDefault("process", ""),
                        fields.getOrDefault("service", "")));
        into.wrap(worker, position, index, sequence, entry);
    }

    private String wanted(Map<String, String> fields, String name) throws BadLineException {
        String value = fields.get(name);
        if (value == null) {
            throw bad("has no " + name);
        }
        return value;
    }

    private BadLineException bad(String what) {
        return new BadLineException("line " + line + ' ' + what + "; allowed: a line as a master wrote it");
    }
}

package io.emberlog.master.findings;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.master.replay.RecordSink;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;
import io.emberlog.message.MessageDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Records grouped by what they say and where it comes from: template, logger, class of the exception and its top frame. Text
 * without arguments counts as the same with other numbers in it. One thread; remembers a bounded number of causes, each
 * of bounded size.
 */
public final class ErrorCauses implements RecordSink {
    /** Causes kept apart; the records of further ones are only counted. */
    public static final int MAX_CAUSES = 10_000;

    private static final int MAX_TEXT = 400;
    private static final int MAX_WORKERS = 20;
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /**
     * What makes two records the same.
     *
     * @param logger empty when there is none
     * @param exception class of the outermost throwable; empty when there is none
     * @param frame where that was thrown; empty when unknown
     */
    public record Key(String template, String logger, String exception, String frame) {}

    /** One distinct cause; text is as a worker wrote it. */
    public static final class Cause {
        private final Key key;
        private final TreeSet<String> workers = new TreeSet<>();
        private long count;
        private long moreWorkers;
        private long firstEpochNs = Long.MAX_VALUE;
        private long lastEpochNs = Long.MIN_VALUE;
        private int severity;
        private String level = "";
        private String example = "";
        private String exampleId = "";

        private Cause(Key key) {
            this.key = key;
        }

        public Key key() {
            return key;
        }

        public long count() {
            return count;
        }

        /** Names, at most {@value ErrorCauses#MAX_WORKERS}. */
        public Collection<String> workers() {
            return workers;
        }

        /** Not all of its workers are named. */
        public boolean hasMoreWorkers() {
            return moreWorkers > 0;
        }

        /** By the workers' clocks. */
        public long firstEpochNs() {
            return firstEpochNs;
        }

        public long lastEpochNs() {
            return lastEpochNs;
        }

        /** The highest met. */
        public int severity() {
            return severity;
        }

        /** Name of that. */
        public String level() {
            return level;
        }

        /** The message of the last record met. */
        public String example() {
            return example;
        }

        /** The id of that record. */
        public String exampleId() {
            return exampleId;
        }

        private void add(LogRecord record) {
            EntryDecoder entry = record.entry();
            count++;
            firstEpochNs = Math.min(firstEpochNs, entry.timestampNs());
            lastEpochNs = Math.max(lastEpochNs, entry.timestampNs());
            if (level.isEmpty() || entry.severity() > severity) {
                severity = entry.severity();
                level = cut(entry.levelName());
            }
            String worker = cut(record.worker().name());
            if (workers.size() < MAX_WORKERS || workers.contains(worker)) {
                workers.add(worker);
            } else {
                moreWorkers++;
            }
            Utf8Buffer message = new Utf8Buffer(256);
            MessageRenderer.render(entry, Escaper.RAW, message);
            example = text(message.bytes(), 0, message.length());
            exampleId = record.id();
        }
    }

    private final Map<Key, Cause> causes = new HashMap<>();
    private long records;
    private long uncounted;

    @Override
    public void accept(LogRecord record) {
        records++;
        Key key = key(record.entry());
        Cause cause = causes.get(key);
        if (cause == null) {
            if (causes.size() == MAX_CAUSES) {
                uncounted++;
                return;
            }
            cause = new Cause(key);
            causes.put(key, cause);
        }
        cause.add(record);
    }

    /** The most frequent first; those equally frequent, the latest first. */
    public List<Cause> causes() {
        return causes.values().stream()
                .sorted(Comparator.comparingLong(Cause::count)
                        .thenComparingLong(Cause::lastEpochNs)
                        .reversed()
                        .thenComparing(cause -> cause.key().toString()))
                .toList();
    }

    /** All records. */
    public long records() {
        return records;
    }

    /** Records of causes beyond {@link #MAX_CAUSES}. */
    public long uncounted() {
        return uncounted;
    }

    private static Key key(EntryDecoder entry) {
        String template = section(entry, MessageDescriptor.TEMPLATE);
        String exception = "";
        String frame = "";
        if (entry.has(MessageDescriptor.EXCEPTION)) {
            ExceptionCursor cursor = entry.exception();
            if (cursor.nextThrowable()) {
                exception = text(cursor.buffer(), cursor.classOffset(), cursor.classLength());
                frame = cursor.nextFrame() ? text(cursor.buffer(), cursor.frameOffset(), cursor.frameLength()) : "";
            }
        }
        return new Key(
                entry.isLiteral() ? NUMBER.matcher(template).replaceAll("#") : template,
                section(entry, MessageDescriptor.LOGGER),
                exception,
                frame);
    }

    private static String section(EntryDecoder entry, int tag) {
        return entry.has(tag) ? text(entry.buffer(), entry.sectionOffset(tag), entry.sectionLength(tag)) : "";
    }

    private static String text(byte[] utf8, int offset, int length) {
        return cut(new String(utf8, offset, Math.min(length, 4 * MAX_TEXT), StandardCharsets.UTF_8));
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 1) + '\u2026';
    }
}

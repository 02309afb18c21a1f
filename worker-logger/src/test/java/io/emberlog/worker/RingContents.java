package io.emberlog.worker;

import io.emberlog.message.Bytes;
import io.emberlog.message.DropReport;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.ValueCursor;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What stands in a ring file that nobody has drained, read from the file's bytes. */
public final class RingContents {
    /** One record, as text. */
    public record Entry(
            int severity,
            String level,
            String logger,
            String thread,
            String template,
            List<Object> args,
            TreeMap<String, Object> fields,
            TreeMap<String, Object> mdc,
            String marker,
            List<String> exception,
            List<Object> caller,
            byte[] bytes,
            long originalLength,
            long timestampNs,
            int slot,
            long sequence) {
        /** The template with its arguments put in. */
        public String message() {
            String text = template;
            for (Object arg : args == null ? List.of() : args) {
                text = text.replaceFirst("\\{}", java.util.regex.Matcher.quoteReplacement(String.valueOf(arg)));
            }
            return text;
        }
    }

    /** One item of a drop report. */
    public record Dropped(int reason, int severity, long count, long total) {}

    public final List<Entry> entries = new ArrayList<>();
    public final List<Dropped> drops = new ArrayList<>();
    public final List<Boolean> heartbeats = new ArrayList<>();
    public RingFile file;

    /** All rings of a directory, predecessors first. */
    public static List<RingContents> all(Path directory) {
        try {
            List<RingContents> rings = new ArrayList<>();
            for (Path path : ChannelDirectory.open(directory).rings()) {
                rings.add(of(path));
            }
            rings.sort(java.util.Comparator.comparingLong(
                    ring -> ring.file.header().createdEpochNs()));
            return rings;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The records of the only ring there. */
    public static RingContents only(Path directory) {
        List<RingContents> rings = all(directory);
        if (rings.size() != 1) {
            throw new AssertionError("expected one ring, found " + rings.size());
        }
        return rings.get(0);
    }

    /** Whether the header of the only ring there says so. */
    public static boolean saidGoodbye(Path directory) {
        return only(directory).file.header().saidGoodbye();
    }

    /**
     * Reads all that is committed, as a salvage would, also behind claims that were not finished: behind those that stay so,
     * for the housekeeper may be in the middle of a heartbeat in front of what a test has just logged.
     */
    public static RingContents of(Path path) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        try {
            while (true) {
                RingContents contents = new RingContents();
                contents.file = RingFile.openReadOnly(path);
                int length = (int) (contents.file.tail() - contents.file.head());
                byte[] bytes = new byte[length];
                byte[] all = Files.readAllBytes(path);
                System.arraycopy(all, RingDescriptor.HEADER_LENGTH + (int) contents.file.head(), bytes, 0, length);
                int read = contents.read(bytes, 0);
                if (read == length) {
                    return contents;
                }
                if (System.nanoTime() - deadlineNs >= 0) {
                    contents.readBehind(bytes, read);
                    return contents;
                }
                Thread.onSpinWait();
            }
        } catch (IOException | io.emberlog.ring.RingBrokenException e) {
            throw new AssertionError(path.toString(), e);
        }
    }

    private void readBehind(byte[] bytes, int unfinished) {
        int at = unfinished;
        while (at < bytes.length) {
            int length = Bytes.getInt(bytes, at);
            int next = length > 0 ? read(bytes, at) : at;
            if (next > at) {
                at = next;
            } else if (length < 0) { // claimed, and its length written down
                at += -length + RingBlockReader.ALIGNMENT - 1 & -RingBlockReader.ALIGNMENT;
            } else {
                at += RingBlockReader.ALIGNMENT;
            }
        }
    }

    /** @return bytes up to the first claim behind that place that is not finished */
    private int read(byte[] bytes, int from) {
        RingBlockReader records = new RingBlockReader();
        records.wrap(bytes, from, bytes.length - from, from);
        int read = from;
        while (records.nextRecord()) {
            int payload = records.payloadOffset();
            read = records.recordOffset() + records.alignedLength();
            if (records.type() == MessageDescriptor.TYPE_HEARTBEAT) {
                heartbeats.add(Heartbeat.isGoodbye(bytes, payload));
            } else if (records.type() == MessageDescriptor.TYPE_DROPPED) {
                for (int item = 0; item < DropReport.items(bytes, payload); item++) {
                    drops.add(new Dropped(
                            DropReport.reason(bytes, payload, item),
                            DropReport.severity(bytes, payload, item),
                            DropReport.count(bytes, payload, item),
                            DropReport.total(bytes, payload, item)));
                }
            } else if (records.type() == MessageDescriptor.TYPE_LOG_BATCH) {
                RingBlockReader one = new RingBlockReader();
                one.wrap(bytes, records.recordOffset(), records.alignedLength(), records.position());
                while (one.nextEntry()) {
                    entries.add(entry(one.entry(), one.slot(), one.firstSequence() + one.index()));
                }
                if (one.broken() != null) {
                    throw new AssertionError(one.broken());
                }
            }
        }
        return read;
    }

    private static Entry entry(EntryDecoder entry, int slot, long sequence) {
        return new Entry(
                entry.severity(),
                entry.levelName(),
                entry.text(MessageDescriptor.LOGGER),
                entry.text(MessageDescriptor.THREAD_NAME),
                entry.text(MessageDescriptor.TEMPLATE),
                entry.isLiteral() ? null : values(entry.args()),
                pairs(entry, MessageDescriptor.FIELDS),
                pairs(entry, MessageDescriptor.MDC),
                entry.text(MessageDescriptor.MARKER),
                entry.has(MessageDescriptor.EXCEPTION) ? exception(entry) : null,
                values(entry.caller()),
                entry.has(MessageDescriptor.BYTES)
                        ? java.util.Arrays.copyOfRange(
                                entry.buffer(),
                                entry.sectionOffset(MessageDescriptor.BYTES),
                                entry.sectionOffset(MessageDescriptor.BYTES)
                                        + entry.sectionLength(MessageDescriptor.BYTES))
                        : null,
                entry.originalLength(),
                entry.timestampNs(),
                slot,
                sequence);
    }

    private static List<Object> values(ValueCursor cursor) {
        List<Object> values = new ArrayList<>();
        while (cursor.next()) {
            values.add(cursor.value());
        }
        return values;
    }

    private static TreeMap<String, Object> pairs(EntryDecoder entry, int tag) {
        TreeMap<String, Object> pairs = new TreeMap<>();
        ValueCursor cursor = entry.pairs(tag);
        while (cursor.next()) {
            String key = (String) cursor.value();
            cursor.next();
            pairs.put(key, cursor.value());
        }
        return pairs;
    }

    /** Lines such as {@code 1 0 java.lang.IllegalStateException: no (12 frames, 3 in common)}: kind and depth first. */
    private static List<String> exception(EntryDecoder entry) {
        List<String> lines = new ArrayList<>();
        var cursor = entry.exception();
        while (cursor.nextThrowable()) {
            String message = cursor.messageLength() < 0
                    ? ""
                    : ": " + utf8(cursor.buffer(), cursor.messageOffset(), cursor.messageLength());
            lines.add(cursor.kind() + " " + cursor.depth() + " "
                    + utf8(cursor.buffer(), cursor.classOffset(), cursor.classLength()) + message);
            while (cursor.nextFrame()) {
                lines.add("\tat " + utf8(cursor.buffer(), cursor.frameOffset(), cursor.frameLength()));
            }
            if (cursor.framesInCommon() > 0) {
                lines.add("\t... " + cursor.framesInCommon() + " more");
            }
        }
        return lines;
    }

    private static String utf8(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, java.nio.charset.StandardCharsets.UTF_8);
    }

    public List<String> messages() {
        return entries.stream().map(Entry::message).toList();
    }
}

package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.fuzz.Check;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.ColumnsFormat;
import io.emberlog.handler.format.EcsFormat;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.HumanFormat;
import io.emberlog.handler.format.JsonFormat;
import io.emberlog.handler.format.OtelFormat;
import io.emberlog.handler.format.PatternFormat;
import io.emberlog.handler.format.SyslogFormat;
import io.emberlog.handler.format.Utf8Buffer;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Bytes as records of a ring. Whatever they are: the walk ends, it shows the same wherever the bytes lie and whatever lies
 * around them, each entry shows the same in a batch of its own, and each is one line in every format, valid in JSON.
 */
public final class MessageFuzz {
    private static final WorkerIdentity WORKER =
            new WorkerIdentity(new UUID(1, 2), "worker", 3, 4, "", "", "", "host", "process", "");
    private static final JsonFactory JSON = new JsonFactory();
    private static final int BEFORE = 24;
    private static final int BEHIND = 64;

    private static final RingBlockReader READER = new RingBlockReader();
    private static final List<Format> LINES = List.of(
            new HumanFormat(ZoneOffset.UTC),
            new ColumnsFormat(),
            new SyslogFormat(),
            PatternFormat.of(
                    "%d %-5level [%.9thread] %logger{9} %class{5}.%method %mdc %kvp %marker %-9.-9msg%n",
                    ZoneOffset.UTC),
            PatternFormat.of("%(created).3f %(levelname)-8s %(module)s:%(lineno)05d %(message)s", ZoneOffset.UTC));
    private static final List<Format> OBJECTS = List.of(new JsonFormat(), new EcsFormat(), new OtelFormat());
    private static final List<Format> FORMATS =
            Stream.concat(LINES.stream(), OBJECTS.stream()).toList();
    private static final Utf8Buffer LINE = new Utf8Buffer(1024);
    private static final LogRecord RECORD = new LogRecord();

    private MessageFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        byte[] before = data.clone();
        long digest = digest(data, 0, data.length, true);
        Check.that(Arrays.equals(before, data), "the input is not written to");
        byte[] around = new byte[BEFORE + data.length + BEHIND];
        for (int filler = -1; filler <= 1; filler += 2) {
            Arrays.fill(around, (byte) filler);
            System.arraycopy(data, 0, around, BEFORE, data.length);
            Check.same(digest(around, BEFORE, data.length, false), digest, "digest between bytes of " + filler);
        }
    }

    private static long digest(byte[] bytes, int offset, int length, boolean deep) {
        long digest = 1;
        int entries = 0;
        READER.wrap(bytes, offset, length, 4096);
        while (READER.nextEntry()) {
            Check.that(++entries <= length / RingBlockReader.RECORD_HEADER_LENGTH, "more entries than bytes allow");
            EntryDecoder entry = READER.entry();
            long one = digest(entry);
            digest = 31 * digest + one + READER.index() + READER.position() * 7;
            if (deep) {
                show(entry);
                if (READER.type() == TYPE_LOG_BATCH) {
                    Check.same(digestAlone(entry), one, "digest of the entry in a batch of its own");
                }
            }
        }
        String broken = READER.broken();
        Check.that(broken == null || broken.contains("position"), "where it broke is told");
        return 31 * digest + (broken == null ? 0 : broken.hashCode());
    }

    private static long digestAlone(EntryDecoder entry) {
        int length = RingBlockReader.RECORD_HEADER_LENGTH + BATCH_HEADER_LENGTH + entry.length();
        byte[] record = new byte[length + RingBlockReader.ALIGNMENT - 1 & -RingBlockReader.ALIGNMENT];
        Bytes.putInt(record, 0, length);
        Bytes.putInt(record, Integer.BYTES, TYPE_LOG_BATCH);
        BatchHeader.encode(record, RingBlockReader.RECORD_HEADER_LENGTH, 5, 1, 17);
        System.arraycopy(
                entry.buffer(),
                entry.offset(),
                record,
                RingBlockReader.RECORD_HEADER_LENGTH + BATCH_HEADER_LENGTH,
                entry.length());
        RingBlockReader reader = new RingBlockReader();
        reader.wrap(record, 0, record.length, 0);
        Check.that(reader.nextEntry(), "an entry that is valid in its batch is valid alone");
        long digest = digest(reader.entry());
        Check.that(!reader.nextEntry() && reader.broken() == null, "and is all there is");
        return digest;
    }

    private static void show(EntryDecoder entry) {
        RECORD.wrap(WORKER, 4096, 0, 42, entry);
        for (Format format : FORMATS) {
            LINE.clear();
            format.format(RECORD, LINE);
            Check.that(LINE.bytes()[LINE.length() - 1] == '\n', "a line ends");
            for (int i = 0; i < LINE.length() - 1; i++) {
                int c = LINE.bytes()[i];
                Check.that(c < 0 || c >= ' ' || c == '\t' && format instanceof ColumnsFormat, "no control in a line");
            }
            if (OBJECTS.contains(format)) {
                parse(LINE);
            }
        }
    }

    private static void parse(Utf8Buffer line) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line.bytes(), 0, line.length())) {
            while (parser.nextToken() != null) {
                continue;
            }
        }
    }

    private static long digest(EntryDecoder entry) {
        CRC32C crc = new CRC32C();
        long digest = entry.severity() + 31 * entry.timestampNs() + 37 * entry.threadId() + entry.argCount();
        digest = 31 * digest + entry.originalLength() + entry.levelName().hashCode() + (entry.isLiteral() ? 1 : 0);
        for (int tag = 1; tag < TAG_COUNT; tag++) {
            Check.same(entry.has(tag), entry.sectionLength(tag) >= 0, "section " + tag + " is there");
            if (entry.has(tag)) {
                crc.update(entry.buffer(), entry.sectionOffset(tag), entry.sectionLength(tag));
                digest = 31 * digest
                        + crc.getValue()
                        + String.valueOf(entry.text(tag)).hashCode();
            }
        }
        digest = 31 * digest + digest(entry.args());
        digest = 31 * digest + digest(entry.pairs(FIELDS));
        digest = 31 * digest + digest(entry.pairs(MDC));
        digest = 31 * digest + digest(entry.caller());
        return entry.has(EXCEPTION) ? 31 * digest + digest(entry.exception()) : digest;
    }

    private static long digest(ValueCursor values) {
        long digest = 0;
        while (values.next()) {
            Object value = values.value();
            digest = 31 * digest + (value == null ? 7 : value.hashCode());
        }
        return digest;
    }

    private static long digest(ExceptionCursor exception) {
        long digest = 0;
        while (exception.nextThrowable()) {
            digest = 31 * digest + exception.kind() + exception.depth() + exception.framesInCommon();
            digest = 31 * digest + text(exception.buffer(), exception.classOffset(), exception.classLength());
            digest = 31 * digest + text(exception.buffer(), exception.messageOffset(), exception.messageLength());
            while (exception.nextFrame()) {
                digest = 31 * digest + text(exception.buffer(), exception.frameOffset(), exception.frameLength());
            }
        }
        return digest;
    }

    private static long text(byte[] bytes, int offset, int length) {
        long digest = length;
        for (int i = 0; i < length; i++) {
            digest = 31 * digest + bytes[offset + i];
        }
        return digest;
    }
}

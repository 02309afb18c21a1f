package io.emberlog.handler;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;

/** Records for tests, encoded as a worker does. */
public final class Records {
    /** 2026-01-15T10:30:45.123456789Z. */
    public static final long TIME_NS = 1_768_473_045_123_456_789L;

    public static final WorkerIdentity WORKER = new WorkerIdentity(
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
            "md-1",
            4711,
            0,
            "",
            "",
            "",
            "myhost",
            "MarketData",
            "pricing");

    private Records() {}

    /** Sections must be written in ascending order of their tags. */
    public static LogRecord record(long sequence, int severity, Consumer<BatchEncoder> sections) {
        BatchEncoder encoder = new BatchEncoder(4 * 1024 * 1024, 1024 * 1024);
        encoder.begin();
        encoder.beginEntry(severity, TIME_NS + sequence * 1_000_000, 17);
        sections.accept(encoder);
        encoder.endEntry();
        encoder.finish(0, sequence);
        return wrap(sequence, Arrays.copyOf(encoder.buffer(), encoder.length()));
    }

    /** With a literal text, of that time. */
    public static LogRecord at(long epochNs, long sequence, String text) {
        BatchEncoder encoder = new BatchEncoder(1024 * 1024, 64 * 1024);
        encoder.begin();
        encoder.beginEntry(9, epochNs, 17);
        encoder.text(LOGGER, "com.acme.Orders");
        encoder.text(TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(0, sequence);
        return wrap(sequence, Arrays.copyOf(encoder.buffer(), encoder.length()));
    }

    /** Of another worker, with logger and text. */
    public static LogRecord of(String worker, String logger, int severity, long sequence, String text) {
        LogRecord record = record(sequence, severity, encoder -> {
            encoder.text(LOGGER, logger);
            encoder.text(TEMPLATE, text);
        });
        WorkerIdentity identity =
                new WorkerIdentity(WORKER.ringUuid(), worker, 4711, 0, "", "", "", "myhost", "MarketData", "pricing");
        record.wrap(identity, record.position(), record.index(), sequence, record.entry());
        return record;
    }

    private static LogRecord wrap(long sequence, byte[] batch) {
        EntryDecoder entry = new EntryDecoder();
        if (!entry.wrap(batch, BATCH_HEADER_LENGTH, batch.length)) {
            throw new AssertionError("not an entry");
        }
        LogRecord record = new LogRecord();
        record.wrap(WORKER, 4096 + sequence * 128, 0, sequence, entry);
        return record;
    }

    /** With logger, thread and a literal text. */
    public static LogRecord plain(long sequence, String text) {
        return record(sequence, 9, encoder -> {
            encoder.text(LOGGER, "com.acme.Orders");
            encoder.text(THREAD_NAME, "main");
            encoder.text(TEMPLATE, text);
        });
    }

    /** A literal text and nothing else. */
    public static LogRecord bare(byte[] utf8) {
        return record(0, 9, encoder -> encoder.text(TEMPLATE, utf8));
    }

    /** Objects: null, Boolean, Long, Double, Float, String. */
    public static LogRecord template(String template, Object... args) {
        return record(0, 9, encoder -> {
            encoder.text(TEMPLATE, template);
            encoder.beginArgs();
            for (Object arg : args) {
                add(encoder, arg);
            }
            encoder.endArgs();
        });
    }

    private static void add(BatchEncoder encoder, Object arg) {
        if (arg == null) {
            encoder.addNull();
        } else if (arg instanceof Boolean value) {
            encoder.addBoolean(value);
        } else if (arg instanceof Long value) {
            encoder.addLong(value);
        } else if (arg instanceof Double value) {
            encoder.addDouble(value);
        } else if (arg instanceof Float value) {
            encoder.addFloat(value);
        } else {
            encoder.addString((String) arg);
        }
    }

    /** Every section there is. */
    public static LogRecord full() {
        return record(7, 17, encoder -> {
            encoder.text(LOGGER, "com.acme.Orders");
            encoder.text(THREAD_NAME, "main");
            encoder.text(TEMPLATE, "order {} filled at {} for {}");
            encoder.beginArgs();
            encoder.addLong(42);
            encoder.addDouble(101.25);
            encoder.addString("ada \"a\"");
            encoder.endArgs();
            encoder.text(LEVEL_NAME, "OUTAGE");
            encoder.text(MARKER, "FILL");
            encoder.beginPairs(FIELDS);
            encoder.key("venue");
            encoder.putNullable("XETRA");
            encoder.endPair();
            encoder.key("note");
            encoder.putNullable("two words");
            encoder.endPair();
            encoder.key("spread");
            encoder.putDouble(Double.NaN);
            encoder.endPair();
            encoder.endPairs();
            encoder.beginPairs(MDC);
            encoder.key("user");
            encoder.putNullable("ada");
            encoder.endPair();
            encoder.endPairs();
            encoder.text(TRACE_ID, "4bf92f3577b34da6a3ce929d0e0e4736");
            encoder.text(SPAN_ID, "00f067aa0ba902b7");
            exception(encoder);
            encoder.caller("Orders.java", "src/Orders.java", 42, "fill");
            encoder.bytes(new byte[] {1, 2, (byte) 0xFF}, 0, 3);
            encoder.text(MODULE, "orders");
        });
    }

    private static void exception(BatchEncoder encoder) {
        encoder.beginException();
        encoder.beginThrowable(ROOT, 0, "java.io.IOException", "gone");
        encoder.frame("com.acme.Orders.fill(Orders.java:42)");
        encoder.frame("com.acme.Main.main(Main.java:1)");
        encoder.endThrowable(0);
        encoder.beginThrowable(SUPPRESSED, 1, "java.lang.Error", null);
        encoder.frame("com.acme.Orders.close(Orders.java:50)");
        encoder.endThrowable(1);
        encoder.beginThrowable(CAUSE, 1, "java.net.SocketException", "reset");
        encoder.endThrowable(2);
        encoder.endException();
    }
}

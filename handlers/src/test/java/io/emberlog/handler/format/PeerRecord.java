package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.BatchEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * What a record says, for those that are compared with others' libraries. Null is absent.
 *
 * @param fields values are String, Long or Boolean
 * @param function with its class in front
 */
record PeerRecord(
        long sequence,
        int severity,
        String level,
        String logger,
        String thread,
        String message,
        Map<String, Object> fields,
        Map<String, Object> mdc,
        String marker,
        String file,
        int line,
        String function,
        Throwable exception) {

    private static final String[] LEVELS = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"};
    private static final String[] NAMES = {
        "com.acme.Orders",
        "a",
        "com.acme.trading.orders.book.OrderBookMaintainer",
        "x.y.Z",
        "mainPackage.sub.sample.Bar",
        "no_dots_but_a_long_name_all_the_same",
        "größer.ähnlich.Öl",
        "a..b.C"
    };
    private static final String[] TEXTS = {"order 42 filled", "", "äöü €", "100 % [ok] (yes) {no}", "tail \\", "x"};

    static PeerRecord random(Random random) {
        int level = random.nextInt(LEVELS.length);
        Map<String, Object> fields = new LinkedHashMap<>();
        Map<String, Object> mdc = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Object value = random.nextBoolean() ? (Object) some(random, TEXTS) : (Object) random.nextLong();
            fields.put("field" + i, value instanceof String text ? text.replace("\\", "") : value);
            mdc.put(i == 1 ? "user" : "key" + i, some(random, TEXTS));
        }
        boolean located = random.nextInt(4) > 0;
        return new PeerRecord(
                random.nextInt(2_000_000),
                1 + 4 * level,
                LEVELS[level],
                some(random, NAMES),
                "pool-" + random.nextInt(30),
                some(random, TEXTS),
                fields,
                mdc,
                random.nextBoolean() ? "FILL" : null,
                located ? "Orders.java" : null,
                located ? random.nextInt(3000) : -1,
                located ? some(random, NAMES).replace("..", ".") + ".fill" : null,
                random.nextInt(4) == 0 ? exception(random) : null);
    }

    static String some(Random random, String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    private static Throwable exception(Random random) {
        Throwable outer = new IllegalStateException("outer");
        outer.setStackTrace(frames("A", 1 + random.nextInt(4)));
        if (random.nextBoolean()) {
            Throwable cause = new java.io.IOException();
            cause.setStackTrace(frames("B", 1 + random.nextInt(4)));
            outer.initCause(cause);
        }
        if (random.nextBoolean()) {
            Throwable suppressed = new Error("suppressed");
            suppressed.setStackTrace(frames("C", 1 + random.nextInt(4)));
            outer.addSuppressed(suppressed);
        }
        return outer;
    }

    /** No two throwables have a frame in common. */
    private static StackTraceElement[] frames(String method, int count) {
        StackTraceElement[] frames = new StackTraceElement[count];
        for (int i = 0; i < count; i++) {
            frames[i] = new StackTraceElement("com.acme.Orders", method + i, "Orders.java", 10 + i);
        }
        return frames;
    }

    long timeNs() {
        return Records.TIME_NS + sequence * 1_000_000;
    }

    LogRecord encoded() {
        return Records.record(sequence, severity, encoder -> {
            encoder.text(LOGGER, logger);
            encoder.text(THREAD_NAME, thread);
            encoder.text(TEMPLATE, message);
            encoder.text(MARKER, marker);
            pairs(encoder, FIELDS, fields);
            pairs(encoder, MDC, mdc);
            if (exception != null) {
                encoder.beginException();
                throwable(encoder, ROOT, 0, exception);
                encoder.endException();
            }
            if (function != null) {
                encoder.caller(file, "com/acme/" + file, line, function);
            }
        });
    }

    private static void pairs(BatchEncoder encoder, int tag, Map<String, Object> pairs) {
        if (pairs.isEmpty()) {
            return;
        }
        encoder.beginPairs(tag);
        pairs.forEach((key, value) -> {
            encoder.key(key);
            if (value instanceof Long number) {
                encoder.putLong(number);
            } else {
                encoder.putNullable((String) value);
            }
            encoder.endPair();
        });
        encoder.endPairs();
    }

    private static void throwable(BatchEncoder encoder, int kind, int depth, Throwable throwable) {
        encoder.beginThrowable(kind, depth, throwable.getClass().getName(), throwable.getMessage());
        for (StackTraceElement frame : throwable.getStackTrace()) {
            encoder.frame(frame.toString());
        }
        encoder.endThrowable(0);
        for (Throwable suppressed : throwable.getSuppressed()) {
            throwable(encoder, SUPPRESSED, depth + 1, suppressed);
        }
        if (throwable.getCause() != null) {
            throwable(encoder, CAUSE, depth + 1, throwable.getCause());
        }
    }
}

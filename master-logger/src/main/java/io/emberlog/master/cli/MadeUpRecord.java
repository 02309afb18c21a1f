package io.emberlog.master.cli;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** A record that a user describes, encoded as a worker would. */
final class MadeUpRecord {
    private static final int MAX_LENGTH = 1 << 20;

    @Option(names = "--level", paramLabel = "LEVEL", description = "Of the record: a name, or a number 0-24; info.")
    private String level;

    @Option(names = "--logger", paramLabel = "NAME", description = "Of the record.")
    private String logger;

    @Option(names = "--worker", paramLabel = "NAME", description = "That wrote the record; worker.")
    private String worker;

    @Option(names = "--service", paramLabel = "NAME", description = "Of the worker.")
    private String service;

    @Option(names = "--host", paramLabel = "NAME", description = "Of the worker.")
    private String host;

    @Option(names = "--message", paramLabel = "TEXT", description = "Of the record; {} takes an --arg.")
    private String message;

    @Option(names = "--arg", paramLabel = "VALUE", description = "Argument of the message; in their order.")
    private List<String> args;

    @Option(names = "--field", paramLabel = "KEY=VALUE", description = "Field of the record.")
    private Map<String, String> fields;

    @Option(names = "--mdc", paramLabel = "KEY=VALUE", description = "Entry of the MDC.")
    private Map<String, String> mdc;

    @Option(names = "--marker", paramLabel = "NAME", description = "Of the record.")
    private String marker;

    @Option(names = "--thread", paramLabel = "NAME", description = "Of the record.")
    private String thread;

    @Option(names = "--exception", paramLabel = "CLASS[: TEXT]", description = "Exception of the record.")
    private String exception;

    boolean isGiven() {
        return level != null
                || logger != null
                || worker != null
                || service != null
                || host != null
                || message != null
                || args != null
                || fields != null
                || mdc != null
                || marker != null
                || thread != null
                || exception != null;
    }

    /** @throws CliException for a level that is not known */
    LogRecord record() {
        Level parsed;
        try {
            parsed = level == null ? Level.INFO : Level.parse(level);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, "--level: " + e.getMessage(), e);
        }
        Instant now = Instant.now();
        BatchEncoder encoder = new BatchEncoder(MAX_LENGTH, MAX_LENGTH);
        encoder.begin();
        encoder.beginEntry(parsed.severity(), TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(), 1);
        sections(encoder, parsed);
        encoder.endEntry();
        encoder.finish(0, 0);
        EntryDecoder entry = new EntryDecoder();
        if (!entry.wrap(encoder.buffer(), MessageDescriptor.BATCH_HEADER_LENGTH, encoder.length())) {
            throw new CliException(ExitCodes.INTERNAL, "the record that was described cannot be encoded");
        }
        LogRecord record = new LogRecord();
        WorkerIdentity identity = new WorkerIdentity(
                new UUID(0, 0), or(worker, "worker"), 1, 0, "", "", "", or(host, ""), "", or(service, ""));
        record.wrap(identity, 0, 0, LogRecord.UNNUMBERED, entry);
        return record;
    }

    private void sections(BatchEncoder encoder, Level parsed) {
        encoder.text(MessageDescriptor.LOGGER, logger);
        encoder.text(MessageDescriptor.THREAD_NAME, thread);
        encoder.text(MessageDescriptor.TEMPLATE, message);
        if (args != null) {
            encoder.beginArgs();
            args.forEach(value -> {
                if (isWhole(value)) {
                    encoder.addLong(Long.parseLong(value));
                } else {
                    encoder.addString(value);
                }
            });
            encoder.endArgs();
        }
        encoder.text(MessageDescriptor.LEVEL_NAME, parsed.needsName() ? parsed.name() : null);
        encoder.text(MessageDescriptor.MARKER, marker);
        pairs(encoder, MessageDescriptor.FIELDS, fields);
        pairs(encoder, MessageDescriptor.MDC, mdc);
        if (exception != null) {
            int colon = exception.indexOf(": ");
            encoder.beginException();
            encoder.beginThrowable(
                    MessageDescriptor.ROOT,
                    0,
                    colon < 0 ? exception : exception.substring(0, colon),
                    colon < 0 ? null : exception.substring(colon + 2));
            encoder.endThrowable(0);
            encoder.endException();
        }
    }

    private static void pairs(BatchEncoder encoder, int tag, Map<String, String> pairs) {
        if (pairs == null) {
            return;
        }
        encoder.beginPairs(tag);
        for (Map.Entry<String, String> pair : new TreeMap<>(pairs).entrySet()) {
            if (encoder.key(pair.getKey())) {
                if (isWhole(pair.getValue())) {
                    encoder.putLong(Long.parseLong(pair.getValue()));
                } else {
                    encoder.putNullable(pair.getValue());
                }
                encoder.endPair();
            }
        }
        encoder.endPairs();
    }

    private static boolean isWhole(String value) {
        return value.matches("-?\\d{1,18}");
    }

    private static String or(String value, String otherwise) {
        return value == null ? otherwise : value;
    }
}

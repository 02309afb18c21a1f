package io.emberlog.master.findings;

import io.emberlog.handler.LogRecord;
import io.emberlog.master.drain.LossEvent;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.fanout.JournalRecords;
import io.emberlog.master.fanout.ReportSink;
import io.emberlog.master.findings.Loss.Kind;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import io.emberlog.master.replay.ReplayProgress;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.ValueCursor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that did not arrive, out of the whole journal, the rings' headers, the handlers' checkpoints and the dead
 * letters. One thread; memory grows with the number of rings and distinct causes, not with that of records.
 */
public final class LossScan {
    private static final String DEAD_LETTERS = "dead-letters";
    private static final String DEAD_LETTERS_SUFFIX = ".jsonl";
    private static final Pattern LETTER_TIME = Pattern.compile("\"timestamp_ns\":(-?\\d{1,18})");
    private static final Pattern LETTER_REASON = Pattern.compile("\"reason\":\"((?:[^\"\\\\]|\\\\.)*+)\"");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final String HANDLER_LOGGERS = ReportSink.loggerName("");

    private final ReplayProgress progress;
    private final LossTally tally;
    private final RingLosses drops;
    private final Map<String, MissedNumbers> missed = new TreeMap<>();
    private final Map<UUID, String> workers = new HashMap<>();
    private final Set<String> quarantined = new HashSet<>();
    private final RingBlockReader ringRecords = new RingBlockReader();
    private long appendedEpochNs = -1;

    /** @param sinceEpochNs what was noticed before is left out; {@link Long#MIN_VALUE} for all */
    public LossScan(long sinceEpochNs, ReplayProgress progress) {
        this.progress = progress;
        tally = new LossTally(sinceEpochNs);
        drops = new RingLosses(tally);
    }

    /**
     * Reads everything; once.
     *
     * @param stat of the channel, now
     * @return by kind, the largest first
     */
    public List<Loss> run(ChannelStat stat) throws IOException {
        if (stat.journal() != null) {
            read(stat.journal().directory());
        }
        for (ChannelStat.Worker worker : stat.workers()) {
            for (ChannelStat.Dropped dropped : worker.dropped()) {
                drops.counted(
                        worker.ring(),
                        worker.name(),
                        dropped.reason(),
                        dropped.level(),
                        dropped.count(),
                        stat.takenEpochNs());
            }
        }
        for (Path ring : stat.quarantined()) {
            if (quarantined.add(ring.getFileName().toString())) {
                tally.add(Kind.QUARANTINED, ring.getFileName().toString(), "the journal does not say why", 1, -1);
            }
        }
        for (ChannelStat.Handler handler : stat.handlers()) {
            if (handler.lostRecords() > 0) {
                missed(handler.name())
                        .add(
                                handler.nextSequence(),
                                handler.nextSequence() + handler.lostRecords() - 1,
                                "deleted before it came to them",
                                -1);
            }
        }
        missed.forEach((handler, numbers) -> numbers.forEach(
                (what, count, epochNs) -> tally.add(Kind.NOT_DELIVERED, handler, what, count, epochNs)));
        readDeadLetters(stat.state().resolve(DEAD_LETTERS));
        return tally.losses();
    }

    private void read(Path journal) throws IOException {
        JournalListener listener = new Listener();
        long total = 0;
        for (Path segment : JournalScanner.segments(journal).values()) {
            total += Files.exists(segment) ? Files.size(segment) : 0;
        }
        try (JournalScanner scanner = JournalScanner.open(journal, listener)) {
            JournalRecords records = new JournalRecords(JournalListener.NONE); // the scanner tells of damage
            JournalDocumentReader document = new JournalDocumentReader();
            LogRecord record = new LogRecord();
            while (scanner.next(document) || scanner.searchBehindEnd() && scanner.next(document)) {
                appendedEpochNs = document.appendedEpochNs();
                readRings(document);
                records.wrap(document, scanner.bytesRead());
                while (records.next(record)) {
                    readEvent(record.entry());
                }
                progress.at(scanner.bytesRead(), total);
            }
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void readRings(JournalDocumentReader document) {
        for (int i = 0; i < document.sourceCount(); i++) {
            if (!workers.containsKey(document.sourceUuid(i))) {
                workers.put(document.sourceUuid(i), document.sourceIdentity(i).name());
            }
        }
        for (int i = 0; i < document.segmentCount(); i++) {
            UUID ring = document.sourceUuid(document.segmentSource(i));
            ringRecords.wrap(
                    document.array(),
                    document.segmentOffset(i),
                    document.segmentLength(i),
                    document.segmentPosition(i));
            while (ringRecords.nextRecord()) {
                if (ringRecords.type() == MessageDescriptor.TYPE_DROPPED) {
                    drops.reported(ring, workers.get(ring), document.array(), ringRecords.payloadOffset());
                }
            }
        }
        for (int i = 0; i < document.endedCount(); i++) {
            String name = workers.remove(document.endedUuid(i));
            String worker = name == null ? document.endedUuid(i).toString() : name;
            tally.add(Kind.UNFINISHED, worker, "torn: sized, not committed", document.endedTorn(i), appendedEpochNs);
            tally.add(Kind.UNFINISHED, worker, "hole: claimed, not sized", document.endedHole(i), appendedEpochNs);
        }
    }

    /** What the master says of workers, of handlers and of itself. */
    private void readEvent(EntryDecoder entry) {
        if (!isOurs(entry)) {
            return;
        }
        Map<String, String> fields = fields(entry);
        String event = fields.getOrDefault(LossEvent.EVENT_KEY, "");
        switch (event) {
            case "quarantined" -> {
                String file = fields.getOrDefault("file", "");
                if (quarantined.add(file.substring(file.lastIndexOf('/') + 1))) {
                    String why = reason(entry);
                    tally.add(Kind.QUARANTINED, fields.getOrDefault("worker", ""), why, 1, entry.timestampNs());
                }
            }
            case LossEvent.RETENTION ->
                missed(fields.getOrDefault(LossEvent.HANDLER_KEY, ""))
                        .add(
                                number(fields.get(LossEvent.FIRST_KEY)),
                                number(fields.get(LossEvent.LAST_KEY)),
                                "deleted by journal.max_size",
                                entry.timestampNs());
            case LossEvent.GAP ->
                missed(fields.getOrDefault(LossEvent.HANDLER_KEY, ""))
                        .add(
                                number(fields.get(LossEvent.FIRST_KEY)),
                                number(fields.get(LossEvent.LAST_KEY)),
                                "not in the journal when it came to them",
                                entry.timestampNs());
            default -> {
                String ring = fields.get("ring");
                String byLevel = fields.get("dropped_by_level");
                if (ring != null && byLevel != null) {
                    try {
                        drops.ended(
                                UUID.fromString(ring), fields.getOrDefault("worker", ""), byLevel, entry.timestampNs());
                    } catch (IllegalArgumentException e) {
                        return; // no uuid: the master did not write this
                    }
                }
            }
        }
    }

    /** Why a ring was set aside: the last argument of the record that says so. */
    private static String reason(EntryDecoder entry) {
        String last = "";
        if (entry.argCount() > 0) {
            ValueCursor args = entry.args();
            while (args.next()) {
                last = value(args);
            }
        }
        return NUMBER.matcher(last).replaceAll("#");
    }

    private static boolean isOurs(EntryDecoder entry) {
        if (!entry.has(MessageDescriptor.FIELDS) || !entry.has(MessageDescriptor.LOGGER)) {
            return false;
        }
        String logger = entry.text(MessageDescriptor.LOGGER);
        return logger.equals(MasterEvents.WORKER_LOGGER)
                || logger.equals(MasterEvents.MASTER_LOGGER)
                || logger.startsWith(HANDLER_LOGGERS);
    }

    private static Map<String, String> fields(EntryDecoder entry) {
        Map<String, String> fields = new HashMap<>();
        ValueCursor pairs = entry.pairs(MessageDescriptor.FIELDS);
        while (pairs.next()) {
            String key = value(pairs);
            if (pairs.next()) {
                fields.putIfAbsent(key, value(pairs));
            }
        }
        return fields;
    }

    private static String value(ValueCursor cursor) {
        return switch (cursor.type()) {
            case MessageDescriptor.LONG -> Long.toString(cursor.longValue());
            case MessageDescriptor.STRING ->
                new String(cursor.buffer(), cursor.textOffset(), cursor.textLength(), StandardCharsets.UTF_8);
            default -> "";
        };
    }

    private static long number(String text) {
        try {
            return text == null ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private MissedNumbers missed(String handler) {
        return missed.computeIfAbsent(handler, name -> new MissedNumbers());
    }

    private void readDeadLetters(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + DEAD_LETTERS_SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                readDeadLetters(file, name.substring(0, name.length() - DEAD_LETTERS_SUFFIX.length()));
            }
        }
    }

    private void readDeadLetters(Path file, String handler) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher time = LETTER_TIME.matcher(line);
                Matcher reason = LETTER_REASON.matcher(line);
                boolean timed = time.find();
                if (timed || !line.isEmpty()) { // a line that a crash cut off is a record all the same
                    tally.add(
                            Kind.REJECTED,
                            handler,
                            reason.find() ? NUMBER.matcher(reason.group(1)).replaceAll("#") : "unknown",
                            1,
                            timed ? Long.parseLong(time.group(1)) : -1);
                }
            }
        }
    }

    private final class Listener implements JournalListener {
        @Override
        public void onBroken(long index, String what) {
            tally.add(Kind.DAMAGED, "journal", "no document by its CRC32C or framing", 1, appendedEpochNs);
        }

        @Override
        public void onGap(long expectedSequence, long foundSequence) {
            tally.add(
                    Kind.MISSING,
                    "journal",
                    "the numbers do not follow on",
                    foundSequence - expectedSequence,
                    appendedEpochNs);
        }
    }
}

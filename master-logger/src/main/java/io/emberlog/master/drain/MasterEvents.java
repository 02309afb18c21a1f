package io.emberlog.master.drain;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Bytes;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.WorkerIdentity;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The master's own records: what it sees of its workers and of itself. They travel through the journal like those of a
 * ring whose uuid is the master's and whose position counts their bytes, never through a ring. Bounded: when nobody
 * drains, the oldest that wait are kept, further ones are counted and the count is reported. Any thread may add; the
 * drain thread takes.
 */
public final class MasterEvents implements EventSink {
    /** What a worker did, or what happened to it. */
    public static final String WORKER_LOGGER = "emberlog.worker";

    /** What the master did itself, or what happened to it. */
    public static final String MASTER_LOGGER = "emberlog.master";

    /** A key and its value: a String, Long, Double, Boolean or null. */
    public record Field(String key, Object value) {}

    private record Event(
            Level level, String logger, long epochNs, String template, Object[] args, List<Field> fields) {}

    private static final int MAX_WAITING = 10_000;
    private static final int MAX_LENGTH = 64 * 1024;
    private static final int MAX_TEXT = 8 * 1024;

    private final WorkerIdentity identity;
    private final LongSupplier epochNs;
    private final Alarm alarm;
    private final BatchEncoder encoder = new BatchEncoder(MAX_LENGTH, MAX_TEXT);
    private final ArrayDeque<Event> waiting = new ArrayDeque<>();
    private long suppressed;
    /** Of what the document that is being made tells. */
    private final ArrayDeque<Event> ofDocument = new ArrayDeque<>();

    private int encodedOfWaiting;
    private int encodedOfDocument;
    private long encodedSuppressed;
    private long sequenceTaken;
    private long sequence;
    private byte[] block = new byte[4096];
    private int length;
    private int count;
    private int highestSeverity;
    private long position;

    /**
     * @param identity of this master; its uuid is new at each start, so that record ids never repeat
     * @param alarm hears of what is {@link #addUrgent} or {@link #alarm}
     */
    public MasterEvents(WorkerIdentity identity, LongSupplier epochNs, Alarm alarm) {
        this.identity = identity;
        this.epochNs = epochNs;
        this.alarm = alarm;
    }

    public WorkerIdentity identity() {
        return identity;
    }

    /** Any thread. */
    @Override
    public void add(Level level, String logger, String template, Object[] args, Field... fields) {
        Event event = event(level, logger, template, args, fields);
        synchronized (waiting) {
            if (waiting.size() < MAX_WAITING) {
                waiting.add(event);
            } else {
                suppressed++;
            }
        }
    }

    private Event event(Level level, String logger, String template, Object[] args, Field... fields) {
        return new Event(level, logger, epochNs.getAsLong(), template, args.clone(), List.of(fields));
    }

    /** For what the document that is being made brings about: told with it, or, by {@link #forgetDocument}, not at all. */
    EventSink ofDocument() {
        return (level, logger, template, args, fields) -> ofDocument.add(event(level, logger, template, args, fields));
    }

    /** That document is not to be. */
    void forgetDocument() {
        ofDocument.clear();
    }

    /** A record of {@link #MASTER_LOGGER} that may wait until the trouble it tells of is over: the operator hears of it at once. */
    public void addUrgent(Level level, String template, Object... args) {
        alarm.tell(level, template, args);
        add(level, MASTER_LOGGER, template, args);
    }

    /**
     * For the operator at once, and no record: of what records may tell nobody.
     *
     * @return false when too many such lines wait to be printed
     */
    public boolean alarm(Level level, String line) {
        return alarm.tell(level, line);
    }

    boolean hasWaiting() {
        synchronized (waiting) {
            return !waiting.isEmpty();
        }
    }

    /**
     * Encodes events as ring records into {@link #block}, up to {@code most} bytes. They are kept until they are {@link #taken}.
     *
     * @return how many
     */
    int encode(int most) {
        length = 0;
        count = 0;
        highestSeverity = 0;
        sequence = sequenceTaken;
        encodedSuppressed = 0;
        Event[] first;
        Event refused = null;
        synchronized (waiting) {
            first = waiting.toArray(new Event[0]);
            if (suppressed > 0) {
                refused = event(
                        Level.WARN,
                        MASTER_LOGGER,
                        "{} records of the master were not kept: too many waited",
                        new Object[] {suppressed});
                encodedSuppressed = suppressed;
            }
        }
        encodedOfWaiting = encode(first, most);
        Event[] last = ofDocument.toArray(new Event[0]);
        encodedOfDocument = encodedOfWaiting == first.length ? encode(last, most) : 0;
        if (refused != null && (encodedOfDocument < last.length || encode(new Event[] {refused}, most) == 0)) {
            encodedSuppressed = 0;
        }
        return count;
    }

    private int encode(Event[] events, int most) {
        int encoded = 0;
        while (encoded < events.length && length + MAX_LENGTH + RingBlockReader.RECORD_HEADER_LENGTH <= most) {
            append(events[encoded++]);
        }
        return encoded;
    }

    private void append(Event event) {
        encoder.begin();
        encoder.beginEntry(
                event.level.severity(), event.epochNs, Thread.currentThread().getId());
        encoder.text(MessageDescriptor.LOGGER, event.logger);
        encoder.text(MessageDescriptor.TEMPLATE, event.template);
        if (event.args.length > 0) {
            encoder.beginArgs();
            for (Object arg : event.args) {
                addArg(arg);
            }
            encoder.endArgs();
        }
        if (event.level.needsName()) {
            encoder.text(MessageDescriptor.LEVEL_NAME, event.level.name());
        }
        if (!event.fields.isEmpty()) {
            encoder.beginPairs(MessageDescriptor.FIELDS);
            for (Field field : event.fields) {
                if (!encoder.key(field.key)) {
                    break;
                }
                putValue(field.value);
                encoder.endPair();
            }
            encoder.endPairs();
        }
        encoder.endEntry();
        encoder.finish(0, ++sequence);
        int recordLength = RingBlockReader.RECORD_HEADER_LENGTH + encoder.length();
        int aligned = recordLength + RingBlockReader.ALIGNMENT - 1 & -RingBlockReader.ALIGNMENT;
        if (block.length - length < aligned) {
            block = Arrays.copyOf(block, Math.max(length + aligned, 2 * block.length));
        }
        Bytes.putInt(block, length, recordLength);
        Bytes.putInt(block, length + Integer.BYTES, MessageDescriptor.TYPE_LOG_BATCH);
        System.arraycopy(encoder.buffer(), 0, block, length + RingBlockReader.RECORD_HEADER_LENGTH, encoder.length());
        Arrays.fill(block, length + recordLength, length + aligned, (byte) 0);
        length += aligned;
        count++;
        highestSeverity = Math.max(highestSeverity, event.level.severity());
    }

    private void addArg(Object arg) {
        if (arg instanceof Long || arg instanceof Integer) {
            encoder.addLong(((Number) arg).longValue());
        } else if (arg instanceof Double d) {
            encoder.addDouble(d);
        } else if (arg instanceof Boolean b) {
            encoder.addBoolean(b);
        } else {
            encoder.addString(arg == null ? null : arg.toString());
        }
    }

    private void putValue(Object value) {
        if (value instanceof Long || value instanceof Integer) {
            encoder.putLong(((Number) value).longValue());
        } else if (value instanceof Double d) {
            encoder.putDouble(d);
        } else if (value instanceof Boolean b) {
            encoder.putBoolean(b);
        } else {
            encoder.putNullable(value == null ? null : value.toString());
        }
    }

    byte[] block() {
        return block;
    }

    /** Of the events in the block; 0 when there are none. */
    int highestSeverity() {
        return highestSeverity;
    }

    int length() {
        return length;
    }

    /** Position of the first record in the block, as if the master wrote a ring without end. */
    long position() {
        return position;
    }

    /** The block is in the journal. */
    void taken() {
        position += length;
        length = 0;
        sequenceTaken = sequence;
        synchronized (waiting) {
            for (; encodedOfWaiting > 0; encodedOfWaiting--) {
                waiting.remove();
            }
            for (; encodedOfDocument > 0; encodedOfDocument--) {
                ofDocument.remove();
            }
            while (!ofDocument.isEmpty()) { // no room was left for them
                waiting.add(ofDocument.element());
                ofDocument.remove();
            }
            suppressed -= encodedSuppressed;
            encodedSuppressed = 0;
        }
    }
}

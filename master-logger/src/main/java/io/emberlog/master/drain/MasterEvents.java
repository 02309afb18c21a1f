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
public final class MasterEvents {
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
    private long sequence;
    private byte[] block = new byte[4096];
    private int length;
    private int count;
    private int highestSeverity;
    private long position;

    /**
     * @param identity of this master; its uuid is new at each start, so that record ids never repeat
     * @param alarm hears of what is {@link #addUrgent}
     */
    public MasterEvents(WorkerIdentity identity, LongSupplier epochNs, Alarm alarm) {
        this.identity = identity;
        this.epochNs = epochNs;
        this.alarm = alarm;
    }

    public WorkerIdentity identity() {
        return identity;
    }

    /** Adds a record of the master; {@code {}} in the template stands for the arguments. */
    public void add(Level level, String logger, String template, Object[] args, Field... fields) {
        Event event = new Event(level, logger, epochNs.getAsLong(), template, args.clone(), List.of(fields));
        synchronized (waiting) {
            if (waiting.size() < MAX_WAITING) {
                waiting.add(event);
            } else {
                suppressed++;
            }
        }
    }

    /** A record of {@link #MASTER_LOGGER} that may wait until the trouble it tells of is over: the operator hears of it at once. */
    public void addUrgent(Level level, String template, Object... args) {
        alarm.tell(level, template, args);
        add(level, MASTER_LOGGER, template, args);
    }

    boolean hasWaiting() {
        synchronized (waiting) {
            return !waiting.isEmpty();
        }
    }

    /**
     * Encodes waiting events as ring records into {@link #block}, up to {@code most} bytes.
     *
     * @return how many
     */
    int encode(int most) {
        length = 0;
        count = 0;
        highestSeverity = 0;
        while (length + MAX_LENGTH + RingBlockReader.RECORD_HEADER_LENGTH <= most) {
            Event event = next();
            if (event == null) {
                break;
            }
            append(event);
        }
        return count;
    }

    private Event next() {
        synchronized (waiting) {
            Event event = waiting.poll();
            if (event == null && suppressed > 0) {
                event = new Event(
                        Level.WARN,
                        MASTER_LOGGER,
                        epochNs.getAsLong(),
                        "{} records of the master were not kept: too many waited",
                        new Object[] {suppressed},
                        List.of());
                suppressed = 0;
            }
            return event;
        }
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
    }
}

package io.emberlog.bench;

import static io.emberlog.message.MessageDescriptor.BATCH_HEADER_LENGTH;
import static io.emberlog.message.MessageDescriptor.LOGGER;
import static io.emberlog.message.MessageDescriptor.TEMPLATE;
import static io.emberlog.message.MessageDescriptor.THREAD_NAME;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.handler.redact.Redaction;
import io.emberlog.handler.redact.Redactor;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A record into bytes, back, and to a line: in the memory of one thread, some thousand different ones by turns. */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@BenchmarkMode(Mode.AverageTime)
public class Codecs {
    static final int RECORDS = 4096;

    private static final long TIME_NS = 1_768_473_045_123_456_789L;
    private static final long NS_BETWEEN = 350;
    private static final int INFO = 9;
    private static final long THREAD_ID = 17;
    private static final int MAX_LENGTH = 64 * 1024;
    private static final String WORKER_NAME = "worker-0";
    /** Of the shape and with the check digit of one. */
    private static final String CARD = "4111 1111 1111 1111";

    private static final WorkerIdentity WORKER = new WorkerIdentity(
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
            WORKER_NAME,
            4711,
            0,
            "",
            "",
            "",
            "myhost",
            "orders",
            "trading");
    private static final byte[] LOGGER_NAME = "com.acme.Orders".getBytes(StandardCharsets.UTF_8);
    private static final byte[] THREAD = "main".getBytes(StandardCharsets.UTF_8);
    private static final byte[] MESSAGE = "order {} filled at {} by {}".getBytes(StandardCharsets.UTF_8);

    /** Encoders and what they have encoded. */
    @State(Scope.Thread)
    public static class Encoded {
        private static final int MAX_TEXT_LENGTH = 8 * 1024;

        final BatchEncoder encoder = new BatchEncoder(MAX_LENGTH, MAX_TEXT_LENGTH);
        final byte[][] batches = new byte[RECORDS][];
        final byte[][] batchesWithCards = new byte[RECORDS][];
        final EntryDecoder decoder = new EntryDecoder();

        @Setup
        public void encode() {
            for (int i = 0; i < RECORDS; i++) {
                encode(i, WORKER_NAME);
                batches[i] = Arrays.copyOf(encoder.buffer(), encoder.length());
                encode(i, CARD);
                batchesWithCards[i] = Arrays.copyOf(encoder.buffer(), encoder.length());
            }
        }

        int encode(int number, String by) {
            encoder.begin();
            encoder.beginEntry(INFO, TIME_NS + number * NS_BETWEEN, THREAD_ID);
            encoder.text(LOGGER, LOGGER_NAME);
            encoder.text(THREAD_NAME, THREAD);
            encoder.text(TEMPLATE, MESSAGE);
            encoder.beginArgs();
            encoder.addLong(1_000_000L + number);
            encoder.addDouble(100 + number % 1000 * 0.25);
            encoder.addString(by);
            encoder.endArgs();
            encoder.endEntry();
            encoder.finish(0, number);
            return encoder.length();
        }

        EntryDecoder decode(int number) {
            return decode(batches, number);
        }

        EntryDecoder decode(byte[][] from, int number) {
            byte[] batch = from[number];
            if (!decoder.wrap(batch, BATCH_HEADER_LENGTH, batch.length)) {
                throw new IllegalStateException("record " + number + " is not what was encoded");
            }
            return decoder;
        }
    }

    /** Lines of them. */
    @State(Scope.Thread)
    public static class Lines {
        /** One of {@link Format#NAMES}. */
        @Param("human")
        public String format;

        final LogRecord record = new LogRecord();
        final Utf8Buffer out = new Utf8Buffer(MAX_LENGTH);
        Format lines;

        @Setup
        public void open() {
            lines = Format.of(format, ZoneOffset.UTC);
        }
    }

    /** What is made unreadable in them. */
    @State(Scope.Thread)
    public static class Hidden {
        final LogRecord record = new LogRecord();
        final Redactor redactor =
                Redaction.of(List.of("secrets", "tokens", "cards", "emails")).redactor();

        LogRecord of(int number, EntryDecoder entry) {
            record.wrap(WORKER, 128L * number, 0, number, entry);
            return redactor.redact(record);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long encode(Encoded records) {
        long bytes = 0;
        for (int i = 0; i < RECORDS; i++) {
            bytes += records.encode(i, WORKER_NAME);
        }
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long decode(Encoded records) {
        long sum = 0;
        for (int i = 0; i < RECORDS; i++) {
            sum += records.decode(i).timestampNs();
        }
        return sum;
    }

    /** Includes {@link #decode}. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int redact(Encoded records, Hidden hidden) {
        int changed = 0;
        for (int i = 0; i < RECORDS; i++) {
            changed += hidden.of(i, records.decode(i)) == hidden.record ? 0 : 1;
        }
        return changed;
    }

    /** The same. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int redactCards(Encoded records, Hidden hidden) {
        int changed = 0;
        for (int i = 0; i < RECORDS; i++) {
            changed += hidden.of(i, records.decode(records.batchesWithCards, i)) == hidden.record ? 0 : 1;
        }
        return changed;
    }

    /** The same. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long format(Encoded records, Lines to) {
        long bytes = 0;
        for (int i = 0; i < RECORDS; i++) {
            to.record.wrap(WORKER, 128L * i, 0, i, records.decode(i));
            to.out.clear();
            to.lines.format(to.record, to.out);
            bytes += to.out.length();
        }
        return bytes;
    }
}

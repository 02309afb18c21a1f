package io.emberlog.handler.kafka;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.http.Redaction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An idempotent producer (acks = all) and its topic. One thread.
 *
 * <p>Order: where one record of a key was not taken, those of the same key behind it come again, too, though some of them may have
 * arrived; so the last time each arrives, they arrive in order. Without keys there is no order to keep, and only what failed comes
 * again.
 */
final class TopicProducer {
    /** Beyond the timeout of the producer itself, within which it promises to answer. */
    private static final long GRACE_NS = 2_000_000_000L;

    private final KafkaSettings settings;
    private final KafkaProducer<byte[], byte[]> producer;
    private final RecordValues values;
    private final Redaction redaction;
    private boolean broken;
    private long bytes;

    private TopicProducer(KafkaSettings settings, KafkaProducer<byte[], byte[]> producer, Redaction redaction) {
        this.settings = settings;
        this.producer = producer;
        this.redaction = redaction;
        values = new RecordValues(settings);
    }

    /** @throws IOException with the reason, without secrets and without a cause, which may hold them */
    static TopicProducer open(KafkaSettings settings, String handlerName) throws IOException {
        ProducerProperties properties = new ProducerProperties(settings, handlerName);
        Redaction redaction = Redaction.of(properties.secrets());
        try {
            return new TopicProducer(
                    settings,
                    new KafkaProducer<>(properties.get(), new ByteArraySerializer(), new ByteArraySerializer()),
                    redaction);
        } catch (
                RuntimeException
                        e) { // of its configuration, most likely: a file that is not there, a name that is unknown
            throw new IOException(redaction.apply("Kafka's producer cannot be made: " + Failures.text(e)));
        }
    }

    /** Whether it will never send again: close it and make another. */
    boolean isBroken() {
        return broken;
    }

    /** Bytes of keys and values since the last call. */
    long takeBytes() {
        long taken = bytes;
        bytes = 0;
        return taken;
    }

    Reply send(List<LogRecord> batch, long nowEpochNs) {
        long deadlineNs = System.nanoTime() + settings.timeout().toNanos() + GRACE_NS;
        List<Future<RecordMetadata>> futures = new ArrayList<>(batch.size());
        for (LogRecord record : batch) {
            ProducerRecord<byte[], byte[]> made = values.of(record, nowEpochNs);
            bytes += made.value().length + (made.key() == null ? 0 : made.key().length);
            Future<RecordMetadata> future = start(made);
            futures.add(future);
            Throwable failure = failedAlready(future);
            if (failure != null && Failures.isOfTheMoment(failure) || System.nanoTime() - deadlineNs > 0) {
                break; // the next would wait as long
            }
        }
        Throwable[] failures = new Throwable[batch.size()];
        for (int i = 0; i < batch.size(); i++) {
            failures[i] = i < futures.size() ? failure(futures.get(i), deadlineNs) : Failures.NOT_SENT;
            broken |= failures[i] != null && Failures.isFatal(failures[i]);
        }
        return reply(batch, failures);
    }

    /** The producer throws some failures and gives others back; here all come back. */
    private Future<RecordMetadata> start(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Throwable failedAlready(Future<RecordMetadata> future) {
        return future.isDone() ? failure(future, System.nanoTime()) : null;
    }

    /** Null when it was taken. */
    private static Throwable failure(Future<RecordMetadata> future, long deadlineNs) {
        try {
            future.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            return Failures.NO_ANSWER;
        } catch (InterruptedException e) { // nobody of ours does that; the flag would close channels used from here on
            return Failures.NO_ANSWER;
        }
    }

    private Reply reply(List<LogRecord> batch, Throwable[] failures) {
        Map<Integer, String> rejected = new HashMap<>();
        BitSet again = new BitSet();
        Set<String> behind = new HashSet<>();
        String code = "";
        String reason = "";
        for (int i = 0; i < failures.length; i++) {
            String key = RecordKeys.of(batch.get(i), settings.key());
            boolean follows = key != null && behind.contains(key);
            if (failures[i] == null && !follows) {
                continue;
            }
            if (failures[i] != null && !Failures.isOfTheMoment(failures[i])) {
                rejected.put(i, told(failures[i]));
                code = code.isEmpty() ? Failures.code(failures[i]) : code;
                continue;
            }
            again.set(i);
            if (key != null) {
                behind.add(key);
            }
            if (failures[i] != null && reason.isEmpty()) {
                reason = told(failures[i]);
            }
        }
        if (again.isEmpty() && rejected.isEmpty()) {
            return Reply.delivered();
        }
        return again.cardinality() == failures.length
                ? Reply.unavailable(reason)
                : Reply.partly(code, rejected, again, reason);
    }

    private String told(Throwable failure) {
        return redaction.apply(Failures.told(failure, settings.topic()));
    }

    /** Does not wait: what is in it was answered, or comes again. */
    void close() {
        producer.close(Duration.ZERO);
    }
}

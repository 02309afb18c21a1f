package io.emberlog.handler.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.RetryLaterException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchHandlerTest {
    private static final Duration AT_ONCE = Duration.ZERO;

    private final FakeDestination destination = new FakeDestination();

    private static List<LogRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Records.plain(i, "record " + i))
                .toList();
    }

    private static List<String> texts(IntStream numbers) {
        return numbers.mapToObj(i -> "record " + i).toList();
    }

    private BatchHandler handler(int records, Duration linger) {
        return new BatchHandler(destination, new BatchLimits(records, 1 << 20, linger));
    }

    /** Refuses a batch as long as it holds one of these. */
    private void refuses(Predicate<String> bad) {
        destination.rule = batch -> batch.stream().map(FakeDestination::message).anyMatch(bad)
                ? Reply.rejected("400", "answered 400")
                : Reply.delivered();
    }

    @Test
    void oneRecordToBlameIsFoundInABatchAndPutAsideAfterFiveTries() throws IOException {
        refuses("record 37"::equals);
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(handler(64, AT_ONCE), records(100));
        assertThat(destination.delivered)
                .containsExactlyElementsOf(texts(IntStream.range(0, 100).filter(i -> i != 37)));
        assertThat(caller.putAside()).extracting(FakeDestination::message).containsExactly("record 37");
        assertThat(caller.metrics().get(Counter.REJECTED)).isEqualTo(1);
        // 64, 32 with it and 32 without, ... and five times it alone; then the rest
        assertThat(destination.requests.stream().filter(size -> size == 1).count())
                .isGreaterThanOrEqualTo(5);
    }

    @Test
    void aStreamOfRefusedRecordsIsPutAsideWithoutFiveTriesForEach() throws IOException {
        refuses(text -> true);
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(handler(1, AT_ONCE), records(20));
        assertThat(caller.putAside()).hasSize(20);
        assertThat(destination.requests).hasSize(BatchHandler.TRIES + 19);
        assertThat(destination.delivered).isEmpty();
    }

    @Test
    void anotherCodeIsTriedFiveTimesAgain() throws IOException {
        destination.rule = batch -> Reply.rejected("4" + FakeDestination.message(batch.get(0)), "no");
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(handler(1, AT_ONCE), records(2));
        assertThat(destination.requests).hasSize(2 * BatchHandler.TRIES);
        assertThat(caller.putAside()).hasSize(2);
    }

    @Test
    void aSingleRecordTooLargeIsPutAsideAtOnceAndTwoAreSentOneByOne() throws IOException {
        destination.rule = batch ->
                batch.size() > 1 || FakeDestination.message(batch.get(0)).equals("record 3")
                        ? Reply.tooLarge("answered 413")
                        : Reply.delivered();
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(handler(8, AT_ONCE), records(8));
        assertThat(destination.delivered)
                .containsExactlyElementsOf(texts(IntStream.range(0, 8).filter(i -> i != 3)));
        assertThat(caller.putAside()).hasSize(1);
    }

    @Test
    void whatIsRefusedOrPutOffByItemIsTriedAloneAndTheRestIsNotSentAgain() throws IOException {
        BitSet again = new BitSet();
        again.set(2);
        destination.script.add(batch -> Reply.partly("400", Map.of(1, "no"), again, "answered 429 for some"));
        refuses("record 1"::equals);
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(handler(4, AT_ONCE), records(4));
        assertThat(destination.delivered).containsExactlyInAnyOrderElementsOf(texts(IntStream.of(0, 2, 3)));
        assertThat(caller.putAside()).extracting(FakeDestination::message).containsExactly("record 1");
    }

    @Test
    void thirtyFailuresInARowAskTheDestinationLessAndLess() throws IOException {
        for (int i = 0; i < 30; i++) {
            destination.script.add(batch -> Reply.unavailable("answered 503"));
        }
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(handler(10, AT_ONCE), records(10));
        assertThat(destination.delivered).hasSize(10);
        // 9 waits of the caller, then 21 open times of 10, 20, 40, 60, 60, ... s
        long atLeastNs = (10 + 20 + 40 + 18 * 60) * 1_000_000_000L;
        assertThat(caller.nanoTime()).isGreaterThan(atLeastNs);
        assertThat(caller.reports())
                .filteredOn(text -> text.contains("left alone"))
                .hasSize(1);
        assertThat(caller.reports())
                .filteredOn(text -> text.contains("at every turn again"))
                .hasSize(1);
    }

    @Test
    void theServicesOwnWordForWhenToComeBackIsPassedOn() throws IOException {
        BatchHandler handler = handler(10, AT_ONCE);
        ModelCaller caller = new ModelCaller(1000, 1000);
        handler.open(caller);
        handler.handle(records(1).get(0));
        destination.script.add(batch -> Reply.unavailable("answered 429", Duration.ofSeconds(17)));
        RetryLaterException later = catchThrowableOfType(RetryLaterException.class, handler::flush);
        assertThat(later.delayNs()).isEqualTo(17_000_000_000L);
        caller.advance(16_000_000_000L);
        RetryLaterException other = catchThrowableOfType(RetryLaterException.class, handler::checkpoint);
        assertThat(other).hasMessage("answered 429");
        assertThat(other.delayNs()).isEqualTo(1_000_000_000L);
        assertThat(destination.requests).hasSize(1);
        caller.advance(1_000_000_000L);
        handler.flush();
        assertThat(destination.delivered).hasSize(1);
    }

    /** A flush and a checkpoint fail of the same outage: the destination is asked at the pace of one of them. */
    @Test
    void whicheverCallItIsTheDestinationIsAskedEverLaterUntilTheTenthFailureInARow() throws IOException {
        BatchHandler handler = handler(10, AT_ONCE);
        ModelCaller caller = new ModelCaller(1000, 1000);
        handler.open(caller);
        handler.handle(records(1).get(0));
        destination.failure = new IOException("refused");
        List<Long> askedMs = new ArrayList<>();
        for (int ms = 0; ms < 20_000; ms += 10) {
            int before = destination.requests.size();
            assertThat(catchThrowableOfType(IOException.class, handler::flush)).isNotNull();
            assertThat(catchThrowableOfType(IOException.class, handler::checkpoint))
                    .isInstanceOf(RetryLaterException.class);
            for (int i = before; i < destination.requests.size(); i++) {
                askedMs.add((long) ms);
            }
            caller.advance(10_000_000L);
        }
        assertThat(askedMs)
                .containsExactly(0L, 100L, 300L, 700L, 1_500L, 3_100L, 6_100L, 9_100L, 12_100L, 15_100L)
                .hasSize(CircuitBreaker.THRESHOLD);
        assertThat(caller.reports()).singleElement().asString().contains("left alone", "10 failures in a row");
    }

    @Test
    void aCheckpointUsesUpNoneOfTheTriesOfARefusedRecord() throws IOException {
        refuses("record 0"::equals);
        BatchHandler handler = handler(10, AT_ONCE);
        ModelCaller caller = new ModelCaller(1000, 1000);
        handler.open(caller);
        handler.handle(records(1).get(0));
        for (int i = 0; i < 20; i++) {
            assertThat(catchThrowableOfType(RetryLaterException.class, handler::checkpoint))
                    .hasMessageContaining("try 1 of 5");
        }
        assertThat(destination.requests).hasSize(1);
    }

    @Test
    void recordsLingerUntilTheBatchIsFullTheTimeIsOverOrACheckpointComes() throws IOException {
        BatchHandler handler = handler(3, Duration.ofSeconds(1));
        ModelCaller caller = new ModelCaller(1000, 1000);
        handler.open(caller);
        List<LogRecord> records = records(6);
        handler.handle(records.get(0));
        handler.flush();
        handler.tick(caller.nanoTime());
        assertThat(destination.requests).isEmpty();
        caller.advance(1_000_000_000L);
        handler.tick(caller.nanoTime());
        assertThat(destination.requests).containsExactly(1);
        for (LogRecord record : records.subList(1, 5)) {
            handler.handle(record);
        }
        assertThat(destination.requests).containsExactly(1, 3);
        handler.checkpoint();
        assertThat(destination.requests).containsExactly(1, 3, 1);
    }

    @Test
    void aRecordThatIsNotTakenIsNotSentBesideItself() throws IOException {
        BatchHandler handler = handler(1, AT_ONCE);
        ModelCaller caller = new ModelCaller(1000, 1000);
        handler.open(caller);
        List<LogRecord> records = records(2);
        handler.handle(records.get(0));
        destination.failure = new IOException("refused");
        assertThat(catchThrowableOfType(IOException.class, () -> handler.handle(records.get(1))))
                .isNotNull();
        destination.failure = null;
        caller.advance(BatchHandler.FIRST_RETRY_NS);
        handler.handle(records.get(1));
        handler.flush();
        assertThat(destination.delivered).containsExactly("record 0", "record 1");
    }

    @Test
    void whateverTheDestinationAnswersEachRecordIsDeliveredOrPutAside() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            FakeDestination moody = new FakeDestination();
            List<String> bad = new ArrayList<>(texts(random.ints(5, 0, 200)));
            moody.rule = batch -> moody(random, bad, batch);
            ModelCaller caller = new ModelCaller(1 + random.nextInt(50), 1 + random.nextInt(20));
            BatchLimits limits = new BatchLimits(1 + random.nextInt(40), 1 + random.nextInt(4000), AT_ONCE);
            caller.run(new BatchHandler(moody, limits), records(200));
            List<String> aside =
                    caller.putAside().stream().map(FakeDestination::message).toList();
            assertThat(aside)
                    .as("seed=%d", seed)
                    .containsExactlyInAnyOrderElementsOf(bad.stream().distinct().toList());
            assertThat(moody.delivered)
                    .as("seed=%d", seed)
                    .containsExactlyInAnyOrderElementsOf(texts(IntStream.range(0, 200)).stream()
                            .filter(text -> !bad.contains(text))
                            .toList());
        }
    }

    private static Reply moody(Random random, List<String> bad, List<LogRecord> batch) {
        List<String> texts = batch.stream().map(FakeDestination::message).toList();
        switch (random.nextInt(6)) {
            case 0:
                return Reply.unavailable("answered 503");
            case 1:
                return batch.size() > 1 ? Reply.tooLarge("answered 413") : Reply.unavailable("answered 429");
            case 2, 3:
                Map<Integer, String> rejected = new java.util.HashMap<>();
                BitSet again = new BitSet();
                for (int i = 0; i < texts.size(); i++) {
                    if (bad.contains(texts.get(i))) {
                        rejected.put(i, "no");
                    } else if (random.nextBoolean()) {
                        again.set(i);
                    }
                }
                return Reply.partly("400", rejected, again, "answered 207");
            default:
                return texts.stream().anyMatch(bad::contains)
                        ? Reply.rejected("400", "answered 400")
                        : Reply.delivered();
        }
    }
}

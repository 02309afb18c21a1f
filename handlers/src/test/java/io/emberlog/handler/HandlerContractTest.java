package io.emberlog.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.emberlog.message.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every handler must pass: extend it, say how to make the handler, how to read its destination, and how to break
 * that. {@link #delivered} names records by the texts {@code "record 0"}, {@code "record 1"}, ... in the order in which
 * they arrived.
 */
public abstract class HandlerContractTest {
    private static final int COUNT = 50;

    protected final List<LogRecord> records = IntStream.range(0, COUNT)
            .mapToObj(i -> Records.plain(i, "record " + i))
            .toList();

    /** A new object, not opened, for the same destination each time. */
    protected abstract Handler create();

    /** One text for each record that arrived, holding the record's message. */
    protected abstract List<String> delivered() throws IOException;

    /** The next thing that the handler does to its destination fails with an {@link IOException}; later ones do not. */
    protected abstract void failOnce();

    /** False: records since the stored state may arrive twice. */
    protected abstract boolean exactlyOnce();

    @Test
    void recordsArriveInOrder() throws IOException {
        new ModelCaller(10, 3).run(create(), records);
        assertThat(numbers(delivered())).isEqualTo(numbers(0, COUNT));
    }

    @Test
    void aRecordIsSeenAfterFlushWithoutACheckpoint() throws Exception {
        try (Handler handler = create()) {
            handler.open(new ModelCaller(10, 3) {
                @Override
                public void requestCheckpoint() throws IOException {
                    handler.checkpoint();
                }
            });
            handler.handle(records.get(0));
            handler.flush();
            assertThat(numbers(delivered())).isEqualTo(numbers(0, 1));
        }
    }

    @Test
    void aLifeThatEndedWithoutCheckpointIsMadeGoodFromTheStoredState() throws IOException {
        ModelCaller caller = new DyingCaller(25);
        assertThatCode(() -> caller.run(create(), records)).isInstanceOf(Died.class);
        caller.run(create(), records);
        assertComplete();
    }

    @Test
    void aNewLifeOnTheSameObjectGoesOnFromTheStoredState() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3);
        Handler handler = create();
        caller.run(handler, records.subList(0, 20));
        caller.run(handler, records);
        assertThat(numbers(delivered())).isEqualTo(numbers(0, COUNT));
    }

    @Test
    void aDestinationThatFailsOnceDelaysButLosesNothing() throws IOException {
        new ModelCaller(10, 3) {
            @Override
            protected void between(int taken) {
                if (taken % 10 == 5) {
                    failOnce();
                }
            }
        }.run(create(), records);
        assertComplete();
    }

    @Test
    void closeMayComeFirstAndTwice() throws IOException {
        Handler handler = create();
        handler.close();
        new ModelCaller(10, 3).run(handler, records);
        assertThatCode(handler::close).doesNotThrowAnyException();
        assertThatCode(handler::close).doesNotThrowAnyException();
    }

    @Test
    void aStateIsThereFromTheStartAndSmall() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(create(), List.of());
        assertThat(caller.state()).isNotNull();
        assertThat(caller.state().length).isLessThanOrEqualTo(64 * 1024);
    }

    @Test
    void hostileContentIsNeitherRefusedNorAbleToForgeARecord() throws IOException {
        List<LogRecord> hostile = new ArrayList<>();
        hostile.add(Records.plain(0, "record 0\nrecord 9 \u001b[2J \u202e \u0085 \0"));
        hostile.add(Records.record(1, 24, encoder -> {}));
        hostile.add(Records.full());
        hostile.add(Records.bare(new byte[] {(byte) 0xC3, (byte) 0xED, (byte) 0xA0, (byte) 0x80, (byte) 0xFF}));
        hostile.add(Records.plain(4, "x".repeat(300_000)));
        hostile.add(Records.plain(5, "record 5"));
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(create(), hostile);
        assertThat(caller.metrics().get(HandlerMetrics.Counter.REJECTED)).isZero();
        assertThat(String.join("", delivered())).contains("record 0").contains("record 5");
        assertThat(delivered()).noneMatch(text -> text.startsWith("record 9"));
    }

    @Test
    void nothingIsReportedAsLongAsAllGoesWell() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(create(), records);
        assertThat(caller.reports()).noneMatch(report -> report.startsWith(Level.ERROR.name()));
    }

    private void assertComplete() throws IOException {
        List<Integer> arrived = numbers(delivered());
        if (exactlyOnce()) {
            assertThat(arrived).isEqualTo(numbers(0, COUNT));
        } else {
            assertThat(arrived.stream().distinct().sorted().toList()).isEqualTo(numbers(0, COUNT));
        }
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static List<Integer> numbers(List<String> delivered) {
        return delivered.stream()
                .map(text -> Integer.valueOf(text.replaceAll("(?s).*record (\\d+).*", "$1")))
                .toList();
    }

    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Once, after that many records. */
    private static final class DyingCaller extends ModelCaller {
        private final int after;
        private boolean died;

        DyingCaller(int after) {
            super(10, 3);
            this.after = after;
        }

        @Override
        protected void between(int taken) {
            if (taken == after && !died) {
                died = true;
                throw new Died();
            }
        }
    }
}

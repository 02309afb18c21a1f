package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.handler.delivery.BatchHandler;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.message.Level;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that are refused while they cannot be put aside. On a real full disk: {@link FanOutTest}. */
class AsideRecordsTest {
    private static final long SECOND_NS = AgentHarness.SECOND_NS;

    @TempDir
    Path directory;

    private final List<AgentHarness> harnesses = new ArrayList<>();
    private TestJournal journal;
    private Path state;
    private Path file;

    /** Refuses number 1 when it comes. */
    private static class Refusing extends RecordingHandler {
        @Override
        void onHandle(long number) throws RecordRejectedException {
            if (number == 1) {
                throw new RecordRejectedException("no");
            }
        }
    }

    /** Takes every record and is refused number 1 when it flushes, as one is that sends batches. */
    private static class RefusedLater extends RecordingHandler {
        private LogRecord held;

        @Override
        public void handle(LogRecord record) throws IOException, RecordRejectedException {
            super.handle(record);
            if (record.sequence() == 1) {
                held = record.copy();
            }
        }

        @Override
        void onFlush() {
            if (held != null) {
                context.putAside(held, "no");
                held = null;
            }
        }
    }

    @BeforeEach
    void openJournal() throws Exception {
        state = directory.resolve("state");
        file = state.resolve("dead-letters/out.jsonl");
        journal = new TestJournal(directory.resolve("journal"));
        journal.append(3);
    }

    @AfterEach
    void closeJournal() {
        harnesses.forEach(AgentHarness::close);
        journal.close();
    }

    @Test
    void aRefusedRecordThatCannotBePutAsideKeepsItsHandlerInItsPlaceUntilItCan() throws Exception {
        cannotBeOpened();
        RecordingHandler handler = new Refusing();
        AgentHarness agent = harness(handler).run();
        for (int i = 0; i < 30; i++) {
            agent.after(SECOND_NS);
        }
        assertThat(handler.numbers()).containsExactly(0);
        assertThat(handler.calls).containsOnlyOnce("handle 1");
        assertThat(storedNext()).isEqualTo(1);
        HandlerStatus status = agent.agent.status();
        assertThat(status.state()).isEqualTo(HandlerState.WAITING);
        assertThat(status.problem()).contains("which cannot be put aside").contains("Is a directory");
        assertThat(status.lagRecords()).isEqualTo(2);
        assertThat(status.count(Counter.REJECTED)).isZero();
        assertThat(agent.reports)
                .singleElement()
                .asString()
                .startsWith("ERROR handler out: does not take record")
                .contains("no")
                .contains("cannot be put aside; that is tried again");
        assertThat(agent.alarms).hasSize(1);

        Files.delete(file);
        agent.after(4 * SECOND_NS);
        assertThat(handler.numbers()).containsExactly(0, 2);
        assertThat(Files.readAllLines(file)).singleElement().asString().contains(",\"sequence\":1,");
        assertThat(agent.agent.status().problem()).isNull();
        assertThat(agent.agent.status().count(Counter.REJECTED)).isEqualTo(1);
        assertThat(agent.reported(Level.INFO, "puts records aside again")).isTrue();
        assertThat(agent.alarms).hasSize(2).last().asString().contains("works again");
        agent.after(SECOND_NS).stop();
        assertThat(storedNext()).isEqualTo(3);
    }

    @Test
    void noCheckpointPassesARecordThatWasTakenAndCannotBePutAside() throws Exception {
        cannotBeOpened();
        RecordingHandler handler = new RefusedLater();
        AgentHarness agent = harness(handler).run();
        journal.append(2);
        for (int i = 0; i < 30; i++) {
            agent.after(SECOND_NS);
        }
        assertThat(handler.numbers()).containsExactly(0, 1, 2);
        assertThat(handler.calls).doesNotContain("checkpoint");
        assertThat(storedNext()).isNegative();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.WAITING);
        assertThat(agent.agent.status().nextSequence()).isEqualTo(1);
        assertThat(agent.reports).hasSize(1);
        assertThatThrownBy(handler.context::requestCheckpoint)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("to be put aside");

        Files.delete(file);
        agent.after(4 * SECOND_NS).after(2 * SECOND_NS);
        assertThat(handler.numbers()).containsExactly(0, 1, 2, 3, 4);
        assertThat(Files.readAllLines(file)).hasSize(1);
        assertThat(storedNext()).isEqualTo(5);
    }

    /** As every handler for a service does: the refused one of a batch was taken long before. */
    @Test
    void oneOfABatchThatCannotBePutAsideHoldsUpWhatComesAndNotWhatIsBesideIt() throws Exception {
        cannotBeOpened();
        List<Long> delivered = new ArrayList<>();
        Destination picky = new Destination() {
            @Override
            public void open(HandlerContext context) {}

            @Override
            public Reply send(List<LogRecord> batch) {
                if (batch.stream().anyMatch(record -> record.sequence() == 1)) {
                    return Reply.rejected("400", "answered 400");
                }
                batch.forEach(record -> delivered.add(record.sequence()));
                return Reply.delivered();
            }

            @Override
            public void close() {}
        };
        BatchHandler handler = new BatchHandler(picky, new BatchLimits(100, 1 << 20, Duration.ZERO));
        AgentHarness agent = harness(handler).run();
        for (int i = 0; i < 10; i++) {
            agent.after(SECOND_NS);
        }
        journal.append(2);
        agent.after(10 * SECOND_NS);
        assertThat(delivered).containsExactly(0L, 2L);
        assertThat(storedNext()).isNegative();
        assertThat(agent.agent.status().problem()).contains("answered 400").contains("cannot be put aside");

        Files.delete(file);
        agent.after(4 * SECOND_NS).after(2 * SECOND_NS);
        assertThat(delivered).containsExactly(0L, 2L, 3L, 4L);
        assertThat(storedNext()).isEqualTo(5);
        assertThat(Files.readAllLines(file)).singleElement().asString().contains("answered 400");
    }

    @CrashRow("K18")
    @Test
    void aStopDoesNotWaitAndTheRecordComesAgainAtTheNextStart() throws Exception {
        cannotBeOpened();
        RecordingHandler handler = new Refusing();
        AgentHarness agent = harness(handler).run().stop();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.ABANDONED);
        assertThat(agent.agent.isBehind()).isTrue();
        assertThat(agent.agent.status().problem()).contains("cannot be put aside");
        assertThat(agent.agent.status().lagRecords()).isEqualTo(2);
        assertThat(handler.calls).endsWith("flush", "checkpoint", "close");
        assertThat(storedNext()).isEqualTo(1);

        Files.delete(file);
        RecordingHandler next = new Refusing();
        harness(next).run().stop();
        assertThat(next.calls).contains("handle 1");
        assertThat(next.numbers()).containsExactly(2);
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @CrashRow("K18")
    @Test
    void aStopStoresNothingBehindARecordThatWasTakenAndCannotBePutAside() throws Exception {
        cannotBeOpened();
        AgentHarness agent = harness(new RefusedLater()).run().stop();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.ABANDONED);
        assertThat(agent.agent.isBehind()).isTrue();
        assertThat(storedNext()).isNegative();

        Files.delete(file);
        RecordingHandler next = new RefusedLater();
        harness(next).run().stop();
        assertThat(next.numbers()).containsExactly(0, 1, 2);
        assertThat(Files.readAllLines(file)).hasSize(1);
        assertThat(storedNext()).isEqualTo(3);
    }

    @Test
    void aStopThatFindsRoomGoesOnToTheEnd() throws Exception {
        cannotBeOpened();
        RecordingHandler handler = new Refusing();
        AgentHarness agent = harness(handler).run();
        Files.delete(file);
        agent.stop();
        assertThat(handler.numbers()).containsExactly(0, 2);
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(agent.agent.isBehind()).isFalse();
    }

    @Test
    void whatMayNotBeOnTheDeviceComesAgainAndIsPutAsideAgain() throws Exception {
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of("/dev/null")); // takes every line and cannot be forced
        RecordingHandler handler = new Refusing();
        AgentHarness agent = harness(handler).run();
        agent.after(2 * SECOND_NS).after(2 * SECOND_NS);
        assertThat(storedNext()).isNegative();
        assertThat(handler.calls).contains("close");
        assertThat(agent.agent.status().problem()).contains("may not be on the device");

        Files.delete(file);
        for (int i = 0; i < 6; i++) {
            agent.after(2 * SECOND_NS);
        }
        assertThat(Files.readAllLines(file)).singleElement().asString().contains(",\"sequence\":1,");
        assertThat(storedNext()).isEqualTo(3);
        assertThat(agent.agent.status().problem()).isNull();
    }

    @Test
    void aStopDoesNotWaitForADeviceThatKeepsNothing() throws Exception {
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of("/dev/null"));
        AgentHarness agent = harness(new Refusing()).run().stop();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.ABANDONED);
        assertThat(agent.agent.isBehind()).isTrue();
        assertThat(storedNext()).isNegative();
    }

    @Test
    void aFileOfTheGreatestLengthIsWaitedForAndMovingItAwayMakesRoom() throws Exception {
        Files.createDirectories(file.getParent());
        try (RandomAccessFile full = new RandomAccessFile(file.toFile(), "rw")) {
            full.setLength(DeadLetters.MAX_FILE_LENGTH);
        }
        RecordingHandler handler = new Refusing();
        AgentHarness agent = harness(handler).run().after(10 * SECOND_NS);
        assertThat(handler.numbers()).containsExactly(0);
        assertThat(agent.agent.status().problem()).contains("move it away");
        assertThat(Files.size(file)).isEqualTo(DeadLetters.MAX_FILE_LENGTH);

        Files.move(file, state.resolve("moved"));
        agent.after(4 * SECOND_NS);
        assertThat(handler.numbers()).containsExactly(0, 2);
        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void aHandlerThatIsExchangedLeavesAtTheRecordForTheNextOne() throws Exception {
        cannotBeOpened();
        AgentHarness agent = harness(new Refusing()).run();
        agent.agent.requestLeave(agent.nowNs.get() + SECOND_NS);
        agent.after(SECOND_NS / 2);
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(storedNext()).isEqualTo(1);
    }

    private void cannotBeOpened() throws IOException {
        Files.createDirectories(file);
    }

    private AgentHarness harness(Handler handler) throws IOException {
        AgentHarness harness = new AgentHarness(journal, state, handler);
        harnesses.add(harness);
        return harness;
    }

    /** Negative when none is stored. */
    private long storedNext() throws IOException {
        return new CheckpointStore(state, AgentHarness.NAME, CheckpointFiles.REAL, (what, cause) -> {})
                .load()
                .nextSequence();
    }
}

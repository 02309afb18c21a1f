package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LatencySnapshot;
import io.emberlog.handler.RecordRejectedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the caller of a handler counts and measures, on a clock that the test moves. */
class AgentMetricsTest {
    private static final long SECOND_NS = AgentHarness.SECOND_NS;
    private static final long MS = 1_000_000L;

    @TempDir
    Path directory;

    private final List<AgentHarness> harnesses = new ArrayList<>();
    private TestJournal journal;
    private AgentHarness agent;

    @BeforeEach
    void openJournal() throws Exception {
        journal = new TestJournal(directory.resolve("journal"));
    }

    @AfterEach
    void close() {
        harnesses.forEach(AgentHarness::close);
        journal.close();
    }

    private AgentHarness harness(RecordingHandler handler) throws IOException {
        agent = new AgentHarness(journal, directory.resolve("state"), handler);
        harnesses.add(agent);
        return agent;
    }

    private HandlerStatus status() {
        return agent.agent.status();
    }

    @Test
    void aFlushIsMeasuredWhereItWroteSomething() throws Exception {
        journal.append(2);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onFlush() {
                agent.nowNs.addAndGet(3 * MS);
                if (taken.size() != 3) { // the third lingers
                    context.metrics().wrote(2 * MS);
                }
            }
        };
        harness(handler).run();
        journal.append(1);
        agent.run();
        journal.append(1);
        agent.run();
        assertThat(handler.calls).filteredOn("flush"::equals).hasSize(3);
        LatencySnapshot flush = status().latency(Timer.FLUSH);
        assertThat(flush.count()).isEqualTo(2);
        assertThat(flush.totalNs()).isEqualTo(6 * MS);
        assertThat(status().latency(Timer.WRITE).totalNs()).isEqualTo(4 * MS);
        assertThat(status().count(Counter.WRITES)).isEqualTo(2);
    }

    @Test
    void everyCallThatThrowsIsAnError() throws Exception {
        journal.append(4);
        RecordingHandler handler = new RecordingHandler() {
            private int failures;

            @Override
            void onOpen() throws IOException {
                fail(0);
            }

            @Override
            void onHandle(long number) throws IOException, RecordRejectedException {
                fail(1);
                if (number == 2) {
                    throw new RecordRejectedException("never");
                }
                if (number == 3 && failures == 2) {
                    failures++;
                    throw new HandlerRestartException("lost", null);
                }
            }

            @Override
            void onCheckpoint() throws IOException {
                fail(3);
            }

            private void fail(int at) throws IOException {
                if (failures == at) {
                    failures++;
                    throw new IOException("away");
                }
            }
        };
        harness(handler).run();
        for (int i = 0; i < 30; i++) {
            agent.after(SECOND_NS);
        }
        assertThat(handler.taken).contains(0L, 1L, 3L);
        // open, handle, the refusal in each of two lives, the new life, checkpoint
        assertThat(status().count(Counter.ERRORS)).isEqualTo(6);
        assertThat(status().count(Counter.REJECTED)).isEqualTo(2);
        assertThat(status().count(Counter.RESTARTS)).isEqualTo(1);
        assertThat(status().problem()).isNull();
    }

    @Test
    void lagIsTheAgeOfTheOldestRecordThatIsNotDone() throws Exception {
        boolean[] away = {false};
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (away[0]) {
                    throw new IOException("away");
                }
            }
        };
        journal.append(1);
        harness(handler).run();
        assertThat(status().lagRecords()).isZero();
        assertThat(status().lagNs()).as("it has done all").isZero();

        agent.nowNs.addAndGet(3_600 * SECOND_NS); // nothing comes for an hour
        away[0] = true;
        journal.append(1);
        agent.appended();
        agent.nowNs.addAndGet(7 * SECOND_NS); // as one whose thread does not come back does not see it
        assertThat(status().lagRecords()).isEqualTo(1);
        assertThat(status().lagNs()).isEqualTo(7 * SECOND_NS);
        journal.append(5);
        agent.appended();
        assertThat(status().lagNs()).isEqualTo(7 * SECOND_NS);
    }

    @Test
    void lagIsThatOfTheDocumentInHandAndOfTheNextOneBehindIt() throws Exception {
        long[] last = {-1};
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (number > last[0]) {
                    throw new IOException("away");
                }
            }
        };
        journal.appendedEpochNs = 42; // long ago
        journal.append(2);
        harness(handler).run();
        assertThat(status().state()).isEqualTo(HandlerState.WAITING);
        assertThat(status().lagRecords()).isEqualTo(2);
        assertThat(status().waitingSinceEpochNs()).isEqualTo(42);
        assertThat(status().lagNs()).isEqualTo(status().takenEpochNs() - 42);
        last[0] = 1;
        for (int i = 0; i < 10; i++) {
            agent.after(SECOND_NS);
        }
        assertThat(status().lagNs()).isZero();
    }

    @Test
    void aRecordThatWasTakenAndIsStillInTheBufferIsNotDone() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) {
                if (number == 2) { // with a full buffer: those before it are written
                    context.metrics().wrote(1);
                    context.metrics().set(Gauge.BUFFERED_RECORDS, 0);
                }
                context.metrics()
                        .set(Gauge.BUFFERED_RECORDS, 1 + context.metrics().get(Gauge.BUFFERED_RECORDS));
            }
        };
        journal.appendedEpochNs = 42;
        journal.append(2);
        harness(handler).run();
        assertThat(handler.calls).as("let them linger").endsWith("flush");
        assertThat(status().lagRecords()).isEqualTo(2);
        assertThat(status().nextSequence()).isZero();
        assertThat(status().waitingSinceEpochNs()).isEqualTo(42);

        journal.appendedEpochNs = 43;
        journal.append(2);
        agent.run();
        assertThat(status().lagRecords()).isEqualTo(2);
        assertThat(status().nextSequence()).isEqualTo(2);
        assertThat(status().waitingSinceEpochNs()).isEqualTo(43);

        agent.after(2 * SECOND_NS);
        assertThat(handler.calls).contains("checkpoint");
        assertThat(status().lagRecords())
                .as("a state is behind all that was taken")
                .isZero();
        assertThat(status().lagNs()).isZero();
    }

    @Test
    void whatIsInTheBufferOfAHandlerWhoseFlushFailsIsNotDone() throws Exception {
        boolean[] away = {true};
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onFlush() throws IOException {
                if (away[0]) {
                    throw new IOException("away");
                }
            }

            @Override
            void onCheckpoint() throws IOException {
                onFlush();
            }
        };
        journal.append(2);
        harness(handler).run();
        agent.after(10 * SECOND_NS);
        assertThat(status().lagRecords()).isEqualTo(2);
        away[0] = false;
        agent.after(10 * SECOND_NS);
        assertThat(status().lagRecords()).isZero();
    }

    @Test
    void aLagThatWasToldOnceIsRememberedForAsLongAsTheRecordWaits() throws Exception {
        harness(new RecordingHandler()).run();
        journal.append(1);
        agent.run();
        agent.nowNs.addAndGet(SECOND_NS);
        journal.append(1);
        agent.appended();
        long since = status().waitingSinceEpochNs();
        for (int i = 0; i < 2 * AppendTimes.CAPACITY; i++) {
            agent.nowNs.addAndGet(MS);
            agent.head.appended(journal.lastIndex(), 3 + i, agent.nowNs.get());
        }
        assertThat(agent.head.appendedEpochNs(1)).as("forgotten").isEqualTo(-1);
        assertThat(status().waitingSinceEpochNs()).isEqualTo(since).isPositive();
    }

    @Test
    void uptimeBeginsWithTheAgentAndStandsStillOnceItHasEnded() throws Exception {
        harness(new RecordingHandler()).after(5 * SECOND_NS);
        assertThat(status().uptimeNs()).isEqualTo(5 * SECOND_NS);
        assertThat(status().startedEpochNs()).isEqualTo(1_000_000 * SECOND_NS + 1);
        agent.stop();
        agent.after(5 * SECOND_NS);
        assertThat(status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(status().uptimeNs()).isEqualTo(5 * SECOND_NS);
    }
}

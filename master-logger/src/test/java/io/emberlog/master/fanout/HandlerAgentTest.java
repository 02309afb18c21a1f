package io.emberlog.master.fanout;

import static io.emberlog.master.fanout.TestJournal.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalRetention;
import io.emberlog.message.Level;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlerAgentTest {
    private static final long SECOND_NS = AgentHarness.SECOND_NS;
    private static final long LONGEST_WAIT_NS = 7 * SECOND_NS;

    @TempDir
    Path directory;

    private final List<AgentHarness> harnesses = new ArrayList<>();
    private TestJournal journal;
    private Path state;
    private boolean fails;
    private boolean ticksFail;

    @BeforeEach
    void openJournal() throws Exception {
        state = directory.resolve("state");
        journal = new TestJournal(directory.resolve("journal"));
    }

    @AfterEach
    void closeJournal() {
        harnesses.forEach(AgentHarness::close);
        journal.close();
    }

    @Test
    void whatIsJournaledBeforeAStopIsDeliveredThoughTheStopComesInTheMiddleOfARound() throws Exception {
        journal.append(1);
        AtomicReference<AgentHarness> stopped = new AtomicReference<>();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onTick() {
                AgentHarness harness = stopped.getAndSet(null);
                if (harness != null) {
                    try {
                        journal.append(2);
                    } catch (JournalException e) {
                        throw new AssertionError(e);
                    }
                    harness.appended();
                    harness.agent.requestStop();
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        stopped.set(agent);
        agent.after(SECOND_NS);
        assertThat(handler.numbers()).containsExactly(0, 1, 2);
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
    }

    @Test
    void aNewHandlerGetsEveryRetainedRecordAndIsFlushedWhenNothingMoreWaits() throws Exception {
        journal.append(3);
        journal.append(2);
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        assertThat(handler.calls)
                .containsExactly("open", "handle 0", "handle 1", "handle 2", "handle 3", "handle 4", "flush");

        journal.append(1);
        agent.run();
        assertThat(handler.calls).endsWith("flush", "handle 5", "flush");
        agent.run();
        assertThat(handler.calls).hasSize(9);
    }

    @Test
    void anAgentStartedOnAnEmptyJournalDeliversWhatComes() throws Exception {
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        assertThat(handler.calls).containsExactly("open");
        journal.append(2);
        agent.run();
        assertThat(handler.numbers()).containsExactly(0, 1);
    }

    @Test
    void recordsBelowTheMinimumLevelAreNotHandedOverButPassed() throws Exception {
        journal.append(Level.INFO, "app");
        journal.append(Level.WARN, "app");
        journal.append(Level.DEBUG, "app");
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent =
                track(new AgentHarness(journal, state, handler, Level.WARN.severity(), CheckpointFiles.REAL));
        agent.run();
        assertThat(handler.numbers()).containsExactly(1);
        assertThat(agent.agent.status().lagRecords()).isZero();
        assertThat(agent.agent.status().nextSequence()).isEqualTo(3);
    }

    @Test
    void whatTheMasterReportsAboutAHandlerDoesNotComeBackToIt() throws Exception {
        journal.appendOfMaster(Level.ERROR, ReportSink.loggerName(AgentHarness.NAME));
        journal.appendOfMaster(Level.ERROR, ReportSink.loggerName("abc"));
        RecordingHandler handler = new RecordingHandler();
        harness(handler).run();
        assertThat(handler.numbers()).containsExactly(1);
    }

    @Test
    void aWorkersRecordsComeWhateverItsLoggerIsCalled() throws Exception {
        journal.append(Level.ERROR, ReportSink.loggerName(AgentHarness.NAME));
        RecordingHandler handler = new RecordingHandler();
        harness(handler).run();
        assertThat(handler.numbers()).containsExactly(0);
    }

    // ---------------------------------------------------------------- what a call throws

    @Test
    void afterAnIOExceptionTheSameRecordIsHandedOverAgainForAsLongAsItTakesWithTicksMeanwhile() throws Exception {
        journal.append(3);
        AtomicBoolean away = new AtomicBoolean(true);
        AtomicInteger ticks = new AtomicInteger();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (number == 1 && away.get()) {
                    throw new IOException("away");
                }
            }

            @Override
            void onTick() {
                ticks.incrementAndGet();
            }
        };
        AgentHarness agent = harness(handler).run();
        for (int i = 0; i < 20; i++) {
            agent.after(LONGEST_WAIT_NS);
        }
        assertThat(handler.numbers()).containsExactly(0);
        assertThat(handler.calls.stream().filter("handle 1"::equals)).hasSize(21);
        assertThat(handler.calls).doesNotContain("close");
        assertThat(ticks).hasValueGreaterThanOrEqualTo(20);
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.WAITING);
        assertThat(agent.agent.status().problem()).contains("away");
        assertThat(agent.agent.status().lagRecords()).isEqualTo(2);
        assertThat(agent.reports.stream().filter(r -> r.contains("handle failed")))
                .hasSize(5);

        away.set(false);
        agent.after(LONGEST_WAIT_NS);
        assertThat(handler.numbers()).containsExactly(0, 1, 2);
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.RUNNING);
        assertThat(agent.agent.status().problem()).isNull();
        assertThat(agent.agent.status().count(Counter.RETRIES)).isEqualTo(21);
        assertThat(agent.reported(Level.INFO, "works again after 21 failures")).isTrue();
    }

    @Test
    void waitsGrowFromATenthOfASecondToFiveSecondsAndAQuarter() {
        Backoff backoff = new Backoff();
        long now = Long.MAX_VALUE - 3; // nanoTime may be anywhere, and wraps
        long expected = Backoff.FIRST_NS;
        for (int i = 0; i < 12; i++) {
            backoff.failed(now);
            assertThat(backoff.waitNs(now)).isBetween(expected, expected + expected / 4);
            assertThat(backoff.isDue(now + expected - 1)).isFalse();
            assertThat(backoff.isDue(now + expected + expected / 4)).isTrue();
            now += expected;
            expected = Math.min(Backoff.MOST_NS, expected * 2);
        }
        backoff.succeeded();
        assertThat(backoff.isDue(now)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RecordRejectedException.class,
                IllegalStateException.class,
                StackOverflowError.class,
                AssertionError.class,
                InterruptedException.class
            })
    void aRecordThatIsNeverTakenIsPutAsideAndTheNextOneFollows(Class<? extends Throwable> type) throws Exception {
        journal.append(3);
        Throwable refusal = type == RecordRejectedException.class
                ? new RecordRejectedException("\"no\"\n\u2028")
                : type.getConstructor().newInstance();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) {
                if (number == 1) {
                    RecordingFaults.sneak(refusal);
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        assertThat(handler.numbers()).containsExactly(0, 2);
        assertThat(handler.calls).doesNotContain("close");
        assertThat(agent.agent.status().count(Counter.REJECTED)).isEqualTo(1);
        assertThat(agent.agent.status().count(Counter.RECORDS)).isEqualTo(2);
        assertThat(agent.reported(Level.ERROR, "does not take record " + TestJournal.WORKER.ringUuid()))
                .isTrue();
        assertThat(deadLetters())
                .singleElement()
                .asString()
                .startsWith("{\"id\":\"" + TestJournal.WORKER.ringUuid() + ":0:1\",\"sequence\":1,")
                .contains("\"template\":\"1\"", "\"worker\":\"worker\"", "\"level\":\"INFO\"")
                .matches("[ -~]*\"}");
    }

    @Test
    void aFloodOfRefusalsMakesFewReportsAndAllDeadLetters() throws Exception {
        for (int i = 0; i < 10; i++) {
            journal.append(100);
        }
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws RecordRejectedException {
                throw new RecordRejectedException("no");
            }
        };
        AgentHarness agent = harness(handler).run();
        assertThat(agent.reports).hasSize(AgentReports.MOST_PER_WINDOW);
        assertThat(deadLetters()).hasSize(1000);

        journal.append(1);
        agent.after(AgentReports.WINDOW_NS);
        assertThat(agent.reported(Level.ERROR, "(and 995 reports before it that were left out)"))
                .isTrue();
    }

    @Test
    void afterARestartExceptionTheHandlerGetsItsStoredStateAndExactlyTheRecordsBehindIt() throws Exception {
        journal.append(4);
        AtomicBoolean broken = new AtomicBoolean();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (number == 6 && broken.getAndSet(false)) {
                    throw new HandlerRestartException("fsync", null);
                }
            }
        };
        AgentHarness agent = harness(handler).run().after(SECOND_NS);
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(1);
        journal.append(4);
        broken.set(true);
        handler.calls.clear();
        handler.taken.clear();
        agent.run();
        assertThat(handler.calls).containsExactly("handle 4", "handle 5", "handle 6", "close");
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.OPENING);
        assertThat(agent.reported(Level.WARN, "begins anew")).isTrue();

        agent.after(LONGEST_WAIT_NS);
        assertThat(handler.openedWith).containsExactly(-1L, 4L);
        assertThat(handler.numbers()).containsExactly(4, 5, 4, 5, 6, 7);
        assertThat(agent.agent.status().count(Counter.RESTARTS)).isEqualTo(1);
        agent.after(SECOND_NS);
        assertThat(agent.agent.status().problem()).isNull();
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, InternalError.class})
    void anErrorOfTheJvmBeginsANewLifeAndTheThirdOneOnARecordPutsItAside(Class<? extends Error> type) throws Exception {
        journal.append(3);
        Error error = type.getConstructor().newInstance();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) {
                if (number == 1) {
                    throw error;
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        for (int i = 0; i < 4; i++) {
            agent.after(LONGEST_WAIT_NS);
        }
        assertThat(handler.numbers()).containsExactly(0, 0, 0, 0, 2);
        assertThat(agent.agent.status().count(Counter.RESTARTS)).isEqualTo(3);
        assertThat(agent.agent.status().count(Counter.REJECTED)).isEqualTo(1);
    }

    @Test
    void whileAFlushFailsNoRecordIsHandedOver() throws Exception {
        journal.append(1);
        AtomicBoolean away = new AtomicBoolean(true);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onFlush() throws IOException {
                if (away.get()) {
                    throw new IOException("away");
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        journal.append(1);
        agent.after(LONGEST_WAIT_NS);
        assertThat(handler.calls)
                .filteredOn(c -> !c.equals("checkpoint"))
                .containsExactly("open", "handle 0", "flush", "flush");
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.WAITING);
        away.set(false);
        agent.after(LONGEST_WAIT_NS);
        assertThat(handler.calls)
                .filteredOn(c -> !c.equals("checkpoint"))
                .endsWith("flush", "flush", "flush", "handle 1", "flush");
    }

    @Test
    void aTickThatFailsHoldsUpNoRecord() throws Exception {
        AtomicInteger ticks = new AtomicInteger();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onTick() throws IOException {
                ticks.incrementAndGet();
                throw new IOException("away");
            }
        };
        AgentHarness agent = harness(handler).run().after(HandlerAgent.QUIET_TICK_NS);
        assertThat(ticks).hasValue(1);
        journal.append(2);
        agent.after(HandlerAgent.TICK_NS);
        assertThat(handler.numbers()).containsExactly(0, 1);
        assertThat(ticks).as("waits longer than for the next tick").hasValue(1);
        agent.after(LONGEST_WAIT_NS);
        assertThat(ticks).hasValue(2);
    }

    @Test
    void ticksComeWhileRecordsComeAndLessOftenWhenNoneDo() throws Exception {
        AtomicInteger ticks = new AtomicInteger();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onTick() {
                ticks.incrementAndGet();
            }
        };
        AgentHarness agent = harness(handler).run();
        for (int i = 0; i < 10; i++) {
            journal.append(1);
            agent.after(HandlerAgent.TICK_NS);
        }
        assertThat(ticks).hasValue(10);
        agent.after(HandlerAgent.QUIET_AFTER_NS);
        ticks.set(0);
        for (int i = 0; i < 2 * HandlerAgent.QUIET_TICK_NS / HandlerAgent.TICK_NS; i++) {
            agent.after(HandlerAgent.TICK_NS);
        }
        assertThat(ticks).hasValue(2);
        assertThat(agent.agent.idleNs()).isLessThanOrEqualTo(HandlerAgent.QUIET_TICK_NS);
    }

    @Test
    void anAgentIsNotWokenForTicksThatDoNothing() throws Exception {
        AgentHarness agent = harness(new TicklessHandler()).run();
        assertThat(agent.agent.idleNs()).isGreaterThan(HandlerAgent.QUIET_TICK_NS);
    }

    @Test
    void openIsTriedAgainAfterAnythingButAMistakeInTheConfiguration() throws Exception {
        journal.append(1);
        List<Throwable> failures = new ArrayList<>(
                List.of(new IOException("away"), new IllegalStateException("fault"), new OutOfMemoryError("injected")));
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onOpen() {
                if (!failures.isEmpty()) {
                    RecordingFaults.sneak(failures.remove(0));
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        assertThat(agent.agent.status().problem()).contains("away");
        agent.after(LONGEST_WAIT_NS).after(LONGEST_WAIT_NS).after(LONGEST_WAIT_NS);
        assertThat(handler.calls)
                .startsWith("open", "close", "open", "close", "open", "close", "open", "handle 0", "flush");
        assertThat(agent.agent.status().count(Counter.RESTARTS)).isZero();
        assertThat(agent.reported(Level.WARN, "cannot be opened")).isTrue();
    }

    @Test
    void anOutageIsToldPastAllHandlersWhenItBeginsAndWhenItEndsAndOneFailureAloneIsNone() throws Exception {
        journal.append(1);
        AccessDeniedException refused = new AccessDeniedException("/log/app.log");
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (number > 0 && fails) {
                    throw refused;
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        journal.append(1);
        fails = true;
        agent.run();
        fails = false;
        agent.after(LONGEST_WAIT_NS);
        assertThat(agent.alarms).isEmpty();

        journal.append(1);
        fails = true;
        agent.run();
        for (int i = 0; i < 50; i++) {
            agent.after(LONGEST_WAIT_NS);
        }
        String begins = "WARN handler out: handle failed: /log/app.log: permission denied; is tried again, and records"
                + " wait in the journal";
        assertThat(agent.alarms).containsExactly(begins);
        fails = false;
        agent.after(LONGEST_WAIT_NS);
        String ends = "INFO handler out: works again";
        assertThat(agent.alarms).containsExactly(begins, ends);
        assertThat(agent.agent.status().problem()).isNull();
    }

    @Test
    void outagesThatComeAndGoAreToldOnceInTenSecondsAndOneThatStaysIsAlwaysTold() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (fails) {
                    throw new IOException("away");
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        for (int i = 0; i < 3; i++) {
            journal.append(1);
            fails = true;
            agent.run().after(SECOND_NS / 5);
            fails = false;
            agent.after(SECOND_NS);
        }
        assertThat(agent.alarms).hasSize(2).last().asString().contains("works again");
        journal.append(1);
        fails = true;
        agent.run();
        for (int i = 0; i < 12; i++) {
            agent.after(LONGEST_WAIT_NS);
        }
        assertThat(agent.alarms).hasSize(3).last().asString().contains("handle failed: away");
    }

    @Test
    void anAlarmThatFindsNoRoomIsToldAtALaterTry() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onOpen() {
                RecordingFaults.sneak(new IOException("path=/dev/full is not a regular file"));
            }
        };
        AgentHarness agent = harness(handler);
        agent.alarmsTaken = false;
        agent.run().after(LONGEST_WAIT_NS).after(LONGEST_WAIT_NS);
        agent.alarmsTaken = true;
        for (int i = 0; i < 6; i++) {
            agent.after(LONGEST_WAIT_NS);
        }
        assertThat(agent.alarms)
                .containsExactly("WARN handler out: cannot be opened: path=/dev/full is not a regular file; is tried"
                        + " again, and records wait in the journal");
    }

    @Test
    void anOutageIsOverWhenNothingOfItIsLeft() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onCheckpoint() {
                if (fails) {
                    RecordingFaults.sneak(new IOException("checkpoint"));
                }
            }

            @Override
            void onTick() throws IOException {
                if (ticksFail) {
                    throw new IOException("tick");
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        journal.append(1);
        fails = true;
        ticksFail = true;
        agent.after(2 * SECOND_NS).after(LONGEST_WAIT_NS).after(LONGEST_WAIT_NS);
        assertThat(agent.alarms).hasSize(1);
        ticksFail = false;
        agent.after(LONGEST_WAIT_NS).after(LONGEST_WAIT_NS);
        assertThat(agent.agent.status().problem()).contains("no checkpoint is stored: checkpoint");
        assertThat(agent.alarms).hasSize(1);
        fails = false;
        agent.after(LONGEST_WAIT_NS);
        assertThat(agent.alarms).hasSize(2).last().asString().contains("works again");
    }

    @Test
    void aMistakeInTheConfigurationIsFinalAndKeepsTheRecordsForTheNextStart() throws Exception {
        journal.append(2);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onOpen() {
                throw new IllegalArgumentException("url is missing");
            }
        };
        AgentHarness agent = harness(handler).run();
        agent.after(LONGEST_WAIT_NS);
        assertThat(handler.calls).containsExactly("open", "close");
        assertThat(agent.agent.isDone()).isTrue();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.FAILED);
        assertThat(agent.agent.status().problem()).contains("url is missing");
        assertThat(agent.alarms)
                .containsExactly("ERROR handler out: stays closed, its configuration is wrong: url is missing");

        RecordingHandler corrected = new RecordingHandler();
        harness(corrected).run();
        assertThat(corrected.numbers()).containsExactly(0, 1);
    }

    @Test
    void aHandlerThatFailsToCloseIsReportedAndNothingElse() throws Exception {
        journal.append(1);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onClose() throws IOException {
                throw new IOException("stuck");
            }
        };
        AgentHarness agent = harness(handler).run().stop();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(agent.reported(Level.WARN, "did not close in order")).isTrue();
    }

    @Test
    void anInterruptLeftBehindByTheHandlerDoesNotReachTheJournal() throws Exception {
        journal.append(3);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) {
                Thread.currentThread().interrupt();
            }
        };
        AgentHarness agent = harness(handler).run();
        journal.append(3);
        agent.after(SECOND_NS).stop();
        assertThat(handler.numbers()).containsExactly(numbers(0, 6));
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(agent.agent.status().count(Counter.RESTARTS)).isZero();
    }

    // ---------------------------------------------------------------- checkpoints

    @Test
    void checkpointsAreMadeAtMostOnceASecondAndOnlyWhenRecordsMoved() throws Exception {
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        for (int i = 0; i < 20; i++) {
            journal.append(1);
            agent.after(SECOND_NS / 10);
        }
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(2);
        agent.after(10 * SECOND_NS).after(10 * SECOND_NS);
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(2);
    }

    @Test
    void withoutAnyTimePassingACheckpointIsMadeAfterSoManyBytes() throws Exception {
        byte[] large = new byte[0];
        while (large.length < 900 << 10) {
            large = TestJournal.concat(large, TestJournal.batch(Level.DEBUG, "app", 0, 1000));
        }
        int count = large.length / TestJournal.batch(Level.DEBUG, "app", 0, 1000).length * 1000;
        AgentHarness agent = track(
                new AgentHarness(journal, state, new RecordingHandler(), Level.INFO.severity(), CheckpointFiles.REAL));
        agent.run();
        int documents = (int) (HandlerCheckpoints.INTERVAL_BYTES / large.length) + 1;
        for (int i = 0; i < documents; i++) {
            journal.append(large, count);
            agent.run();
        }
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(1);
    }

    @Test
    void aCheckpointThatFailsIsTriedAgainLaterAndRecordsFlowMeanwhile() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        FaultyFiles files = new FaultyFiles((step, before, times) -> {
            if (full.get() && step == FaultyFiles.Step.WRITE_SOME) {
                throw new IOException("disk full");
            }
        });
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = track(new AgentHarness(journal, state, handler, 0, files));
        for (int i = 0; i < 5; i++) {
            journal.append(1);
            agent.after(SECOND_NS);
        }
        assertThat(handler.numbers()).containsExactly(numbers(0, 5));
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isZero();
        assertThat(agent.agent.status().problem()).contains("disk full");
        assertThat(agent.agent.place().storedIndex()).isEqualTo(-1);
        full.set(false);
        agent.after(LONGEST_WAIT_NS);
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(1);
        assertThat(agent.agent.place().storedIndex()).isEqualTo(journal.lastIndex());
        assertThat(agent.reported(Level.INFO, "stores checkpoints again")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Checkpoint.MAX_STATE_LENGTH + 1})
    void aStateThatIsNoneOrTooLargeIsNotStored(int length) throws Exception {
        journal.append(1);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public byte[] checkpoint() {
                return length < 0 ? null : new byte[length];
            }
        };
        AgentHarness agent = harness(handler).run().after(SECOND_NS);
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isZero();
        assertThat(agent.reported(Level.WARN, "no checkpoint is stored")).isTrue();
        assertThat(handler.calls).doesNotContain("close");
    }

    @Test
    void aRequestedCheckpointInsideHandleIsStoredBeforeTheRecordInHand() throws Exception {
        journal.append(5);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (number == 3) {
                    context.requestCheckpoint();
                }
            }
        };
        harness(handler).run().close();
        assertThat(handler.calls).containsSubsequence("handle 3", "checkpoint", "handle 4");
        RecordingHandler next = new RecordingHandler();
        harness(next).run();
        assertThat(next.openedWith).containsExactly(3L);
        assertThat(next.numbers()).containsExactly(3, 4);
    }

    @Test
    void aCheckpointRequestedInsideOpenKeepsTheStoredPlace() throws Exception {
        journal.append(4);
        RecordingHandler first = new RecordingHandler() {
            @Override
            void onOpen() throws IOException {
                context.requestCheckpoint();
            }

            @Override
            void onHandle(long number) throws IOException {
                if (number == 2) {
                    context.requestCheckpoint();
                    throw new IOException("not now");
                }
            }
        };
        AgentHarness agent = harness(first).run();
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(2);
        agent.close();
        RecordingHandler second = new RecordingHandler() {
            @Override
            void onOpen() throws IOException {
                context.requestCheckpoint();
                throw new IllegalArgumentException("stop here");
            }
        };
        harness(second).run().close();
        RecordingHandler third = new RecordingHandler();
        harness(third).run();
        assertThat(third.openedWith).containsExactly(2L);
        assertThat(third.numbers()).containsExactly(2, 3);
    }

    @Test
    void aRequestedCheckpointThatFailsReachesTheHandlerAsAnIOException() throws Exception {
        journal.append(2);
        AtomicBoolean fault = new AtomicBoolean(true);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                context.requestCheckpoint();
            }

            @Override
            void onCheckpoint() {
                if (fault.get()) {
                    throw new IllegalStateException("fault");
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        assertThat(agent.agent.status().count(Counter.REJECTED)).isZero();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.WAITING);
        fault.set(false);
        agent.after(LONGEST_WAIT_NS);
        assertThat(handler.numbers()).containsExactly(0, 1);
    }

    @Test
    void aCheckpointCannotBeRequestedInsideCheckpointOrCloseOrAfterALife() throws Exception {
        journal.append(1);
        List<String> refusals = new ArrayList<>();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onCheckpoint() {
                request();
            }

            @Override
            void onClose() {
                request();
            }

            private void request() {
                assertThatThrownBy(() -> context.requestCheckpoint())
                        .isInstanceOf(IllegalStateException.class)
                        .satisfies(e -> refusals.add(e.getMessage()));
            }
        };
        harness(handler).run().stop();
        assertThat(refusals).hasSize(2);
        assertThatThrownBy(() -> handler.context.requestCheckpoint()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRestartGoesOnInTheMiddleOfADocument() throws Exception {
        journal.append(10);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (number == 7) {
                    context.requestCheckpoint();
                    throw new IOException("not now");
                }
            }
        };
        harness(handler).run().close();
        journal.append(3);
        RecordingHandler next = new RecordingHandler();
        AgentHarness agent = harness(next).run();
        assertThat(next.numbers()).containsExactly(numbers(7, 13));
        assertThat(agent.reports).isEmpty();
    }

    @Test
    void aStopDeliversFlushesAndCheckpointsAndTheNextStartFindsNothingToDo() throws Exception {
        journal.append(5);
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        journal.append(5);
        agent.stop();
        assertThat(handler.calls).endsWith("handle 9", "flush", "checkpoint", "close");
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);

        RecordingHandler next = new RecordingHandler();
        AgentHarness second = harness(next).run();
        assertThat(next.openedWith).containsExactly(10L);
        assertThat(next.taken).isEmpty();
        assertThat(second.reports).isEmpty();
    }

    @Test
    void aStopBeforeTheHandlerCouldBeOpenedEndsAtOnceIfNothingWaitsForIt() throws Exception {
        RecordingHandler handler = new RecordingHandler();
        journal.append(1);
        harness(handler).run().stop();
        AgentHarness agent = harness(new RecordingHandler() {
            @Override
            void onOpen() throws IOException {
                throw new IOException("away");
            }
        });
        agent.run().stop();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
    }

    @Test
    void aStopTriesWhatWaitsAtOnce() throws Exception {
        journal.append(2);
        AtomicBoolean away = new AtomicBoolean(true);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (away.get()) {
                    throw new IOException("away");
                }
            }
        };
        AgentHarness agent = harness(handler).run();
        for (int i = 0; i < 10; i++) {
            agent.after(LONGEST_WAIT_NS);
        }
        away.set(false);
        agent.stop();
        assertThat(handler.numbers()).containsExactly(0, 1);
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
    }

    @Test
    void anAgentThatWasGivenUpStoresNothingAndEndsWhenItsHandlerReturns() throws Exception {
        journal.append(5);
        AgentHarness[] agent = new AgentHarness[1];
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) {
                if (number == 2) {
                    agent[0].agent.abandon();
                }
            }
        };
        agent[0] = harness(handler);
        agent[0].run();
        assertThat(handler.numbers()).containsExactly(0, 1, 2);
        assertThat(handler.calls).endsWith("close");
        assertThat(agent[0].agent.status().state()).isEqualTo(HandlerState.ABANDONED);
        assertThat(agent[0].agent.status().count(Counter.CHECKPOINTS)).isZero();
    }

    // ---------------------------------------------------------------- the place in the journal

    @Test
    void aBrokenCheckpointIsReportedAndTheHandlerBeginsAtTheFirstRetainedRecord() throws Exception {
        journal.append(3);
        harness(new RecordingHandler()).run().stop();
        Path file = state.resolve("checkpoints/out.ckpt");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        assertThat(handler.openedWith).containsExactly(-1L);
        assertThat(handler.numbers()).containsExactly(0, 1, 2);
        assertThat(agent.reported(Level.ERROR, "is broken: crc32c")).isTrue();
    }

    @Test
    void recordsDeletedByRetentionShowAsAGapAndDeliveryGoesOnBehindIt() throws Exception {
        journal.append(3);
        harness(new RecordingHandler()).run().stop();
        JournalRetention retention = new JournalRetention(journal.journal());
        do {
            journal.append(TestJournal.batch(Level.INFO, "app", journal.nextSequence(), 900), 900);
        } while (retention.enforce(Map.of()) == 0);
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        long[] numbers = handler.numbers();
        assertThat(numbers[0]).isGreaterThan(3);
        assertThat(numbers).containsExactly(numbers(numbers[0], journal.nextSequence()));
        assertThat(agent.reported(
                        Level.ERROR, (numbers[0] - 3) + " records are missing from the journal, numbers 3 to "))
                .isTrue();
    }

    @Test
    void aCheckpointBeyondTheEndOfTheJournalIsReportedAndNewRecordsAreDelivered() throws Exception {
        long index = journal.append(5);
        store(new Checkpoint(index + 100, 2, 50, new byte[8]));
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        assertThat(handler.taken).isEmpty();
        assertThat(agent.reported(Level.ERROR, "is beyond the end of the journal"))
                .isTrue();

        journal.skipTo(CheckpointStore.reach(state).nextSequence());
        journal.append(2);
        agent.run();
        assertThat(handler.numbers()).containsExactly(50, 51);
        agent.after(SECOND_NS);
        assertThat(agent.agent.place().storedIndex()).isEqualTo(journal.lastIndex());
    }

    @Test
    void aDocumentThatGotTheIndexOfALostOneIsToldByItsNumbers() throws Exception {
        journal.append(5);
        journal.skipTo(60);
        long reused = journal.append(3);
        store(new Checkpoint(reused, 2, 50, new byte[8]));
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        assertThat(handler.numbers()).containsExactly(60, 61, 62);
        assertThat(agent.reported(Level.ERROR, "10 records are missing from the journal, numbers 50 to 59"))
                .isTrue();
    }

    @Test
    void recordsThatCannotBeReadAreReportedAndPassed() throws Exception {
        journal.append(2);
        journal.append(TestJournal.concat(TestJournal.batch(Level.INFO, "app", 2, 1), new byte[16]), 4);
        journal.append(2);
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler).run();
        assertThat(handler.numbers()).containsExactly(0, 1, 2, 6, 7);
        assertThat(agent.reported(Level.ERROR, "the journal is damaged at")).isTrue();
        assertThat(agent.agent.status().lagRecords()).isZero();
    }

    @Test
    void aCheckpointThatCannotBeReadKeepsTheHandlerClosedRatherThanDeliveringTwice() throws Exception {
        journal.append(2);
        harness(new RecordingHandler()).run().stop();
        journal.append(1);
        AtomicBoolean failing = new AtomicBoolean(true);
        FaultyFiles files = new FaultyFiles((step, before, times) -> {
            if (failing.get()) {
                throw new IOException("injected");
            }
        });
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = track(new AgentHarness(journal, state, handler, 0, files));
        agent.run();
        assertThat(handler.calls).isEmpty();
        failing.set(false);
        agent.after(LONGEST_WAIT_NS);
        assertThat(handler.numbers()).containsExactly(2);
    }

    // ---------------------------------------------------------------- crash rows of HandlerCheckpoints

    /** Where the process ends: after the handler took a record, after it gave its state, after that was stored. */
    private enum End {
        TAKEN,
        STATE_GIVEN,
        STORED
    }

    @CrashRow({"K11", "K12", "K13"})
    @ParameterizedTest
    @EnumSource(End.class)
    void theNextLifeBeginsWithTheStateAndThePlaceThatWereStoredTogether(End end) throws Exception {
        journal.append(3);
        AtomicBoolean dead = new AtomicBoolean();
        FaultyFiles files = new FaultyFiles((step, before, times) -> {
            if (dead.get() && end == End.STATE_GIVEN) {
                throw new IOException("the process is gone");
            }
        });
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = track(new AgentHarness(journal, state, handler, 0, files));
        agent.run().after(SECOND_NS);
        journal.append(3);
        dead.set(true);
        agent.after(end == End.TAKEN ? 1 : SECOND_NS);
        assertThat(handler.numbers()).containsExactly(numbers(0, 6));
        agent.close();

        RecordingHandler next = new RecordingHandler();
        harness(next).run();
        int stored = end == End.STORED ? 6 : 3;
        assertThat(next.openedWith).containsExactly((long) stored);
        assertThat(next.numbers()).containsExactly(numbers(stored, 6));
    }

    @CrashRow("K15")
    @Test
    void aCheckpointIsHeldUntilTheJournalIsSyncedThatFarWhileRecordsGoOn() throws Exception {
        journal.append(3);
        RecordingHandler handler = new RecordingHandler();
        AgentHarness agent = harness(handler);
        agent.syncedIndex.set(-1);
        agent.run().after(SECOND_NS);
        assertThat(handler.calls).contains("checkpoint");
        assertThat(agent.agent.status().storedIndex()).isEqualTo(-1);
        long held = journal.lastIndex();
        journal.append(3);
        agent.after(SECOND_NS).after(SECOND_NS);
        assertThat(handler.numbers()).containsExactly(numbers(0, 6));
        assertThat(handler.calls.stream().filter("checkpoint"::equals)).hasSize(1);
        agent.close(); // as a kill

        RecordingHandler next = new RecordingHandler();
        AgentHarness later = harness(next);
        later.syncedIndex.set(held);
        later.run();
        assertThat(next.openedWith).containsExactly(-1L);
        assertThat(next.numbers()).containsExactly(numbers(0, 6));
        later.after(SECOND_NS);
        assertThat(later.agent.status().storedIndex())
                .as("six records are done, three are synced")
                .isEqualTo(-1);
        later.syncedIndex.set(journal.lastIndex());
        later.run();
        assertThat(later.agent.status().storedIndex()).isEqualTo(journal.lastIndex());
    }

    @CrashRow("K15")
    @Test
    void aCheckpointIsHeldUntilTheHandlerIsSettledWhileRecordsGoOn() throws Exception {
        journal.append(3);
        AtomicInteger settled = new AtomicInteger();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public boolean isSettled() {
                return calls.stream().filter("checkpoint"::equals).count() <= settled.get();
            }
        };
        AgentHarness agent = harness(handler);
        agent.run().after(SECOND_NS);
        long held = journal.lastIndex();
        journal.append(3);
        agent.after(SECOND_NS).after(SECOND_NS);
        assertThat(handler.numbers()).containsExactly(numbers(0, 6));
        assertThat(handler.calls.stream().filter("checkpoint"::equals)).hasSize(1);
        assertThat(agent.agent.status().storedIndex()).isEqualTo(-1);
        settled.set(1);
        agent.run();
        assertThat(agent.agent.status().storedIndex()).isEqualTo(held);
        agent.after(SECOND_NS);
        assertThat(agent.agent.status().storedIndex()).isEqualTo(held);
        agent.close(); // as a kill

        RecordingHandler next = new RecordingHandler();
        harness(next).run();
        assertThat(next.openedWith).containsExactly(3L);
        assertThat(next.numbers()).containsExactly(numbers(3, 6));
    }

    @Test
    void anOrderlyEndDoesNotWaitForAHandlerToSettle() throws Exception {
        journal.append(3);
        AgentHarness agent = harness(new RecordingHandler() {
            @Override
            public boolean isSettled() {
                return false;
            }
        });
        agent.run().after(SECOND_NS).stop();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(agent.agent.status().storedIndex()).isEqualTo(journal.lastIndex());
    }

    @Test
    void anOrderlyEndAsksAHandlerThatIsNotSettledForACheckpointOnceMoreAndWaitsForThat() throws Exception {
        journal.append(3);
        AtomicBoolean away = new AtomicBoolean();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onCheckpoint() throws IOException {
                if (away.get()) {
                    throw new IOException("what was sent before is not delivered");
                }
            }

            @Override
            public boolean isSettled() {
                return false;
            }
        };
        AgentHarness agent = harness(handler);
        agent.syncedIndex.set(-1);
        agent.run().after(SECOND_NS);
        away.set(true);
        agent.stop().after(SECOND_NS);
        assertThat(agent.agent.isDone()).isFalse();
        assertThat(agent.agent.status().storedIndex()).isEqualTo(-1);
        away.set(false);
        agent.after(SECOND_NS);
        handler.calls.clear();
        agent.after(SECOND_NS).after(SECOND_NS);
        assertThat(handler.calls).as("once is enough").isEmpty();
        agent.syncedIndex.set(Long.MAX_VALUE);
        agent.run();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(agent.agent.status().storedIndex()).isEqualTo(journal.lastIndex());
    }

    @Test
    void whatIsSettledThrowsCostsACheckpointAndNotTheLife() throws Exception {
        journal.append(3);
        AtomicBoolean broken = new AtomicBoolean(true);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public boolean isSettled() {
                if (broken.get()) {
                    throw new IllegalStateException("who knows");
                }
                return true;
            }
        };
        AgentHarness agent = harness(handler);
        agent.syncedIndex.set(-1);
        agent.run().after(SECOND_NS);
        agent.syncedIndex.set(Long.MAX_VALUE);
        agent.run().after(SECOND_NS).after(5 * SECOND_NS);
        assertThat(handler.numbers()).as("each once").containsExactly(numbers(0, 3));
        assertThat(agent.agent.status().count(Counter.RESTARTS)).isZero();
        assertThat(agent.agent.status().storedIndex()).isEqualTo(-1);
        assertThat(agent.reported(Level.WARN, "no checkpoint is stored")).isTrue();
        broken.set(false);
        agent.after(5 * SECOND_NS);
        assertThat(agent.agent.status().storedIndex()).isEqualTo(journal.lastIndex());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDestinationThatIsAwayKeepsNobodyAwakeWhoStops(boolean isSettled) throws Exception {
        AtomicBoolean away = new AtomicBoolean();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onFlush() throws IOException {
                if (away.get()) {
                    throw new IOException("away");
                }
            }

            @Override
            public boolean isSettled() {
                return isSettled;
            }
        };
        journal.append(3);
        AgentHarness agent = harness(handler);
        agent.run().after(SECOND_NS);
        away.set(true);
        journal.append(1);
        agent.stop();
        assertThat(agent.agent.idleNs()).isEqualTo(HandlerAgent.TICK_NS);
        agent.agent.requestLeave(agent.nowNs.get() + SECOND_NS);
        agent.run();
        assertThat(agent.agent.idleNs()).isEqualTo(HandlerAgent.TICK_NS);
        agent.after(SECOND_NS);
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.ABANDONED);
    }

    @Test
    void whatIsStoredOfAHeldCheckpointIsWhatTheHandlerHadDoneWhenItWasMade() throws Exception {
        journal.append(3);
        AgentHarness agent = harness(new RecordingHandler());
        agent.syncedIndex.set(-1);
        agent.run().after(SECOND_NS);
        long held = journal.lastIndex();
        journal.append(3);
        agent.run();
        agent.syncedIndex.set(held);
        agent.run();
        assertThat(agent.agent.status().storedIndex()).isEqualTo(held);
        agent.close();

        RecordingHandler next = new RecordingHandler();
        harness(next).run();
        assertThat(next.openedWith).containsExactly(3L);
        assertThat(next.numbers()).containsExactly(numbers(3, 6));
    }

    @Test
    void aCheckpointThatAHandlerRequestsAsksForTheJournalToBeSyncedAndIsStoredBeforeItReturns() throws Exception {
        journal.append(2);
        AtomicInteger stored = new AtomicInteger();
        AgentHarness[] agent = new AgentHarness[1];
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (number == 1) {
                    context.requestCheckpoint();
                    stored.addAndGet(agent[0].agent.status().storedIndex() >= 0 ? 1 : 0);
                }
            }
        };
        agent[0] = harness(handler);
        agent[0].syncedIndex.set(-1);
        agent[0].syncsOnRequest = true;
        agent[0].run();
        assertThat(agent[0].syncRequests.get()).isPositive();
        assertThat(stored).hasValue(1);
        assertThat(handler.numbers()).containsExactly(numbers(0, 2));
    }

    @Test
    void aStopAsksForTheJournalToBeSyncedAndStoresTheLastCheckpoint() throws Exception {
        journal.append(3);
        AgentHarness agent = harness(new RecordingHandler());
        agent.syncedIndex.set(-1);
        agent.run().after(SECOND_NS);
        journal.append(3);
        agent.run().stop();
        assertThat(agent.agent.isDone()).isFalse();
        assertThat(agent.syncRequests.get()).isPositive();
        agent.syncedIndex.set(journal.lastIndex());
        agent.run();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(agent.agent.status().storedIndex()).isEqualTo(journal.lastIndex());
    }

    @Test
    void theLastCheckpointIsBehindAllRecordsAlsoWhereOneIsHeldThatIsNot() throws Exception {
        journal.append(3);
        AgentHarness agent = harness(new RecordingHandler());
        agent.syncedIndex.set(-1);
        agent.run().after(SECOND_NS);
        long held = journal.lastIndex();
        journal.append(3);
        agent.run().stop();
        agent.syncedIndex.set(held);
        agent.run();
        assertThat(agent.agent.isDone()).as("the last one waits").isFalse();
        agent.syncedIndex.set(journal.lastIndex());
        agent.run();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);

        RecordingHandler next = new RecordingHandler();
        harness(next).run();
        assertThat(next.openedWith).containsExactly(6L);
        assertThat(next.numbers()).isEmpty();
    }

    @Test
    void aRestartExceptionOfACheckpointBeginsANewLifeFromTheOneBefore() throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void onCheckpoint() throws IOException {
                if (lost.getAndSet(false)) {
                    throw new HandlerRestartException("the connection's state is gone", null);
                }
            }
        };
        journal.append(2);
        AgentHarness agent = harness(handler).run().after(SECOND_NS);
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(1);
        journal.append(2);
        lost.set(true);
        agent.after(SECOND_NS);
        agent.after(LONGEST_WAIT_NS);
        assertThat(handler.openedWith).containsExactly(-1L, 2L);
        assertThat(handler.numbers()).containsExactly(0, 1, 2, 3, 2, 3);
        assertThat(agent.agent.status().count(Counter.RESTARTS)).isEqualTo(1);
    }

    @Test
    void aStateOfTheGreatestLengthIsStored() throws Exception {
        journal.append(1);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public byte[] checkpoint() {
                return new byte[Checkpoint.MAX_STATE_LENGTH];
            }
        };
        AgentHarness agent = harness(handler).run().after(SECOND_NS);
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(1);
    }

    @Test
    void aSecondOutageOfCheckpointsIsToldAsTheFirstWas() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        FaultyFiles files = new FaultyFiles((step, before, times) -> {
            if (full.get() && step == FaultyFiles.Step.WRITE_SOME) {
                throw new IOException("disk full");
            }
        });
        AgentHarness agent = track(new AgentHarness(journal, state, new RecordingHandler(), 0, files))
                .run();
        for (int outage = 0; outage < 2; outage++) {
            full.set(true);
            journal.append(1);
            agent.after(SECOND_NS);
            full.set(false);
            agent.after(LONGEST_WAIT_NS).after(2 * AgentReports.WINDOW_NS);
        }
        assertThat(agent.reports.stream().filter(line -> line.contains("no checkpoint is stored (1 in a row)")))
                .hasSize(2);
        assertThat(agent.reports.stream().filter(line -> line.contains("stores checkpoints again after 1 failures")))
                .hasSize(2);
        assertThat(agent.agent.status().count(Counter.CHECKPOINTS)).isEqualTo(2);
    }

    @CrashRow("K14")
    @Test
    void aRecordPutAsideWithoutACheckpointIsHandedOverAgainAndItsTornLineIsEnded() throws Exception {
        journal.append(2);
        RecordingHandler refusing = new RecordingHandler() {
            @Override
            void onHandle(long number) throws RecordRejectedException {
                throw new RecordRejectedException("no");
            }
        };
        harness(refusing).run().close();
        Path file = state.resolve("dead-letters/out.jsonl");
        byte[] lines = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(lines, lines.length - 20));

        harness(refusing).run().stop();
        List<String> letters = deadLetters();
        assertThat(letters).hasSize(4);
        assertThat(letters.get(2)).isEqualTo(letters.get(0));
        assertThat(letters.get(3)).startsWith(letters.get(1)).endsWith("\"}");
    }

    private AgentHarness harness(Handler handler) throws IOException {
        return track(new AgentHarness(journal, state, handler));
    }

    private AgentHarness track(AgentHarness harness) {
        harnesses.add(harness);
        return harness;
    }

    private void store(Checkpoint checkpoint) throws IOException {
        CheckpointStore.createDirectory(state);
        new CheckpointStore(state, AgentHarness.NAME, CheckpointFiles.REAL, (what, cause) -> {}).store(checkpoint);
    }

    private List<String> deadLetters() throws IOException {
        return Files.readAllLines(state.resolve("dead-letters/out.jsonl"));
    }
}

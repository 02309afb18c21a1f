package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.master.fanout.CallClock.Call;
import io.emberlog.message.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A handler in a call, as another thread sees it; the clock is moved within the call. */
class HangingHandlerTest {
    private static final long SECOND_NS = AgentHarness.SECOND_NS;

    @TempDir
    private Path directory;

    private TestJournal journal;
    private AgentHarness agent;

    /** Looks from outside while it is in that call for the first time. */
    private final class Looked extends RecordingHandler {
        private final Call at;
        private final List<HandlerStatus> seen = new ArrayList<>();
        private final List<String> told = new ArrayList<>();

        Looked(Call at) {
            this.at = at;
        }

        private void in(Call call) {
            if (call != at || !seen.isEmpty()) {
                return;
            }
            look(HandlerAgent.SHOWN_AFTER_NS - 1);
            look(1);
            look(HandlerAgent.HANGS_AFTER_NS - HandlerAgent.SHOWN_AFTER_NS - 1);
            assertThat(told).as("before it is time").isEmpty();
            look(1);
            look(3 * HandlerAgent.HANGS_AFTER_NS);
        }

        private void look(long afterNs) {
            agent.nowNs.addAndGet(afterNs);
            agent.agent.tellIfHanging();
            seen.add(agent.agent.status());
            told.clear();
            told.addAll(agent.reports);
        }

        @Override
        void onOpen() {
            in(Call.OPEN);
        }

        @Override
        void onHandle(long number) {
            in(Call.HANDLE);
        }

        @Override
        void onFlush() {
            in(Call.FLUSH);
        }

        @Override
        void onTick() {
            in(Call.TICK);
        }

        @Override
        void onCheckpoint() {
            in(Call.CHECKPOINT);
        }

        @Override
        void onClose() {
            in(Call.CLOSE);
        }

        @Override
        public void reopen() {
            in(Call.REOPEN);
        }

        @Override
        public void finish() {
            in(Call.FINISH);
        }

        @Override
        public void observe(LogRecord record) {
            in(Call.OBSERVE);
        }
    }

    @BeforeEach
    void openJournal() throws Exception {
        journal = new TestJournal(directory.resolve("journal"));
    }

    @AfterEach
    void closeJournal() {
        if (agent != null) {
            agent.close();
        }
        journal.close();
    }

    private Looked begun(Call call) throws Exception {
        Looked handler = new Looked(call);
        agent = new AgentHarness(
                journal, directory.resolve("state"), handler, Level.INFO.severity(), CheckpointFiles.REAL);
        journal.append(Level.DEBUG, "app");
        journal.append(Level.INFO, "app");
        agent.run();
        return handler;
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatTakesLongIsShownThenToldOnceAndToldAgainWhenItIsOver(Call call) throws Exception {
        Looked handler = begun(call);
        agent.agent.requestReopen();
        agent.after(2 * SECOND_NS).stop();
        String name = call.name().toLowerCase(Locale.ROOT);
        assertThat(handler.seen).extracting(HandlerStatus::call).containsExactly(null, name, name, name, name);
        assertThat(handler.seen.get(0).callNs()).isZero();
        HandlerStatus last = handler.seen.get(4);
        assertThat(last.callNs()).isEqualTo(4 * HandlerAgent.HANGS_AFTER_NS);
        assertThat(handler.seen.subList(1, 5))
                .extracting(HandlerStatus::callSinceEpochNs)
                .as("the same each time, for a file that is written where something changes")
                .containsOnly(last.callSinceEpochNs());
        String hangs = "handler out: has not come back from " + name + " for 60 s";
        assertThat(agent.alarms).singleElement().asString().startsWith("WARN " + hangs);
        assertThat(agent.reports)
                .filteredOn(report -> report.contains("come back"))
                .hasSize(1);
        assertThat(agent.reported(Level.WARN, hangs)).isTrue();

        assertThat(agent.agent.status().call()).isNull();
        agent.agent.tellIfHanging();
        agent.agent.tellIfHanging();
        assertThat(agent.alarms)
                .hasSize(2)
                .last()
                .asString()
                .startsWith("INFO handler out: has come back from " + name + ", after some ");
        assertThat(agent.reports)
                .filteredOn(report -> report.contains("come back"))
                .hasSize(2);
    }

    /** Only the time of the call counts, not how long the thread had nothing to do. */
    @Test
    void aHandlerThatHasNothingToDoDoesNotHang() throws Exception {
        begun(null);
        agent.nowNs.addAndGet(10 * HandlerAgent.HANGS_AFTER_NS);
        agent.agent.tellIfHanging();
        assertThat(agent.agent.status().call()).isNull();
        assertThat(agent.alarms).isEmpty();
    }

    /** A handler asks for a checkpoint in the middle of its handle. */
    @Test
    void aCallWithinACallGivesWayToTheOuterOne() {
        CallClock clock = new CallClock();
        long none = clock.enter(Call.HANDLE, 7);
        long handle = clock.enter(Call.CHECKPOINT, 9);
        assertThat(CallClock.call(clock.now())).isEqualTo(Call.CHECKPOINT);
        clock.leave(handle);
        assertThat(CallClock.call(clock.now())).isEqualTo(Call.HANDLE);
        assertThat(CallClock.lastsNs(clock.now(), 17)).isEqualTo(10);
        clock.leave(none);
        assertThat(clock.now()).isEqualTo(CallClock.NONE);
    }

    /** The clock of a JVM begins anywhere. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE - 5, -5, -1, 0, 1, 1L << 59, (1L << 59) - 5, (1L << 60) - 5})
    void aCallIsTimedWhereverTheClockStands(long beganNs) {
        CallClock clock = new CallClock();
        for (Call call : Set.copyOf(EnumSet.allOf(Call.class))) {
            long before = clock.enter(call, beganNs);
            assertThat(clock.now()).isNotEqualTo(CallClock.NONE);
            assertThat(CallClock.call(clock.now())).isEqualTo(call);
            assertThat(CallClock.lastsNs(clock.now(), beganNs)).isZero();
            assertThat(CallClock.lastsNs(clock.now(), beganNs + 10)).isEqualTo(10);
            assertThat(CallClock.lastsNs(clock.now(), beganNs - 1))
                    .as("a clock of another core")
                    .isZero();
            clock.leave(before);
        }
    }
}

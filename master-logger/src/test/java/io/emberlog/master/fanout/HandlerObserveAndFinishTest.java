package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandlerObserveAndFinishTest {
    private static final long SECOND_NS = AgentHarness.SECOND_NS;

    @TempDir
    private Path directory;

    private final List<AgentHarness> harnesses = new ArrayList<>();
    private TestJournal journal;

    /** Takes warnings, sees the rest, and has something to do at the end. */
    private static class Observer extends RecordingHandler {
        final List<Long> observed = new ArrayList<>();
        IOException atTheEnd;
        int failures;

        @Override
        public void observe(LogRecord record) {
            observed.add(record.sequence());
            onObserve();
        }

        void onObserve() {}

        @Override
        public void finish() throws IOException {
            calls.add("finish");
            if (atTheEnd != null && failures-- > 0) {
                throw atTheEnd;
            }
        }
    }

    @BeforeEach
    void openJournal() throws Exception {
        journal = new TestJournal(directory.resolve("journal"));
    }

    @AfterEach
    void closeJournal() {
        harnesses.forEach(AgentHarness::close);
        journal.close();
    }

    private AgentHarness agent(RecordingHandler handler) throws IOException {
        AgentHarness agent = new AgentHarness(
                journal, directory.resolve("state"), handler, Level.WARN.severity(), CheckpointFiles.REAL);
        harnesses.add(agent);
        return agent;
    }

    @Test
    void whatTheFilterKeepsBackIsObservedInOrder() throws Exception {
        journal.append(Level.INFO, "app");
        journal.append(Level.WARN, "app");
        journal.append(Level.DEBUG, "app");
        Observer handler = new Observer();
        AgentHarness agent = agent(handler).run();
        assertThat(handler.observed).containsExactly(0L, 2L);
        assertThat(handler.numbers()).containsExactly(1);
        assertThat(agent.agent.status().nextSequence()).isEqualTo(3);
    }

    @Test
    void aFaultInObserveIsReportedAndNothingElse() throws Exception {
        journal.append(Level.INFO, "app");
        journal.append(Level.WARN, "app");
        Observer handler = new Observer() {
            @Override
            void onObserve() {
                throw new IllegalStateException("a fault");
            }
        };
        AgentHarness agent = agent(handler).run();
        assertThat(handler.numbers()).containsExactly(1);
        assertThat(agent.reported(Level.ERROR, "fault in its observe")).isTrue();
    }

    @Test
    void theEndIsToldOnceBehindTheLastCheckpoint() throws Exception {
        journal.append(Level.WARN, "app");
        Observer handler = new Observer();
        AgentHarness agent = agent(handler).run().stop();
        assertThat(handler.calls).containsExactly("open", "handle 0", "flush", "checkpoint", "finish", "close");
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
    }

    @Test
    void anEndThatFailsIsTriedAgain() throws Exception {
        Observer handler = new Observer();
        handler.atTheEnd = new IOException("away");
        handler.failures = 2;
        AgentHarness agent = agent(handler).run().stop();
        assertThat(agent.agent.status().state()).isNotEqualTo(HandlerState.STOPPED);
        agent.after(SECOND_NS).after(SECOND_NS);
        assertThat(handler.calls.stream().filter("finish"::equals)).hasSize(3);
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
    }

    @Test
    void anEndThatCannotBeHadSoonIsLeftToTheNextLife() throws Exception {
        Observer handler = new Observer();
        handler.atTheEnd = new RetryLaterException("in a minute", 60 * SECOND_NS);
        handler.failures = 1;
        AgentHarness agent = agent(handler).run().stop();
        assertThat(agent.agent.status().state()).isEqualTo(HandlerState.STOPPED);
        assertThat(agent.reported(Level.WARN, "its next life does")).isTrue();
    }

    @Test
    void oneThatLeavesForAnotherOfItsNameIsNotAskedToFinish() throws Exception {
        Observer handler = new Observer();
        AgentHarness agent = agent(handler).run();
        agent.agent.requestLeave(agent.nowNs.get() + SECOND_NS);
        agent.run();
        assertThat(handler.calls).doesNotContain("finish").endsWith("close");
    }
}

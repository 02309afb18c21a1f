package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.BatchHandler;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.delivery.CircuitBreaker;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The caller's waits and the breaker's together, of one outage: what SPEC H12 asks for. */
class BreakerAgentTest {
    private static final long STEP_NS = 10_000_000L;

    @TempDir
    Path directory;

    private static final class Away implements Destination {
        private final List<Long> askedNs = new ArrayList<>();
        private HandlerContext context;
        private boolean isBack;
        private int delivered;

        @Override
        public void open(HandlerContext newContext) {
            context = newContext;
        }

        @Override
        public Reply send(List<LogRecord> batch) throws IOException {
            if (isBack) {
                delivered += batch.size();
                return Reply.delivered();
            }
            askedNs.add(context.nanoTime());
            throw new IOException("connection refused");
        }

        @Override
        public void close() {}
    }

    @Test
    void aFlushAndACheckpointThatFailOfOneOutageAreNotCountedTwice() throws Exception {
        Away away = new Away();
        try (TestJournal journal = new TestJournal(directory.resolve("journal"));
                AgentHarness agent = new AgentHarness(
                        journal,
                        directory.resolve("state"),
                        new BatchHandler(away, new BatchLimits(100, 1 << 20, Duration.ZERO)))) {
            journal.append(5);
            agent.run();
            while (agent.reports.stream().noneMatch(report -> report.contains("left alone"))) {
                assertThat(away.askedNs).hasSizeLessThan(CircuitBreaker.THRESHOLD);
                agent.after(STEP_NS);
            }
            assertThat(away.askedNs).hasSize(CircuitBreaker.THRESHOLD);
            for (int i = 1; i < CircuitBreaker.THRESHOLD; i++) {
                long leastNs = Math.min(3_000_000_000L, 100_000_000L << i - 1);
                assertThat(away.askedNs.get(i) - away.askedNs.get(i - 1))
                        .as("before try %d", i + 1)
                        .isBetween(leastNs, leastNs * 3 / 2 + STEP_NS);
            }
            assertThat(agent.agent.status().problem()).isNotNull();

            away.isBack = true;
            for (int i = 0; i < 2_000; i++) {
                agent.after(STEP_NS);
            }
            assertThat(away.delivered).isEqualTo(5);
            assertThat(agent.agent.status().problem()).isNull();
            assertThat(agent.agent.status().lagRecords()).isZero();
        }
    }
}

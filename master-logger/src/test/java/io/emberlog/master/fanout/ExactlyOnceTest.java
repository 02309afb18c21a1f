package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A handler that writes a file and continues where its state says, killed at each step on a file that it or its checkpoint takes.
 * Killed means: its thread stays in that step for ever, as if the process had ended there, and a new agent starts on what the disk
 * holds.
 */
@Timeout(300)
class ExactlyOnceTest {
    private static final int DOCUMENTS = 12;
    private static final int RECORDS = 5;

    @TempDir
    Path directory;

    @CrashRow({"K1", "K2", "K3", "K4", "K5", "K11", "K12", "K13"})
    @Test
    void aFileThatContinuesFromItsStateHoldsEveryRecordOnceWhereverTheProcessDies() throws Exception {
        try (TestJournal journal = new TestJournal(directory.resolve("journal"))) {
            for (int i = 0; i < DOCUMENTS; i++) {
                journal.append(RECORDS);
            }
            int steps = 0;
            int killAt = 1;
            while (steps == 0 || killAt <= steps) {
                Path run = Files.createDirectories(directory.resolve("run" + killAt));
                Life dying = new Life(journal, run, killAt);
                boolean died = dying.runUntilDeadOrDone();
                Life last = new Life(journal, run, Integer.MAX_VALUE);
                assertThat(last.runUntilDeadOrDone()).isFalse();
                assertThat(Files.readAllLines(run.resolve("out.log")))
                        .as("killed at step %d", killAt)
                        .isEqualTo(expected());
                if (!died) {
                    steps = killAt;
                }
                killAt++;
            }
            assertThat(steps).as("steps that a life takes").isGreaterThan(50);
        }
    }

    private static List<String> expected() {
        return LongStream.range(0, DOCUMENTS * RECORDS).mapToObj(Long::toString).toList();
    }

    /** One process: a handler and its agent on a thread, which freezes at the given step. */
    private static final class Life {
        private final Steps steps;
        private final AgentHarness agent;
        private final CountDownLatch done = new CountDownLatch(1);

        Life(TestJournal journal, Path run, int killAt) throws IOException {
            steps = new Steps(killAt);
            FaultyFiles files = new FaultyFiles((step, before, times) -> steps.next());
            agent = new AgentHarness(journal, run, new FileLikeHandler(run.resolve("out.log"), steps), 0, files);
        }

        boolean runUntilDeadOrDone() throws InterruptedException {
            Thread thread = new Thread(() -> {
                while (!agent.agent.isDone()) {
                    agent.agent.doWork();
                    agent.nowNs.addAndGet(AgentHarness.SECOND_NS);
                    if (agent.agent.status().lagRecords() == 0) {
                        agent.agent.requestStop();
                    }
                }
                done.countDown();
            });
            thread.setDaemon(true);
            thread.start();
            while (done.getCount() > 0 && !steps.dead) {
                LockSupport.parkNanos(100_000);
            }
            return steps.dead;
        }
    }
}

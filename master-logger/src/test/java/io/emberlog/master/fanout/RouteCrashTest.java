package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.handler.filter.RateLimit;
import io.emberlog.handler.filter.Route;
import io.emberlog.handler.filter.Sample;
import io.emberlog.handler.redact.Redaction;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceSet;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A handler with a filter, a sample, a rate limit and silences that come and go, killed at each step on a file: what it wrote before
 * and what it writes after fit together, and each record that is not in its file is in its counters.
 */
@Timeout(300)
class RouteCrashTest {
    private static final int DOCUMENTS = 12;
    private static final int RECORDS = 5;
    private static final int ALL = DOCUMENTS * RECORDS;

    @TempDir
    Path directory;

    private int runs;

    /** The times of the records are a nanosecond apart: the rate gives nothing back, what counts is what was used up. */
    @Test
    void whatARateLimitAndASampleLeaveOutIsTheSameWhereverTheProcessDies() throws Exception {
        Route route = new Route(
                0,
                24,
                FilterExpression.parse("not message ~ '*3'"),
                Sample.parse("9/10"),
                RateLimit.parse("30/s"),
                Redaction.NONE);
        Run undisturbed = run(Integer.MAX_VALUE, route, sequence -> SilenceSet.NONE);
        assertThat(undisturbed.lines()).hasSize(30);
        assertThat(undisturbed.steps()).as("steps that a life takes").isGreaterThan(30);
        for (int killAt = 1; killAt <= undisturbed.steps(); killAt++) {
            Run run = run(killAt, route, sequence -> SilenceSet.NONE);
            assertThat(run.lines()).as("killed at step %d", killAt).isEqualTo(undisturbed.lines());
            assertThat(run.gate().filtered()).as("killed at step %d", killAt).isEqualTo(6);
            assertThat(run.gate().filtered()
                            + run.gate().sampledOut()
                            + run.gate().limited()
                            + 30)
                    .as("killed at step %d", killAt)
                    .isEqualTo(ALL);
        }
    }

    @CrashRow({"K16", "K17"})
    @Test
    void everyRecordIsInTheFileOrCountedAndNoLineVanishesWhereverTheProcessDiesWhileSilencesChange() throws Exception {
        Run undisturbed = run(Integer.MAX_VALUE, Route.ALL, RouteCrashTest::silences);
        assertThat(undisturbed.gate().silenced()).isBetween(5L, 20L);
        int changed = 0;
        for (int killAt = 1; killAt <= undisturbed.steps(); killAt++) {
            Run run = run(killAt, Route.ALL, RouteCrashTest::silences);
            List<Long> written = run.lines().stream().map(Long::valueOf).toList();
            assertThat(written).as("killed at step %d", killAt).isSorted().doesNotHaveDuplicates();
            assertThat(run.gate().silenced() + written.size())
                    .as("killed at step %d", killAt)
                    .isEqualTo(ALL);
            assertThat(missing(written)).as("killed at step %d", killAt).allMatch(number -> number % 2 == 0);
            changed += run.gate().silenced() > 0 ? 1 : 0;
        }
        assertThat(changed).as("runs in which a silence was in force").isGreaterThan(undisturbed.steps() / 2);
    }

    /** What is in the file after a life that was killed at a step and one that was not, and how many steps the first one took. */
    private record Run(List<String> lines, GateState gate, int steps) {}

    private Run run(int killAt, Route route, LongFunction<SilenceSet> silences) throws Exception {
        Path place = Files.createDirectories(directory.resolve("run" + runs++));
        try (TestJournal journal = new TestJournal(place.resolve("journal"))) {
            Life dying = new Life(journal, place, killAt, route, silences);
            dying.runUntilDeadOrDone();
            Path log = place.resolve("out.log");
            String seen = Files.exists(log) ? Files.readString(log) : "";
            assertThat(new Life(journal, place, Integer.MAX_VALUE, route, silences).runUntilDeadOrDone())
                    .isFalse();
            assertThat(Files.readString(log))
                    .as("killed at step %d: what was in the file stays in it", killAt)
                    .startsWith(seen);
            return new Run(
                    Files.readAllLines(log),
                    CheckpointStore.stored(place).get(AgentHarness.NAME).gate(),
                    dying.steps.taken());
        }
    }

    private static final SilenceSet EVEN = new SilenceSet(List.of(
            new Silence(1, FilterExpression.parse("message =~ '[02468]$'"), AgentHarness.NAME, 0, Long.MAX_VALUE, "")));

    /** Records with an even number are muted from about the tenth to about the fortieth. */
    private static SilenceSet silences(long journaled) {
        return journaled >= 10 && journaled < 40 ? EVEN : SilenceSet.NONE;
    }

    private static List<Long> missing(List<Long> written) {
        List<Long> missing = new ArrayList<>();
        for (long number = 0; number < ALL; number++) {
            if (!written.contains(number)) {
                missing.add(number);
            }
        }
        return missing;
    }

    /** One process: a handler and its agent on a thread, which freezes at the given step; the journal grows meanwhile. */
    private static final class Life {
        private final TestJournal journal;
        private final LongFunction<SilenceSet> silences;
        private final AtomicReference<SilenceSet> current = new AtomicReference<>();
        private final Steps steps;
        private final AgentHarness agent;
        private final CountDownLatch done = new CountDownLatch(1);

        Life(TestJournal journal, Path place, int killAt, Route route, LongFunction<SilenceSet> silences)
                throws IOException {
            this.journal = journal;
            this.silences = silences;
            steps = new Steps(killAt);
            current.set(silences.apply(journal.nextSequence()));
            FaultyFiles files = new FaultyFiles((step, before, times) -> steps.next());
            FileLikeHandler handler = new FileLikeHandler(place.resolve("out.log"), steps);
            agent = new AgentHarness(
                    journal, place, new HandlerSpec(AgentHarness.NAME, handler, route, false), files, current);
        }

        boolean runUntilDeadOrDone() throws InterruptedException {
            Thread thread = new Thread(this::run);
            thread.setDaemon(true);
            thread.start();
            while (done.getCount() > 0 && !steps.dead) {
                LockSupport.parkNanos(100_000);
            }
            return steps.dead;
        }

        private void run() {
            try {
                while (!agent.agent.isDone()) {
                    if (journal.nextSequence() < ALL) {
                        journal.append(RECORDS);
                        agent.appended();
                    }
                    current.set(silences.apply(journal.nextSequence()));
                    for (int i = 0; i < 4; i++) {
                        agent.agent.doWork();
                    }
                    agent.nowNs.addAndGet(AgentHarness.SECOND_NS);
                    if (journal.nextSequence() == ALL && agent.agent.status().lagRecords() == 0) {
                        agent.agent.requestStop();
                    }
                }
                done.countDown();
            } catch (JournalException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.master.config.IdleMode;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.silence.SilenceSet;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.NanoClock;

/** One agent that a test steps, on a clock that it moves. */
final class AgentHarness implements AutoCloseable {
    static final String NAME = "out";
    static final long SECOND_NS = 1_000_000_000L;

    final AtomicLong nowNs = new AtomicLong(1_000_000 * SECOND_NS);
    /** The last document that is on the device. */
    final AtomicLong syncedIndex = new AtomicLong(Long.MAX_VALUE);

    final AtomicLong syncRequests = new AtomicLong();
    /** Whether a request is answered at once. */
    volatile boolean syncsOnRequest;

    final List<String> reports = new CopyOnWriteArrayList<>();
    /** What was kept from the handler. */
    final List<String> summaries = new CopyOnWriteArrayList<>();

    final List<String> alarms = new CopyOnWriteArrayList<>();
    volatile boolean alarmsTaken = true;
    final JournalHead head;
    final HandlerAgent agent;
    private final TestJournal journal;

    AgentHarness(TestJournal journal, Path state, Handler handler) throws IOException {
        this(journal, state, handler, 0, CheckpointFiles.REAL);
    }

    AgentHarness(TestJournal journal, Path state, Handler handler, int minSeverity, CheckpointFiles files)
            throws IOException {
        this(
                journal,
                state,
                new HandlerSpec(NAME, handler, minSeverity),
                files,
                new AtomicReference<>(SilenceSet.NONE));
    }

    AgentHarness(
            TestJournal journal,
            Path state,
            HandlerSpec spec,
            CheckpointFiles files,
            AtomicReference<SilenceSet> silences)
            throws IOException {
        this.journal = journal;
        head = new JournalHead(journal.lastIndex(), journal.nextSequence());
        CheckpointStore.createDirectory(state);
        NanoClock clock = nowNs::get;
        ReportSink sink = new ReportSink() {
            @Override
            public void report(String name, Level level, String message, Throwable cause) {
                reports.add(level.name() + " " + message);
            }

            @Override
            public void summary(String name, Level level, String message, MasterEvents.Field... fields) {
                summaries.add(level.name() + " " + message);
            }

            @Override
            public boolean alarm(String name, Level level, String message) {
                return alarmsTaken && alarms.add(level.name() + " " + message);
            }
        };
        SyncedJournal synced = SyncedJournal.of(index -> index <= syncedIndex.get(), () -> {
            syncRequests.incrementAndGet();
            if (syncsOnRequest) {
                syncedIndex.set(journal.lastIndex());
            }
        });
        FanOutConfig config = new FanOutConfig(
                journal.directory(),
                state,
                clock,
                () -> nowNs.get() + 1,
                Thread::new,
                sink,
                synced,
                IdleMode.BACKOFF,
                silences::get);
        agent = new HandlerAgent(spec, config, head, files);
    }

    /** What is in the journal can be read. */
    void appended() {
        head.appended(journal.lastIndex(), journal.nextSequence(), nowNs.get() + 1);
    }

    /** Until there is nothing to do now. */
    AgentHarness run() {
        appended();
        for (int rounds = 0; agent.doWork() > 0; rounds++) {
            if (rounds == 100_000) {
                throw new AssertionError("the agent does not come to rest: " + reports);
            }
        }
        return this;
    }

    /** Lets time pass and runs. */
    AgentHarness after(long ns) {
        nowNs.addAndGet(ns);
        return run();
    }

    /** An orderly stop. */
    AgentHarness stop() {
        appended();
        agent.requestStop();
        return run();
    }

    boolean reported(Level level, String text) {
        return reports.stream().anyMatch(r -> r.startsWith(level.name() + " ") && r.contains(text));
    }

    /** As a killed process would leave things, but for the descriptors. */
    @Override
    public void close() {
        agent.abandon();
        agent.doWork();
    }
}

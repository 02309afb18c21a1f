package io.emberlog.master.fanout;

import static io.emberlog.master.fanout.AgentHarness.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.handler.filter.RateLimit;
import io.emberlog.handler.filter.Route;
import io.emberlog.handler.redact.Redaction;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceSet;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reaches a handler, in what form, and what is told of what does not. */
class RouteAgentTest {
    @TempDir
    Path temp;

    private TestJournal journal;
    private final RecordingHandler handler = new RecordingHandler();
    private final AtomicReference<SilenceSet> silences = new AtomicReference<>(SilenceSet.NONE);

    @BeforeEach
    void open() throws Exception {
        journal = new TestJournal(temp.resolve("journal"));
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private AgentHarness agent(RecordingHandler of, Route route, boolean alerts) throws IOException {
        return new AgentHarness(
                journal,
                temp.resolve("state"),
                new HandlerSpec(AgentHarness.NAME, of, route, alerts),
                CheckpointFiles.REAL,
                silences);
    }

    private static Route limited(String rate) {
        return new Route(0, 24, FilterExpression.ALL, null, RateLimit.parse(rate), Redaction.NONE);
    }

    private static Silence silence(long id, String expression) {
        return new Silence(id, FilterExpression.parse(expression), "", 0, 7_200 * SECOND_NS, "known");
    }

    private GateState stored() throws IOException {
        return CheckpointStore.stored(temp.resolve("state"))
                .get(AgentHarness.NAME)
                .gate();
    }

    @Test
    void levelsAndTheFilterDecideAndWhatTheyKeepIsCounted() throws Exception {
        Route route = new Route(9, 13, FilterExpression.parse("logger != 'noisy'"), null, null, Redaction.NONE);
        journal.append(Level.DEBUG, "app");
        journal.append(Level.INFO, "app");
        journal.append(Level.WARN, "noisy");
        journal.append(Level.WARN, "app");
        journal.append(Level.ERROR, "app");
        AgentHarness harness = agent(handler, route, false).run();
        assertThat(handler.taken).containsExactly(1L, 3L);
        assertThat(harness.agent.status().count(Counter.FILTERED)).isEqualTo(3);
        harness.stop();
        assertThat(stored().filtered()).isEqualTo(3);
    }

    @Test
    void whatARateLimitLeavesOutIsToldOnceAMinuteAndCountedOverRestarts() throws Exception {
        AgentHarness harness = agent(handler, limited("10/h"), false);
        journal.append(25);
        harness.run();
        assertThat(handler.taken).hasSize(10);
        assertThat(harness.agent.status().count(Counter.LIMITED)).isEqualTo(15);
        assertThat(harness.summaries).isEmpty();

        harness.after(59 * SECOND_NS);
        assertThat(harness.summaries).isEmpty();
        harness.after(2 * SECOND_NS);
        assertThat(harness.summaries)
                .containsExactly("WARN handler out: rate_limit 10/h has left out 15 records, 15 in all");

        journal.append(5);
        harness.run();
        harness.after(30 * SECOND_NS);
        harness.stop();
        assertThat(harness.summaries)
                .as("what is not told is told by the next one")
                .hasSize(1);
        assertThat(stored().limited()).isEqualTo(20);

        AgentHarness next = agent(new RecordingHandler(), limited("10/h"), false);
        journal.append(1);
        next.run();
        next.after(61 * SECOND_NS);
        assertThat(next.summaries)
                .containsExactly("WARN handler out: rate_limit 10/h has left out 6 records, 21 in all");
        next.after(600 * SECOND_NS);
        assertThat(next.summaries)
                .as("nothing more is left out, nothing more is told")
                .hasSize(1);
    }

    @Test
    void aRateLimitThatIsAnotherAfterARestartBeginsAnew() throws Exception {
        AgentHarness harness = agent(handler, limited("10/h"), false);
        journal.append(15);
        harness.run().stop();
        RecordingHandler second = new RecordingHandler();
        AgentHarness next = agent(second, limited("20/h"), false);
        journal.append(25);
        next.run();
        assertThat(second.taken).hasSize(20);
    }

    @Test
    void theSummaryOfWhatWasLeftOutIsItselfNeverLeftOut() throws Exception {
        silences.set(new SilenceSet(List.of(silence(1, "true"))));
        Route route = new Route(0, 24, FilterExpression.ALL, null, RateLimit.parse("1/d"), Redaction.NONE);
        AgentHarness harness = agent(handler, route, true).run();
        journal.append(3);
        journal.appendOfMaster(Level.WARN, ReportSink.summaryLoggerName(AgentHarness.NAME));
        journal.append(Level.WARN, ReportSink.summaryLoggerName(AgentHarness.NAME));
        harness.run();
        assertThat(handler.taken)
                .as("a worker's logger of that name is nothing special")
                .containsExactly(3L);
    }

    @Test
    void aSilenceMutesThoseThatTellPeopleFromTheMomentItIsKnownUntilItEnds() throws Exception {
        AgentHarness harness = agent(handler, Route.ALL, true);
        journal.append(4);
        harness.run();
        silences.set(new SilenceSet(List.of(silence(3, "logger = 'app'"))));
        journal.append(6);
        journal.append(Level.WARN, "other");
        harness.run();
        assertThat(handler.taken).containsExactly(0L, 1L, 2L, 3L, 10L);
        assertThat(harness.summaries)
                .containsExactly(
                        "NOTICE handler out: silence 3 is in force until 1970-01-01T02:00:00Z: logger = \"app\""
                                + " (known)");
        harness.after(2 * SECOND_NS);
        assertThat(stored().silences()).containsExactly(new GateState.InForce(3, 6, "logger = \"app\""));

        silences.set(SilenceSet.NONE);
        journal.append(1);
        harness.run();
        assertThat(handler.taken).endsWith(11L);
        assertThat(harness.summaries)
                .last()
                .isEqualTo("NOTICE handler out: silence 3 has ended: 6 records were not handed over: logger = \"app\"");
        harness.after(2 * SECOND_NS);
        assertThat(stored().silences()).isEmpty();
        assertThat(stored().silenced()).isEqualTo(6);
        assertThat(harness.agent.status().count(Counter.SILENCED)).isEqualTo(6);
    }

    @Test
    void aSilenceThatNamesNoHandlerLeavesALogAlone() throws Exception {
        silences.set(new SilenceSet(List.of(silence(1, "true"))));
        AgentHarness harness = agent(handler, Route.ALL, false);
        journal.append(4);
        harness.run();
        assertThat(handler.taken).hasSize(4);
        assertThat(harness.summaries).isEmpty();
    }

    @Test
    void aSilenceGoesOnOverARestartAndIsToldOnce() throws Exception {
        silences.set(new SilenceSet(List.of(silence(1, "true"))));
        AgentHarness harness = agent(handler, Route.ALL, true);
        journal.append(4);
        harness.run().stop();
        assertThat(harness.summaries).hasSize(1);

        RecordingHandler second = new RecordingHandler();
        AgentHarness next = agent(second, Route.ALL, true);
        journal.append(4);
        next.run().stop();
        assertThat(handler.taken).isEmpty();
        assertThat(second.taken).isEmpty();
        assertThat(next.summaries).isEmpty();
        assertThat(stored().silences()).extracting(GateState.InForce::count).containsExactly(8L);
    }

    /** Its file was removed while no master ran, and ids begin anew. */
    @Test
    void anotherSilenceOfTheSameIdIsAnotherOne() throws Exception {
        silences.set(new SilenceSet(List.of(silence(1, "logger = 'app'"))));
        agent(handler, Route.ALL, true).run().stop();
        silences.set(new SilenceSet(List.of(silence(1, "logger = 'other'"))));
        RecordingHandler second = new RecordingHandler();
        AgentHarness next = agent(second, Route.ALL, true).run();
        journal.append(Level.WARN, "app");
        journal.append(Level.WARN, "other");
        next.run().stop();
        assertThat(second.taken).containsExactly(0L);
        assertThat(stored().silences()).containsExactly(new GateState.InForce(1, 1, "logger = \"other\""));
    }

    @Test
    void whileSilencesAreNotKnownThoseOfTheCheckpointStay() throws Exception {
        silences.set(new SilenceSet(List.of(silence(1, "true"))));
        AgentHarness harness = agent(handler, Route.ALL, true);
        harness.run().stop();
        silences.set(null);
        RecordingHandler second = new RecordingHandler();
        AgentHarness next = agent(second, Route.ALL, true);
        journal.append(4);
        next.run();
        assertThat(second.taken).isEmpty();
    }

    @Test
    void aCheckpointThatCannotBeStoredHoldsTheSilenceUpAndNotTheRecords() throws Exception {
        RecordingHandler failing = new RecordingHandler() {
            @Override
            void onCheckpoint() throws IOException {
                if (silences.get() != SilenceSet.NONE && taken.size() < 8) {
                    throw new IOException("no room");
                }
            }
        };
        AgentHarness harness = agent(failing, Route.ALL, true);
        journal.append(4);
        harness.run();
        silences.set(new SilenceSet(List.of(silence(1, "true"))));
        journal.append(4);
        harness.run();
        assertThat(failing.taken).hasSize(8);
        harness.after(5 * SECOND_NS);
        journal.append(4);
        harness.run();
        assertThat(failing.taken).hasSize(8);
    }

    @Test
    void aHandlerAndItsDeadLettersSeeOnlyWhatIsRedacted() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        RecordingHandler rejecting = new RecordingHandler() {
            @Override
            public void handle(LogRecord record) throws RecordRejectedException {
                seen.add(record.entry().text(MessageDescriptor.TEMPLATE));
                throw new RecordRejectedException("no " + record.entry().text(MessageDescriptor.TEMPLATE));
            }
        };
        Route route = new Route(0, 24, FilterExpression.ALL, null, null, Redaction.of(List.of("secrets")));
        BatchEncoder encoder = new BatchEncoder(64 << 10, 16 << 10);
        encoder.begin();
        encoder.beginEntry(9, 1, 1);
        encoder.text(MessageDescriptor.TEMPLATE, "password=Zq7xWv9K ok");
        encoder.endEntry();
        encoder.finish(0, 0);
        journal.append(TestJournal.ringRecord(MessageDescriptor.TYPE_LOG_BATCH, encoder.buffer(), encoder.length()), 1);
        AgentHarness harness = agent(rejecting, route, false).run();
        assertThat(seen).containsExactly("password=*** ok");
        assertThat(harness.agent.status().count(Counter.REDACTED)).isEqualTo(1);
        String letters = Files.readString(temp.resolve("state/dead-letters/out.jsonl"));
        assertThat(letters).contains("password=*** ok").doesNotContain("Zq7xWv9K");
        String entry = letters.replaceAll("(?s).*\"entry\":\"([^\"]*)\".*", "$1");
        assertThat(new String(
                        java.util.Base64.getDecoder().decode(entry), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("password=*** ok")
                .doesNotContain("Zq7xWv9K");
        assertThat(harness.reports).allMatch(report -> !report.contains("Zq7xWv9K"));
    }

    @Test
    void aRecordThatIsTriedAgainIsAskedAboutOnce() throws Exception {
        RecordingHandler failing = new RecordingHandler() {
            private int failures = 3;

            @Override
            void onHandle(long number) throws IOException {
                if (number == 1 && failures-- > 0) {
                    throw new IOException("away");
                }
            }
        };
        AgentHarness harness = agent(failing, limited("3/h"), false);
        journal.append(5);
        harness.run();
        for (int i = 0; i < 5; i++) {
            harness.after(5 * SECOND_NS);
        }
        assertThat(failing.taken).containsExactly(0L, 1L, 2L);
        assertThat(harness.agent.status().count(Counter.LIMITED)).isEqualTo(2);
    }
}

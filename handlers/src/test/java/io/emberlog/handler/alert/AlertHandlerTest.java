package io.emberlog.handler.alert;

import static io.emberlog.handler.SteppedCaller.SECOND_NS;
import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.SteppedCaller;
import io.emberlog.handler.alert.Notice.Occasion;
import io.emberlog.message.Level;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AlertHandlerTest {
    private static final long MINUTE_NS = 60 * SECOND_NS;
    private static final long HOUR_NS = 60 * MINUTE_NS;
    private static final LogRecord ERROR = Records.of("md-1", "com.acme.Orders", 17, 0, "cannot fill order 42");

    private final FakeAlertService service = new FakeAlertService();
    private final SteppedCaller caller = new SteppedCaller();

    private static AlertSettings settings(Object... pairs) {
        Map<String, Object> given = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            given.put((String) pairs[i], pairs[i + 1]);
        }
        return AlertSettings.of(HandlerSettings.of("test", AlertSettings.KEYS, given));
    }

    private AlertHandler open(Object... pairs) throws IOException {
        AlertHandler handler = new AlertHandler(settings(pairs), service);
        caller.open(handler);
        return handler;
    }

    private static LogRecord error(String worker, String text) {
        return Records.of(worker, "com.acme.Orders", 17, 0, text);
    }

    @Test
    void aHundredThousandErrorsOfAMinuteAreAHandfulOfMessagesThatCountThemAll() throws Exception {
        open();
        for (int second = 0; second < 60; second++) {
            caller.handle(ERROR, second < 40 ? 1667 : 1666);
            caller.pass(SECOND_NS, SECOND_NS / 10);
        }
        caller.pass(HOUR_NS, SECOND_NS);
        assertThat(service.counted()).isEqualTo(100_000);
        assertThat(service.notices())
                .extracting(Notice::occasion)
                .containsExactly(Occasion.FIRST, Occasion.AGAIN, Occasion.OVER);
        assertThat(service.notices().get(2).total()).isEqualTo(100_000);
    }

    @Test
    void aHundredThousandDifferentProblemsAreAHandfulOfMessagesThatCountThemAll() throws Exception {
        open();
        for (int i = 0; i < 2000; i++) {
            // no digits: those are passed over, and the problem would be one
            String name = Integer.toString(i)
                    .chars()
                    .mapToObj(c -> Character.toString('a' + c - '0'))
                    .reduce("", String::concat);
            caller.handle(error("md-1", "failed at " + name), 50);
            caller.pass(SECOND_NS / 33, SECOND_NS / 33);
        }
        caller.pass(2 * HOUR_NS, SECOND_NS);
        assertThat(service.counted()).isEqualTo(100_000);
        assertThat(service.told).hasSizeLessThan(25);
    }

    @Test
    void aGroupIsToldOfAfterItsWaitAndNotBefore() throws Exception {
        open();
        caller.handle(ERROR);
        caller.pass(9 * SECOND_NS, SECOND_NS);
        assertThat(service.told).isEmpty();
        caller.handle(ERROR);
        caller.pass(SECOND_NS, SECOND_NS);
        assertThat(service.sent).containsExactly("ERROR x 2 in 1 s");
    }

    @Test
    void whatIsGraveDoesNotWait() throws Exception {
        open();
        caller.handle(Records.of("md-1", "com.acme.Orders", 18, 0, "out of money"));
        caller.tick();
        assertThat(service.sent).containsExactly("CRITICAL");
    }

    @Test
    void growthByTenComesBeforeTheInterval() throws Exception {
        open("escalate_count", 1000L);
        caller.handle(ERROR, 100);
        caller.pass(10 * SECOND_NS, SECOND_NS);
        caller.handle(ERROR, 899);
        caller.pass(MINUTE_NS, SECOND_NS);
        assertThat(service.told).hasSize(1);
        caller.handle(ERROR, 101);
        caller.pass(SECOND_NS, SECOND_NS);
        assertThat(service.notices()).extracting(Notice::count).containsExactly(100L, 1000L);
    }

    @Test
    void digestsOfWhatGoesOnUnchangedBecomeRarerAndAChangeMakesThemOftenAgain() throws Exception {
        open();
        for (int minute = 0; minute < 120; minute++) {
            caller.handle(ERROR);
            caller.pass(MINUTE_NS, SECOND_NS);
        }
        // at 0:10 s, then 5, 10, 20, 40 minutes later
        assertThat(service.notices()).hasSize(5);
        int before = service.told.size();
        caller.handle(error("md-2", "cannot fill order 7"));
        caller.pass(SECOND_NS, SECOND_NS);
        assertThat(service.told).hasSize(before + 1);
        assertThat(service.notices().get(before).workers()).isEqualTo("md-1@myhost, md-2@myhost");
        assertThat(service.counted()).isEqualTo(121);
    }

    @Test
    void digestsAreAtMostTheRepeatIntervalApart() throws Exception {
        open("group_interval", "5 m", "repeat_interval", "10 m", "resolve_after", "1 h");
        for (int minute = 0; minute < 60; minute++) {
            caller.handle(ERROR);
            caller.pass(MINUTE_NS, SECOND_NS);
        }
        assertThat(service.told).hasSize(1 + 1 + 5);
    }

    @Test
    void aSingleRecordIsToldOnceAndItsEndIsNot() throws Exception {
        open();
        caller.handle(ERROR);
        caller.pass(2 * HOUR_NS, SECOND_NS);
        assertThat(service.sent).containsExactly("ERROR");
    }

    @Test
    void withoutRecoveryTheEndIsToldOnlyWhereThereIsSomethingToTell() throws Exception {
        open("recovery", false);
        caller.handle(ERROR, 5);
        caller.pass(10 * SECOND_NS, SECOND_NS);
        caller.pass(2 * HOUR_NS, SECOND_NS);
        assertThat(service.sent).containsExactly("ERROR x 5 in 1 s");
    }

    @Test
    void aServiceThatIsAwayForAnHourGetsAllOfItWhenItIsBack() throws Exception {
        open();
        service.isAway = true;
        for (int second = 0; second < 3600; second++) {
            caller.handle(ERROR, 10);
            caller.pass(SECOND_NS, SECOND_NS / 10);
        }
        caller.checkpoint();
        assertThat(caller.state().length).isLessThan(4096);
        assertThat(service.attempts).as("left alone after ten failures").isLessThan(100);
        service.isAway = false;
        caller.pass(2 * MINUTE_NS, SECOND_NS / 10);
        assertThat(service.told).hasSize(1);
        assertThat(service.counted()).isEqualTo(36_000);
        assertThat(caller.reports())
                .hasSize(2)
                .anyMatch(report -> report.contains("left alone"))
                .anyMatch(report -> report.contains("asked at every turn again"));
    }

    @Test
    void aServiceThatSaysWhenToComeBackIsNotAskedBefore() throws Exception {
        open();
        service.retryAfterNs = 30 * SECOND_NS;
        caller.handle(ERROR);
        caller.pass(39 * SECOND_NS, SECOND_NS);
        assertThat(service.attempts).isEqualTo(1);
        caller.pass(2 * SECOND_NS, SECOND_NS);
        assertThat(service.told).hasSize(1);
    }

    @Test
    void aTextThatIsRefusedIsReplacedByTheCounts() throws Exception {
        open();
        service.refusesText = true;
        caller.handle(ERROR, 3);
        caller.pass(10 * SECOND_NS, SECOND_NS);
        assertThat(service.sent).containsExactly("ERROR x 3 in 1 s");
        assertThat(service.notices().get(0).message()).isEqualTo("(the service refused the text)");
        assertThat(caller.reports()).singleElement().asString().startsWith("WARN its service refused a message");
    }

    @Test
    void ofAMessageInPartsOnlyTheRestIsSentAgain() throws Exception {
        open();
        service.parts = 3;
        service.failsAtPart = 1;
        caller.handle(ERROR);
        caller.pass(20 * SECOND_NS, SECOND_NS);
        assertThat(service.sent).containsExactly("ERROR part 0", "ERROR part 1", "ERROR part 2");
    }

    @Test
    void allThatWaitsIsToldAtTheEnd() throws Exception {
        open();
        caller.handle(ERROR, 7);
        caller.handle(Records.of("md-1", "com.acme.Feed", 13, 0, "late"));
        caller.stop();
        assertThat(service.told).hasSize(1);
        assertThat(service.notices()).extracting(Notice::occasion).containsOnly(Occasion.STOPPING);
        assertThat(service.counted()).isEqualTo(8);
        caller.open(new AlertHandler(settings(), service));
        caller.stop();
        assertThat(service.told).as("nothing is told twice").hasSize(1);
    }

    @Test
    void whatCouldNotBeToldAtTheEndIsToldByTheNextLife() throws Exception {
        AlertHandler handler = open();
        caller.handle(ERROR, 7);
        service.isAway = true;
        caller.checkpoint();
        assertThatThrownBy(handler::finish).hasMessage("away");
        caller.kill();
        service.isAway = false;
        caller.away(HOUR_NS);
        open();
        caller.tick();
        assertThat(service.counted()).isEqualTo(7);
    }

    @Test
    @CrashRow({"A2", "A3"})
    void aKillBetweenTheMessageAndItsCheckpointTellsOneMessageTwiceAndCountsEachRecordOnce() throws Exception {
        open();
        caller.handle(ERROR, 60_000);
        caller.checkpoint();
        caller.handle(ERROR, 10_000);
        caller.dieBeforeCheckpoint();
        assertThatThrownBy(() -> caller.pass(11 * SECOND_NS, SECOND_NS)).isInstanceOf(SteppedCaller.Died.class);
        assertThat(service.sent).containsExactly("ERROR x 70000 in 1 s");
        long behind = caller.behind();
        caller.kill();
        caller.away(SECOND_NS);
        open();
        caller.handle(ERROR, (int) behind);
        caller.pass(SECOND_NS, SECOND_NS);
        caller.handle(ERROR, 30_000);
        caller.pass(HOUR_NS, SECOND_NS);
        assertThat(service.notices()).extracting(Notice::total).containsExactly(70_000L, 70_000L, 100_000L, 100_000L);
        assertThat(service.notices()).extracting(Notice::count).containsExactly(70_000L, 70_000L, 30_000L, 0L);
    }

    @Test
    @CrashRow("A4")
    void aKillBetweenTwoPartsSendsAllPartsOnceMore() throws Exception {
        open();
        service.parts = 3;
        service.failsAtPart = 2;
        caller.handle(ERROR, 9);
        caller.checkpoint();
        caller.pass(10 * SECOND_NS, SECOND_NS);
        assertThat(service.sent).containsExactly("ERROR x 9 in 1 s part 0", "ERROR x 9 in 1 s part 1");
        caller.kill();
        caller.away(SECOND_NS);
        open();
        caller.pass(SECOND_NS, SECOND_NS);
        assertThat(service.sent)
                .hasSize(5)
                .endsWith("ERROR x 9 in 1 s part 0", "ERROR x 9 in 1 s part 1", "ERROR x 9 in 1 s part 2");
        assertThat(service.counted()).isEqualTo(9);
    }

    @Test
    @CrashRow({"A1", "A5"})
    void killsAtAnyTimeLoseNoCount() throws Exception {
        open();
        long made = 0;
        for (int round = 0; round < 200; round++) {
            caller.handle(ERROR, 50);
            made += 50;
            caller.pass((round * 7919L % 40) * SECOND_NS, SECOND_NS);
            if (round % 3 == 0) {
                caller.checkpoint();
            }
            if (round % 5 == 0) {
                long behind = caller.behind();
                caller.kill();
                caller.away((round % 9) * SECOND_NS);
                open();
                caller.handle(ERROR, (int) behind);
            }
        }
        caller.pass(10 * HOUR_NS, 10 * SECOND_NS);
        assertThat(service.counted()).isEqualTo(made);
        Notice last = service.notices().get(service.notices().size() - 1);
        assertThat(last.occasion()).isEqualTo(Occasion.OVER);
        assertThat(last.total()).isEqualTo(made);
    }

    @Test
    void whatWentOnWhileTheMasterWasAwayIsNotOver() throws Exception {
        open();
        caller.handle(ERROR, 5);
        caller.pass(10 * SECOND_NS, SECOND_NS);
        caller.kill();
        caller.away(HOUR_NS);
        open();
        caller.tick();
        caller.handle(ERROR, 5);
        caller.pass(5 * MINUTE_NS, SECOND_NS);
        assertThat(service.notices()).extracting(Notice::occasion).containsExactly(Occasion.FIRST, Occasion.AGAIN);
    }

    @Test
    void aWallClockThatIsSetBackDelaysAndLosesNothing() throws Exception {
        open();
        caller.handle(ERROR, 5);
        caller.checkpoint();
        caller.kill();
        caller.setWallClock(-24 * HOUR_NS);
        open();
        caller.pass(10 * SECOND_NS, SECOND_NS);
        assertThat(service.counted()).isEqualTo(5);
    }

    @Test
    void aStateThatIsNoneIsReportedAndTheHandlerGoesOn() throws Exception {
        AlertHandler handler = new AlertHandler(settings(), service);
        caller.open(handler);
        caller.checkpoint();
        caller.state()[0] = 9;
        caller.open(handler);
        assertThat(caller.reports())
                .singleElement()
                .asString()
                .startsWith("ERROR its stored state is of another version");
    }

    @Test
    void memoryAndStateAreBoundedWhateverComes() throws Exception {
        AlertHandler handler = open("max_groups", 100L, "sample_length", 20_000L, "breadcrumbs", 50L);
        String large = "x".repeat(300_000);
        for (int i = 0; i < 500; i++) {
            String worker =
                    "w" + "abcdefghij".charAt(i % 10) + "abcdefghij".charAt(i / 10 % 10) + "klmnop".charAt(i / 100);
            LogRecord record = Records.of(worker.repeat(100), worker.repeat(200), 17, 0, large);
            caller.handle(record);
            handler.observe(record);
        }
        caller.checkpoint();
        assertThat(caller.state().length).isBetween(40_000, 64 * 1024);
        caller.kill();
        open("max_groups", 100L);
        caller.stop();
        assertThat(service.counted()).isEqualTo(500);
    }

    @Test
    void hostileRecordsAreToldOf() throws Exception {
        open();
        caller.handle(Records.record(1, 24, encoder -> {}));
        caller.handle(Records.full());
        caller.handle(Records.bare(new byte[] {(byte) 0xC3, (byte) 0xED, (byte) 0xA0, (byte) 0x80, (byte) 0xFF}));
        caller.stop();
        assertThat(service.counted()).isEqualTo(3);
    }

    @Test
    void anErrorCarriesWhatItsWorkerDidBefore() throws Exception {
        AlertHandler handler = open("breadcrumbs", 3L);
        IntStream.range(0, 5).forEach(i -> handler.observe(Records.of("md-1", "com.acme.Feed", 9, i, "step " + i)));
        caller.handle(ERROR);
        caller.pass(10 * SECOND_NS, SECOND_NS);
        assertThat(service.notices().get(0).breadcrumbs().lines())
                .hasSize(3)
                .first()
                .asString()
                .endsWith("INFO com.acme.Feed - step 2");
    }

    @Test
    void theDeathOfAWorkerCarriesWhatThatWorkerDidBefore() throws Exception {
        AlertHandler handler = open("breadcrumbs", 20L);
        handler.observe(Records.plain(1, "about to divide"));
        String ring = Records.WORKER.ringUuid().toString();
        LogRecord death = Records.record(2, 17, encoder -> {
            encoder.text(LOGGER, "emberlog.worker");
            encoder.text(TEMPLATE, "worker {} (pid {}) died: {}");
            encoder.beginArgs();
            encoder.addString("md-1");
            encoder.addLong(4711);
            encoder.addString("SIGSEGV");
            encoder.endArgs();
            encoder.beginPairs(FIELDS);
            encoder.key("hs_err");
            encoder.putNullable("/tmp/hs_err_pid4711.log");
            encoder.endPair();
            encoder.key("ring");
            encoder.putNullable(ring);
            encoder.endPair();
            encoder.endPairs();
        });
        death.wrap(
                new WorkerIdentity(new UUID(1, 2), "emberlog", 1, 0, "", "", "", "myhost", "master", "emberlog"),
                death.position(),
                0,
                2,
                death.entry());
        caller.handle(death);
        caller.pass(10 * SECOND_NS, SECOND_NS);
        Notice notice = service.notices().get(0);
        assertThat(notice.message()).startsWith("worker md-1 (pid 4711) died: SIGSEGV hs_err=/tmp/hs_err_pid4711.log");
        assertThat(notice.breadcrumbs()).endsWith("about to divide");
    }

    @Test
    void breadcrumbsOfManyWorkersAreBounded() {
        Breadcrumbs breadcrumbs = new Breadcrumbs(20, new RecordText());
        for (int i = 0; i < 1000; i++) {
            LogRecord record = Records.plain(i, "x");
            record.wrap(new WorkerIdentity(new UUID(0, i), "w", 1, 0, "", "", "", "", "", ""), 0, 0, i, record.entry());
            breadcrumbs.add(record);
        }
        assertThat(breadcrumbs.workers()).isEqualTo(Breadcrumbs.MOST_WORKERS);
    }

    @Test
    void settingsThatContradictAreRefused() {
        assertThatThrownBy(() -> settings("group_interval", "1 h", "repeat_interval", "5 m"))
                .hasMessage("repeat_interval: is shorter than group_interval; allowed: 3600 s or longer");
        assertThatThrownBy(() -> settings("title", "a\nb")).hasMessageStartingWith("title: ");
    }

    @Test
    void levelsOfErrorsAndWarningsAreTold() throws Exception {
        open("group_wait", "0 s");
        caller.handle(Records.of("md-1", "a", Level.WARN.severity(), 0, "w"));
        caller.tick();
        caller.handle(ERROR);
        caller.tick();
        assertThat(service.sent).containsExactly("WARN", "ERROR");
    }
}

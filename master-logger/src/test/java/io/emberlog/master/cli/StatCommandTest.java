package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.PartProblems;
import io.emberlog.master.fanout.HandlerState;
import io.emberlog.master.fanout.HandlerStatus;
import io.emberlog.master.metrics.MetricsWriter;
import io.emberlog.master.replay.TestEvidence;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.StatSampler;
import io.emberlog.message.DropReason;
import io.emberlog.ring.CrashRow;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class StatCommandTest {
    @TempDir
    private Path temp;

    private TestEvidence evidence;
    private final Instant started = Instant.now();
    private final CommandLineRun command = CommandLineRun.piped();

    @BeforeEach
    void start() throws IOException {
        evidence = new TestEvidence(temp);
        Files.createDirectories(evidence.state());
    }

    @AfterEach
    void stop() {
        evidence.close();
    }

    private int stat(Object... more) {
        Object[] words = new Object[more.length + 7];
        Object[] first = {"stat", "--sample", "10ms", "--channel", evidence.channel(), "--state", evidence.state()};
        System.arraycopy(first, 0, words, 0, 7);
        System.arraycopy(more, 0, words, 7, more.length);
        return command.run(words);
    }

    /** Path of each value, such as {@code workers.0.name}, to its text. */
    private Map<String, String> json() {
        Map<String, String> values = new TreeMap<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), command.out())) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    String path = parser.streamReadContext()
                            .pathAsPointer()
                            .toString()
                            .substring(1)
                            .replace('/', '.');
                    values.put(path, parser.getString());
                }
            }
        }
        return values;
    }

    @Test
    void everythingThatIsKnownIsInTheJson() throws Exception {
        RingFile dead = evidence.ring("md-1");
        evidence.log(dead, 1, "a");
        evidence.log(dead, 2, "b");
        evidence.drain(dead, true);
        evidence.log(dead, 3, "c");
        dead.header().addDropped(DropReason.RING_FULL.code(), 9, 42);
        dead.header().syncedPosition(8);
        RingFile alive = evidence.livingRing("md-2");
        alive.header().syncedPosition(Long.MIN_VALUE); // something of it is lost
        Files.writeString(
                evidence.state().resolve("master.lock"),
                "pid=" + ProcessHandle.current().pid() + "\nstart=" + Instant.now() + "\nname=emberlog-master\n");

        assertThat(stat("--json")).isZero();

        assertThat(json())
                .containsEntry("channel", evidence.channel().toString())
                .containsEntry("master.running", "true")
                .containsEntry(
                        "master.pid", Long.toString(ProcessHandle.current().pid()))
                .containsEntry("workers.0.name", "md-1")
                .containsEntry("workers.0.state", "dead")
                .containsEntry("workers.0.pid", "4194303")
                .containsEntry("workers.0.ring", dead.identity().ringUuid().toString())
                .containsEntry("workers.0.capacity_bytes", "65536")
                .containsEntry("workers.0.backlog_bytes", Long.toString(dead.tail() - dead.head()))
                .containsEntry("workers.0.unsynced_bytes", Long.toString(dead.tail() - 8))
                .containsEntry("workers.0.bytes_per_second", "0")
                .containsEntry("workers.0.records_per_second", "0")
                .containsEntry("workers.0.dropped_total", "42")
                .containsEntry("workers.0.dropped.0.reason", "ring full")
                .containsEntry("workers.0.dropped.0.level", "INFO")
                .containsEntry("workers.0.dropped.0.count", "42")
                .containsEntry("workers.1.name", "md-2")
                .containsEntry("workers.1.file", alive.path().toString())
                .containsEntry("workers.1.state", "alive")
                .doesNotContainKey("workers.1.unsynced_bytes")
                .containsEntry("journal.segments", "1")
                .containsEntry("journal.first_seq", "0")
                .containsEntry("journal.next_seq", "2")
                .containsEntry("journal.device_refuses", "false")
                .containsEntry("journal.last_append", "1970-01-01T00:00:00.000100Z");
        assertThat(Long.parseLong(json().get("journal.allocated_bytes")))
                .isPositive()
                .isLessThan(Long.parseLong(json().get("journal.apparent_bytes")));
    }

    @Test
    void theTableIsAligned() throws Exception {
        evidence.ring("a");
        evidence.ring("a-much-longer-name");

        assertThat(stat()).isZero();

        assertThat(command.lines())
                .contains("master    none, and none has run here", "journal   none")
                .contains("WORKER                  PID  STATE      RING    USE  BACKLOG  UNSYNCED  BYTES/S  RECORDS/S"
                        + "  DROPS/S  DROPPED")
                .anyMatch(line -> line.startsWith("a                   4194303  dead   64.0 KiB"));
        assertThat(command.lines().stream()
                        .filter(line -> line.contains("4194303"))
                        .mapToInt(String::length)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aDeviceThatDoesNotTakeTheJournalIsTold() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 1, "a");
        evidence.drain(ring, true);
        stat();
        assertThat(command.out()).doesNotContain("does not take documents");
        Files.writeString(evidence.journal().directory().resolve("force-failed"), "20000");
        stat();
        assertThat(command.out()).contains("its device does not take documents");
        assertThat(stat("--json")).isZero();
        assertThat(json()).containsEntry("journal.device_refuses", "true");
        stat("--watch", "50ms", "--count", "1");
        assertThat(command.out()).contains(", journal: its device does not take documents");
    }

    @Test
    void aMasterThatIsGoneAndALockFileThatIsCutAreTold() throws Exception {
        Path lock = evidence.state().resolve("master.lock");
        Files.writeString(lock, "pid=4194303 start=2026-01-01T00:00:00Z name=m");
        stat();
        assertThat(command.out()).contains("master    not running, the last was pid 4194303 (m)");
        Files.writeString(lock, "pid=" + ProcessHandle.current().pid() + "\nstart=2020-01-01T00:00:00Z\n");
        stat();
        assertThat(command.out()).as("the pid was given to another process").contains("master    not running");
        Files.writeString(lock, "pi");
        stat();
        assertThat(command.out()).contains("master    none");
    }

    @Test
    void ringsThatTellNothingAreListedWithTheReason() throws Exception {
        Path garbage = Files.write(evidence.channel().resolve("garbage.ring"), new byte[100_000]);
        RingFile aside = evidence.ring("aside");
        Files.move(aside.path(), aside.path().resolveSibling(aside.path().getFileName() + ".quarantined"));
        RingFile nonsense = evidence.ring("nonsense");
        TestEvidence.edit(nonsense.path(), TestEvidence.tailOffset(nonsense), 1L << 40, Long.BYTES);

        assertThat(stat()).isZero();
        assertThat(command.out())
                .contains("no workers")
                .contains("unreadable " + garbage + ": magic=0x0")
                .contains("unreadable " + nonsense.path() + ": head=0")
                .contains("set aside ");
        stat("--json");
        assertThat(json()).containsKeys("quarantined.0", "unreadable.0.file", "unreadable.1.reason");
    }

    @Test
    void nothingIsChangedInTheFiles() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 1, "a");
        evidence.drain(ring, false);
        evidence.closeJournal();
        Map<String, String> before = evidence.fingerprint();

        stat();

        assertThat(evidence.fingerprint()).isEqualTo(before);
    }

    @Test
    void wrongUseExitsWith2() {
        assertThat(command.run("stat", "--sample", "never")).isEqualTo(2);
        assertThat(command.err()).contains("'never' is no time from 10ms to 10m");
        assertThat(command.run("stat", "--channel", temp.resolve("nowhere"))).isEqualTo(2);
        assertThat(command.err()).contains("there is no such directory");
    }

    @Test
    void aChannelThatNobodyUsedYetIsNoError() {
        assertThat(command.run("stat", "--sample", "10ms")).isZero();
        assertThat(command.out()).contains("journal   none").contains("no workers");
    }

    @Test
    void aWorkerThatSaidGoodbyeIsStoppedWhetherItsRingStillHoldsTheGoodbyeOrOnlyTheJournal() throws Exception {
        RingFile undrained = evidence.ring("a-undrained");
        evidence.goodbye(undrained);
        RingFile drained = evidence.ring("b-drained");
        evidence.log(drained, 1, "last words");
        evidence.goodbye(drained);
        evidence.drain(drained, true);
        RingFile killed = evidence.ring("c-killed");
        evidence.log(killed, 2, "cut short");
        evidence.drain(killed, true);
        RingFile longAgo = evidence.ring("d-whose-goodbye-is-far-back-in-the-journal");
        longAgo.header().sayGoodbye();

        stat("--json");

        assertThat(json())
                .containsEntry("workers.3.state", "stopped")
                .containsEntry("workers.0.state", "stopped")
                .containsEntry("workers.1.state", "stopped")
                .containsEntry("workers.2.state", "dead");
    }

    @Test
    void aHandlersLagIsToldInRecordsAndSecondsAndWhatWasDeletedBeforeItAsLost() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.skipNumbers(100);
        Instant now = Instant.now();
        for (int age : new int[] {3_600, 60, 0}) {
            evidence.log(ring, 1, "from " + age + " s ago");
            evidence.drain(ring, true, TimeUnit.SECONDS.toNanos(now.getEpochSecond() - age));
        }
        evidence.checkpoint("behind", 101);
        evidence.checkpoint("deleted", 40);
        evidence.checkpoint("done", 103);

        stat("--json");

        assertThat(json())
                .containsEntry("handlers.0.name", "behind")
                .containsEntry("handlers.0.lag_records", "2")
                .containsEntry("handlers.0.lost_records", "0")
                .containsEntry("handlers.1.name", "deleted")
                .containsEntry("handlers.1.lag_records", "3")
                .containsEntry("handlers.1.lost_records", "60")
                .containsEntry("handlers.2.lag_records", "0")
                .containsEntry("handlers.2.lag_seconds", "0.000");
        assertThat(Double.parseDouble(json().get("handlers.0.lag_seconds"))).isBetween(60.0, 3_599.0);
        assertThat(Double.parseDouble(json().get("handlers.1.lag_seconds"))).isGreaterThanOrEqualTo(3_600);
    }

    @Test
    void watchPrintsALineEachTimeInAPipeAndRepaintsATerminal() throws Exception {
        RingFile ring = evidence.ring("evil\u001b[2J");
        evidence.log(ring, 1, "a");
        evidence.drain(ring, false);
        evidence.checkpoint("evil\u001b[2J", 0);

        assertThat(stat("--watch", "10ms", "--count", 3)).isZero();
        assertThat(command.lines())
                .hasSize(3)
                .allMatch(
                        line -> line.matches(
                                "\\S+Z master none, workers 0 alive of 1, 0 records/s, 0 B/s, 0 drops/s, backlog \\d+ B, lag .* 1 \\(\\d+ \\w+\\)"));
        assertThat(command.out()).doesNotContain("\u001b");

        assertThat(stat("--watch", "10ms", "--count", 3, "--json")).isZero();
        assertThat(command.lines()).hasSize(3).allMatch(line -> line.startsWith("{\"time\":"));

        CommandLineRun terminal = CommandLineRun.onATerminal();
        terminal.run("stat", "--watch=10ms", "--count=3", "--channel", evidence.channel(), "--state", evidence.state());
        assertThat(terminal.out().split("\u001b\\[H", -1)).hasSize(4);
        assertThat(terminal.out().indexOf("\u001b[2J")).isEqualTo(terminal.out().lastIndexOf("\u001b[2J"));
    }

    @Test
    void ratesOfAWatchAreThoseOfEachIntervalAlone() throws Exception {
        RingFile ring = evidence.livingRing("md-1");
        try (StatSampler sampler = new StatSampler(evidence.channel(), evidence.state(), evidence.journalPath())) {
            sampler.begin();
            evidence.log(ring, 1, "a");
            evidence.drain(ring, true);
            ring.header().addDropped(DropReason.RING_FULL.code(), 9, 5);
            ChannelStat first = sampler.take();
            assertThat(first.workers().get(0).bytesPerSecond()).isPositive();
            assertThat(first.workers().get(0).droppedPerSecond()).isPositive();
            ChannelStat quiet = sampler.take();
            assertThat(quiet.workers().get(0).bytesPerSecond()).isZero();
            assertThat(quiet.workers().get(0).recordsPerSecond()).isZero();
            assertThat(quiet.workers().get(0).droppedPerSecond()).isZero();
            assertThat(quiet.workers().get(0).droppedTotal()).isEqualTo(5);
            evidence.log(ring, 2, "b");
            evidence.drain(ring, true);
            RingFile late = evidence.livingRing("md-2");
            assertThat(sampler.take().journal().recordsPerSecond()).isPositive();
            Files.delete(ring.path());
            assertThat(sampler.take().workers()).as("its last interval").hasSize(2);
            assertThat(sampler.take().workers())
                    .singleElement()
                    .satisfies(worker -> assertThat(worker.file()).isEqualTo(late.path()));
        }
    }

    private static final long MINUTE_NS = TimeUnit.MINUTES.toNanos(1);

    /** As a master tells of a file and of a service that is away. */
    private void tellMetrics(long pid) throws IOException {
        String start = started.toString();
        Files.writeString(evidence.state().resolve("master.lock"), "pid=" + pid + "\nstart=" + start + "\nname=m\n");
        HandlerMetrics file = new HandlerMetrics();
        file.add(HandlerMetrics.Counter.RECORDS, 5_000);
        file.add(HandlerMetrics.Counter.BYTES, 10L << 20);
        file.set(HandlerMetrics.Gauge.DISK_BYTES, 20L << 20);
        file.set(HandlerMetrics.Gauge.DISK_FREE_BYTES, 3L << 30);
        for (int i = 0; i < 99; i++) {
            file.wrote(1_000);
        }
        file.wrote(2_001_000);
        file.record(HandlerMetrics.Timer.SYNC, 12_345_678);
        file.set(new PartProblems(Map.of("gw\u001b[2J.log", "cannot be opened: it is a directory"), 3));
        HandlerMetrics service = new HandlerMetrics();
        service.add(HandlerMetrics.Counter.ERRORS, 7);
        long now = TimeUnit.SECONDS.toNanos(Instant.now().getEpochSecond());
        new MetricsWriter(evidence.state(), pid, start, trouble -> {})
                .publish(List.of(
                        metrics("app", HandlerState.RUNNING, null, now, 2, 0, file),
                        metrics("loki", HandlerState.WAITING, "flush failed: \u001b[2J", now, 0, now, service)));
    }

    private static HandlerStatus metrics(
            String name, HandlerState state, String problem, long started, long next, long since, HandlerMetrics of) {
        String call = problem == null ? null : "flush";
        return new HandlerStatus(
                name,
                state,
                problem,
                started,
                0,
                next,
                0,
                0,
                0,
                since,
                0,
                0,
                call,
                since - MINUTE_NS,
                4,
                of.snapshot());
    }

    private void journalTwo() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 1, "a");
        evidence.log(ring, 2, "b");
        evidence.drain(ring, true);
        evidence.checkpoint("app", 1);
    }

    private static long runningPid() {
        return ProcessHandle.current().pid();
    }

    @Test
    void whatTheRunningMasterTellsOfItsHandlersIsInTheJson() throws Exception {
        journalTwo();
        tellMetrics(runningPid());

        stat("--json");

        assertThat(json())
                .containsEntry("handlers.0.name", "app")
                .containsEntry("handlers.0.lag_records", "1")
                .containsEntry("handlers.0.metrics.state", "running")
                .containsEntry("handlers.0.metrics.next_seq", "2")
                .containsEntry("handlers.0.metrics.lag_records", "0")
                .containsEntry("handlers.0.metrics.lag_seconds", "0.000")
                .containsEntry("handlers.0.metrics.lost", "4")
                .containsEntry("handlers.0.metrics.records", "5000")
                .containsEntry("handlers.0.metrics.errors", "0")
                .containsEntry("handlers.0.metrics.bytes", "10485760")
                .containsEntry("handlers.0.metrics.disk_bytes", "20971520")
                .containsEntry("handlers.0.metrics.write.count", "100")
                .containsEntry("handlers.0.metrics.write.average_seconds", "0.000021000")
                .containsEntry("handlers.0.metrics.write.p99_seconds", "0.000001007")
                .containsEntry("handlers.0.metrics.write.max_seconds", "0.002001000")
                .containsEntry("handlers.0.metrics.flush.count", "0")
                .doesNotContainKey("handlers.0.metrics.flush.p99_seconds")
                .doesNotContainKey("handlers.0.metrics.problem")
                .containsEntry("handlers.0.metrics.parts.0.part", "gw\u001b[2J.log")
                .containsEntry("handlers.0.metrics.parts.0.problem", "cannot be opened: it is a directory")
                .containsEntry("handlers.0.metrics.further_parts", "3")
                .doesNotContainKey("handlers.1.metrics.further_parts")
                .containsEntry("handlers.0.metrics.sync.max_seconds", "0.012345678")
                .containsEntry("handlers.1.name", "loki")
                .doesNotContainKey("handlers.1.next_seq") // no checkpoint so far
                .containsEntry("handlers.1.metrics.state", "waiting")
                .containsEntry("handlers.1.metrics.problem", "flush failed: \u001b[2J")
                .containsEntry("handlers.1.metrics.call", "flush")
                .hasEntrySatisfying(
                        "handlers.1.metrics.call_seconds",
                        seconds -> assertThat(Double.parseDouble(seconds)).isGreaterThanOrEqualTo(60))
                .doesNotContainKey("handlers.0.metrics.call")
                .doesNotContainKey("handlers.0.metrics.call_seconds")
                .containsEntry("handlers.1.metrics.lag_records", "2")
                .containsEntry("handlers.1.metrics.errors", "7")
                .containsKey("handlers.1.metrics.lag_seconds")
                .doesNotContainKey("handlers.1.metrics.disk_bytes");
    }

    @Test
    void everyKeyOfTheMetricsIsDocumented() throws Exception {
        journalTwo();
        tellMetrics(runningPid());
        stat("--json");
        String tools = Files.readString(Path.of("../docs/tools.md"));
        String row = tools.lines()
                .filter(line -> line.startsWith("| `handlers[].metrics`"))
                .findFirst()
                .orElseThrow();
        assertThat(json().keySet().stream()
                        .filter(key -> key.matches("handlers\\.\\d\\.metrics\\..*"))
                        .map(key -> key.substring(key.lastIndexOf('.') + 1))
                        .distinct())
                .hasSizeGreaterThan(20)
                .allSatisfy(key -> assertThat(row).contains('`' + key + '`'));
    }

    @Test
    void whatTheRunningMasterTellsOfItsHandlersIsATableOfItsOwn() throws Exception {
        journalTwo();
        tellMetrics(runningPid());

        stat();

        assertThat(command.lines())
                .anyMatch(line -> line.matches("problem   loki: has not come back from flush for \\d+(\\.\\d)? s"))
                .anyMatch(line -> line.matches(
                        "HANDLER +STATE +UP +RECORDS +BYTES +ERRORS +RETRIES +WRITE AVG +WRITE P99 +FLUSH AVG +FLUSH P99"
                                + " +SYNC AVG +SYNC P99 +ON DISK +FREE"))
                .anyMatch(line -> line.matches("app +running +\\S+ s +5,000 +10.0 MiB +0 +0 +21.0 us +1.0 us +- +-"
                        + " +12.3 ms +12.3 ms +20.0 MiB +3.0 GiB"))
                .anyMatch(line -> line.matches("loki +waiting +\\S+ s +0 +0 B +7 +0( +-){8}"))
                .contains(
                        "problem   app: gw\\u001b[2J.log cannot be opened: it is a directory",
                        "problem   app: and 3 further parts",
                        "problem   loki: flush failed: \\u001b[2J");
        assertThat(command.lines().stream()
                        .filter(line -> line.matches("(app|loki) .*(running|waiting).*|HANDLER.*WRITE.*"))
                        .mapToInt(String::length)
                        .distinct())
                .hasSize(1);
    }

    @Test
    @CrashRow("M2")
    void figuresOfAMasterThatHasEndedAreNotShown() throws Exception {
        journalTwo();
        tellMetrics(4194303);
        stat("--json");
        assertThat(json()).containsKey("handlers.0.name").doesNotContainKey("handlers.0.metrics.state");
        stat();
        assertThat(command.out()).doesNotContain("WRITE P99");

        tellMetrics(runningPid());
        Files.writeString(
                evidence.state().resolve("master.lock"),
                "pid=" + runningPid() + "\nstart=" + started.plusSeconds(1) + "\nname=m\n");
        stat("--json");
        assertThat(json()).as("of the one before").doesNotContainKey("handlers.0.metrics.state");
    }
}

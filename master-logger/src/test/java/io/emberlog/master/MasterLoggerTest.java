package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.file.FileHandlerFactory;
import io.emberlog.handler.filter.Route;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.EffectiveSetting;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.metrics.HandlerFigures;
import io.emberlog.master.metrics.MetricsFile;
import io.emberlog.ring.RingFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The whole master in this JVM: real rings, real journal, real handlers. */
class MasterLoggerTest extends WholeMaster {
    private MasterConfig config(Path state, String... more) throws Exception {
        return read(state, Map.of(), String.join("\n", more), """
                [[handlers]]
                name = "file"
                type = "file"
                path = "%s"
                """.formatted(output()));
    }

    private Path output() {
        return temp.resolve("out/app.log");
    }

    @Test
    void aStartAfterACleanStopTellsOfNothingThatReadsLikeDamage() throws Exception {
        for (int life = 1; life <= 3; life++) {
            int starts = life;
            MasterLogger master = started(config(state()));
            await().until(() -> linesWith("drains") == starts);
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(lines()).hasSize(3).allMatch(line -> line.contains("drains"));
    }

    @Test
    void aMasterInAProgramTellsAlarmsToWhomItIsToldAndPrintsNothing() throws Exception {
        Files.createDirectories(output());
        List<String> alarms = new CopyOnWriteArrayList<>();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            MasterLogger master = new MasterLogger(config(state()));
            master.onAlarm(alarms::add);
            started(master);
            String line = "emberlog: WARN handler file: cannot be opened: path=" + output() + " is not a regular file;";
            await().until(() -> alarms.stream().anyMatch(alarm -> alarm.startsWith(line)));
            assertThat(master.stop(Duration.ofMillis(300))).isFalse();
            assertThat(alarms).last().asString().contains("handler file has not finished in time and was given up");
        } finally {
            System.setErr(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    /** Until it comes back, another one of its name would write beside it. */
    @Test
    void aHandlerThatHangsCostsNeitherTheOthersNorTheMasterItselfTheirOrderlyEnd() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        RingFile ring = ring(1 << 20);
        List<String> alarms = new CopyOnWriteArrayList<>();
        MasterLogger master = new MasterLogger(config(state()), Map.of("hanging", hangingUntil(release)));
        master.onAlarm(alarms::add);
        started(master);
        for (int i = 0; i < 1_000; i++) {
            assertThat(log(ring, "record " + i + ".")).isTrue();
        }
        try {
            assertThat(master.stop(Duration.ofSeconds(2))).isFalse();
            assertThat(linesWith("- record ")).isEqualTo(1_000);
            assertThat(alarms)
                    .filteredOn(alarm -> alarm.contains("handler hanging has not finished in time"))
                    .hasSize(1);
            assertThat(alarms).noneMatch(alarm -> alarm.contains("handler file"));
            MetricsFile.Content told = MetricsFile.read(state()).orElseThrow();
            assertThat(told.handlers())
                    .extracting(HandlerFigures::name, HandlerFigures::state)
                    .as("the last word of a master that has ended in order")
                    .containsExactly(tuple("file", "stopped"), tuple("hanging", "abandoned"));
            assertThatThrownBy(() -> started(config(state()))).isInstanceOf(MasterLogger.AlreadyRunningException.class);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aHandlerThatIsGivenUpWhileItWaitsHoldsUpNoFurtherMaster() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        List<Long> taken = new CopyOnWriteArrayList<>();
        Handler waiting = new Plain() {
            @Override
            public void open(HandlerContext context) throws IOException {
                if (away.get()) {
                    throw new IOException("away");
                }
            }

            @Override
            public void handle(LogRecord record) {
                taken.add(record.sequence());
            }
        };
        MasterLogger master = new MasterLogger(config(state()), Map.of("waiting", waiting));
        started(master);
        assertThat(master.stop(Duration.ofSeconds(1))).isFalse();
        away.set(false);
        master.start();
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(taken).startsWith(0L);
    }

    private static Handler hangingUntil(CountDownLatch release) {
        return new Plain() {
            @Override
            public void handle(LogRecord record) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    /** Buffers nothing and remembers nothing. */
    private abstract static class Plain implements Handler {
        @Override
        public void open(HandlerContext context) throws IOException {}

        @Override
        public void flush() {}

        @Override
        public byte[] checkpoint() {
            return new byte[0];
        }

        @Override
        public void close() {}
    }

    private List<String> lines() throws IOException {
        return lines("out/app.log");
    }

    private long linesWith(String text) throws IOException {
        return lines().stream().filter(line -> line.contains(text)).count();
    }

    @Test
    void whatARingHoldsIsInTheFileAfterAnOrderlyStop() throws Exception {
        RingFile ring = ring(1 << 20);
        MasterLogger master = started(config(state()));
        assertThat(master.isRunning()).isTrue();
        for (int i = 0; i < 1_000; i++) {
            assertThat(log(ring, "record " + i + ".")).isTrue();
        }
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(master.isRunning()).isFalse();
        assertThat(linesWith("- record ")).isEqualTo(1_000);
        assertThat(linesWith("record 999.")).isEqualTo(1);
        assertThat(ring.header().journaledPosition()).isEqualTo(ring.tail());
    }

    /** Its own thread's interrupt would close the journal's file under it. */
    @Test
    void aThreadThatWasInterruptedStopsItAsAnyOther() throws Exception {
        RingFile ring = ring(1 << 20);
        MasterLogger master = started(config(state()));
        for (int i = 0; i < 100; i++) {
            assertThat(log(ring, "record " + i + ".")).isTrue();
        }
        Thread.currentThread().interrupt();
        boolean stopped = master.stop(LIMIT);
        assertThat(Thread.interrupted()).as("the interrupt is still its own").isTrue();
        assertThat(stopped).isTrue();
        assertThat(linesWith("- record ")).isEqualTo(100);
    }

    @Test
    void aJournalThatHasLostWhatACheckpointKnowsOfIsToldAndWhatComesThenIsDelivered() throws Exception {
        RingFile ring = ring(1 << 20);
        Path state = state();
        MasterLogger master = started(config(state));
        for (int i = 0; i < 3; i++) { // documents of their own
            assertThat(log(ring, "record " + i + ".")).isTrue();
            int upTo = i + 1;
            await().until(() -> linesWith("- record ") == upTo);
        }
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(linesWith("has lost its end")).isZero();
        try (var files = Files.list(state.resolve("journal"))) {
            for (Path segment :
                    files.filter(file -> file.toString().endsWith(".cq4")).toList()) {
                Files.delete(segment);
            }
        }
        // its handler comes late, when the new documents are as many as the old ones were
        Path out = output().getParent();
        Path away = out.resolveSibling("away");
        Files.move(out, away);
        Files.createFile(out);
        master = started(config(state));
        for (int i = 3; i < 20; i++) {
            assertThat(log(ring, "record " + i + ".")).isTrue();
            await().until(() -> ring.header().journaledPosition() == ring.tail());
        }
        Files.delete(out);
        Files.move(away, out);
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(linesWith("journal: has lost its end, as by a power cut: records 0 to "))
                .isEqualTo(1);
        assertThat(linesWith("- record ")).isEqualTo(20);
    }

    @Test
    void aMasterThatStartsAgainGoesOnWhereTheLastOneStopped() throws Exception {
        RingFile ring = ring(1 << 20);
        for (int life = 0; life < 4; life++) {
            MasterLogger master = started(config(state()));
            log(ring, "life " + life + ".");
            assertThat(master.stop(LIMIT)).isTrue();
            log(ring, "between " + life + ".");
        }
        MasterLogger last = started(config(state()));
        assertThat(last.stop(LIMIT)).isTrue();
        List<String> expected = new ArrayList<>();
        for (int life = 0; life < 4; life++) {
            expected.add("life " + life + ".");
            expected.add("between " + life + ".");
        }
        assertThat(lines().stream()
                        .filter(line -> line.contains("tester "))
                        .filter(line -> line.endsWith("."))
                        .map(line -> line.substring(line.lastIndexOf("- ") + 2)))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void aSecondMasterIsRefusedAndToldWhoRuns() throws Exception {
        MasterConfig config = config(state());
        MasterLogger first = started(config);
        try {
            assertThatThrownBy(() -> started(config))
                    .isInstanceOf(MasterLogger.AlreadyRunningException.class)
                    .hasMessageContaining("pid=" + ProcessHandle.current().pid())
                    .hasMessageContaining(temp.resolve("channel").toString());
            assertThat(first.isRunning()).isTrue();
        } finally {
            assertThat(first.stop(LIMIT)).isTrue();
        }
        MasterLogger second = started(config);
        assertThat(second.stop(LIMIT)).isTrue();
    }

    @Test
    void aRingFileOfWrongMagicIsSetAsideAndTheOthersGoOn() throws Exception {
        RingFile ring = ring(1 << 20);
        Path bad = temp.resolve("channel/bad-0.ring");
        Files.write(bad, new byte[(int) Files.size(ring.path())]);
        Path cut = temp.resolve("channel/cut-0.ring");
        Files.write(cut, new byte[100]);
        MasterLogger master = started(config(state()));
        log(ring, "fine");
        await().until(() -> linesWith("set aside") == 2 && linesWith("fine") == 1);
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(bad).doesNotExist();
        assertThat(Path.of(bad + ".quarantined")).exists();
        assertThat(Path.of(cut + ".quarantined")).exists();
        assertThat(String.join("\n", lines())).contains("magic=0x0").contains("file length=100");
    }

    private MasterConfig reconfigured(String from, String to) throws Exception {
        Path file = temp.resolve("emberlog.toml");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
        return new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of());
    }

    @Test
    void aReloadExchangesHandlersWhileRecordsFlowAndTellsWhatChanged() throws Exception {
        RingFile ring = ring(1 << 20);
        MasterLogger master = started(config(state(), "[master]"));
        log(ring, "before.");
        await().until(() -> linesWith("before.") == 1);
        Path other = temp.resolve("out/other.log");
        master.reload(reconfigured(
                "path = \"" + output() + "\"",
                "path = \"" + other + "\"\nkeep_files = 3\n[[handlers]]\ntype=\"console\"\nmin_level = \"fatal\""));
        log(ring, "behind.");
        assertThat(master.config().handlers()).hasSize(2);
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(linesWith("before.")).isEqualTo(1);
        assertThat(linesWith("behind.")).isZero();
        assertThat(Files.readString(other))
                .contains("behind.")
                .doesNotContain("before.")
                .contains("configuration: handler file: path \"" + output() + "\" -> \"" + other
                        + "\", keep_files 7 -> 3; handler console added");
    }

    @Test
    void aReloadWithAnythingThatTakesARestartChangesNothing() throws Exception {
        MasterLogger master = started(config(state(), "[master]"));
        MasterConfig before = master.config();
        MasterConfig next = reconfigured("[master]", "segment_size = \"1 MiB\"\n[master]\nhung_after = \"2 s\"");
        assertThatThrownBy(() -> master.reload(next))
                .isInstanceOf(ConfigException.class)
                .hasMessage(temp.resolve("emberlog.toml")
                        + ":5:1: journal.segment_size: needs a restart to change from \"64 MiB\" to \"1 MiB\"; allowed in"
                        + " a reload: what it is now");
        assertThat(master.config()).isSameAs(before);
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(linesWith("configuration")).isZero();
    }

    @Test
    void aReloadWithAHandlerThatCannotBeMadeChangesNothing() throws Exception {
        MasterLogger master = started(config(state(), "[master]"));
        MasterConfig before = master.config();
        assertThatThrownBy(() -> reconfigured(output().toString(), "/"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("handlers.file.path: / is a directory");
        // as a program can make it, without reading it
        HandlerSettings settings =
                HandlerSettings.of("file", new FileHandlerFactory().settings(), Map.of("path", Path.of("/")));
        MasterConfig next = new MasterConfig(
                before.channel(),
                before.journal(),
                before.master(),
                List.of(new HandlerConfig("file", "file", Route.ALL, settings)),
                before.settings());
        assertThatThrownBy(() -> master.reload(next))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("handler file: path: / is a directory");
        assertThat(master.config()).isSameAs(before);
        assertThat(master.stop(LIMIT)).isTrue();
    }

    @Test
    void everyLiveKeyIsInForceAfterAReload() throws Exception {
        MasterLogger master = started(config(state(), "[master]"));
        StringBuilder journal = new StringBuilder();
        StringBuilder settings = new StringBuilder("[master]\n");
        Map<String, String> live = Map.of(
                "journal.max_size", "\"1 GiB\"",
                "journal.max_age", "\"1 d\"",
                "journal.min_free", "\"1 MiB\"",
                "master.drain_budget", "\"64 KiB\"",
                "master.reorder_window", "\"1 s\"",
                "master.stop_deadline", "\"20 s\"",
                "master.heartbeat_grace", "\"2 s\"",
                "master.hung_after", "\"3 s\"");
        assertThat(master.config().settings().stream()
                        .filter(setting -> setting.key().isLive())
                        .map(EffectiveSetting::dotted))
                .as("a live key needs a line here and in MasterLogger.applyLive")
                .containsExactlyInAnyOrderElementsOf(live.keySet());
        live.forEach((key, value) -> (key.startsWith("journal.") ? journal : settings)
                .append(key.substring(key.indexOf('.') + 1))
                .append(" = ")
                .append(value)
                .append('\n'));
        master.reload(reconfigured("[master]", journal.toString() + settings));
        live.forEach((key, value) ->
                assertThat(master.config().setting(key).orElseThrow().text()).isEqualTo(value));
        assertThat(master.inForce())
                .contains("maxSizeBytes=1073741824", "maxAgeMs=86400000", "freeSpaceWatermarkBytes=1048576")
                .contains("graceNs=2000000000", "intervalNs=1500000000")
                .contains("budget=65536");
        assertThat(master.stop(LIMIT)).isTrue();
    }

    @Test
    void aMasterMayBeStartedAgainAndReloadedOnlyWhileItRuns() throws Exception {
        RingFile ring = ring(1 << 20);
        MasterLogger master = started(config(state()));
        log(ring, "one.");
        assertThat(master.stop(LIMIT)).isTrue();
        assertThatThrownBy(() -> master.reload(master.config())).isInstanceOf(IllegalStateException.class);
        master.start();
        assertThat(master.isRunning()).isTrue();
        log(ring, "two.");
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(linesWith("one.")).isEqualTo(1);
        assertThat(linesWith("two.")).isEqualTo(1);
    }

    @Test
    void aStartThatFailsLeavesNoThreadAndMayBeTriedAgain() throws Exception {
        Path state = state();
        Files.createDirectories(state);
        Path inTheWay = Files.writeString(state.resolve("checkpoints"), "a file");
        MasterLogger master = new MasterLogger(config(state));
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        assertThatThrownBy(master::start).isInstanceOf(IOException.class);
        assertThat(master.isRunning()).isFalse();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread) && thread.isAlive())
                        .filter(thread -> thread.getName().startsWith("emberlog-")))
                .isEmpty();
        Files.delete(inTheWay);
        master.start();
        assertThat(master.stop(LIMIT)).isTrue();
    }

    @Test
    void aFullDiskUnderTheJournalStopsTheDrainAndNothingIsLost() throws Exception {
        Path mount = temp.resolve("small");
        try (SmallDisk disk = SmallDisk.mount(mount, 64)) {
            RingFile ring = ring(1 << 20);
            Path state = mount.resolve("state");
            MasterLogger master =
                    started(config(state, "min_free = \"8 MiB\"", "segment_size = \"4 MiB\"", "max_size = \"64 MiB\""));
            log(ring, "before.");
            await().until(() -> linesWith("before.") == 1);
            disk.fillBut(4 << 20);
            int acknowledged = 0;
            long stoppedAt = -1;
            while (ring.header().journaledPosition() != stoppedAt) {
                while (log(ring, "during " + acknowledged + ".")) {
                    acknowledged++;
                }
                stoppedAt = ring.header().journaledPosition();
                // looks at the disk's space once a second: a ring that stays full for longer is not drained
                long full = stoppedAt;
                await().until(() -> ring.header().journaledPosition() != full
                        || System.nanoTime() - lastMoveNs(ring) > 3_000_000_000L);
            }
            assertThat(master.isRunning()).isTrue();
            assertThat(linesWith("during ")).isLessThan(acknowledged);
            disk.free();
            long all = acknowledged;
            await().until(() -> linesWith("during ") == all);
            assertThat(master.stop(LIMIT)).isTrue();
            assertThat(linesWith("draining waits")).isEqualTo(1);
            assertThat(linesWith("journal: can be written again")).isEqualTo(1);
        }
    }

    private long movedTo = -1;
    private long movedNs;

    /** When the journaled position was first seen where it is now. */
    private long lastMoveNs(RingFile ring) {
        if (ring.header().journaledPosition() != movedTo) {
            movedTo = ring.header().journaledPosition();
            movedNs = System.nanoTime();
        }
        return movedNs;
    }
}

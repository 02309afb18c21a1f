package io.emberlog.master.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.PartProblems;
import io.emberlog.master.fanout.HandlerState;
import io.emberlog.master.fanout.HandlerStatus;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
    private static final String START = "2026-11-21T08:32:40Z";
    private static final String ODD = "tab\tline\nback\\slash é";

    @TempDir
    Path state;

    private final List<String> troubles = new ArrayList<>();

    private static HandlerStatus status(String name, String problem, HandlerMetrics metrics) {
        return new HandlerStatus(
                name,
                HandlerState.WAITING,
                problem,
                11,
                12,
                13,
                14,
                15,
                16,
                17,
                18,
                19,
                "flush",
                21,
                20,
                metrics.snapshot());
    }

    /** Each figure another one. */
    private static HandlerMetrics metrics() {
        HandlerMetrics metrics = new HandlerMetrics();
        for (Counter counter : Counter.values()) {
            metrics.add(counter, 100 + counter.ordinal());
        }
        for (Timer timer : Timer.values()) {
            for (int i = 0; i < 100; i++) {
                metrics.record(timer, 10 * (1 + timer.ordinal()));
            }
            metrics.record(timer, 1_000_000);
        }
        return metrics;
    }

    private Path file() {
        return state.resolve("metrics");
    }

    private MetricsWriter writer() {
        return new MetricsWriter(state, 4711, START, troubles::add);
    }

    private static String withCrc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return text + "crc32c " + String.format("%08x", crc.getValue()) + '\n';
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        HandlerMetrics metrics = metrics();
        metrics.set(Gauge.DISK_BYTES, 77);
        PartProblems parts = new PartProblems(Map.of(ODD, "away:\n" + ODD, "b.log", "full"), 5);
        metrics.set(parts);
        writer().publish(List.of(status(ODD, "away:\n" + ODD, metrics), status("other", null, new HandlerMetrics())));

        MetricsFile.Content content = MetricsFile.read(state).orElseThrow();
        assertThat(content.pid()).isEqualTo(4711);
        assertThat(content.start()).isEqualTo(START);
        assertThat(content.handlers()).hasSize(2);
        HandlerFigures first = content.handlers().get(0);
        assertThat(first.name()).isEqualTo(ODD);
        assertThat(first.problem()).isEqualTo("away:\n" + ODD);
        assertThat(first.parts()).isEqualTo(parts);
        assertThat(List.copyOf(first.parts().told().keySet()))
                .isEqualTo(List.copyOf(parts.told().keySet()));
        assertThat(first.state()).isEqualTo("waiting");
        assertThat(first.call()).isEqualTo("flush");
        assertThat(first.callSinceEpochNs()).isEqualTo(21);
        assertThat(first.startedEpochNs()).isEqualTo(11);
        assertThat(first.nextSequence()).isEqualTo(13);
        assertThat(first.waitingSinceEpochNs()).isEqualTo(17);
        assertThat(first.lost()).isEqualTo(20);
        for (Counter counter : Counter.values()) {
            assertThat(first.count(counter)).as("%s", counter).isEqualTo(100 + counter.ordinal());
        }
        assertThat(first.gauge(Gauge.DISK_BYTES)).isEqualTo(77);
        assertThat(first.gauge(Gauge.DISK_FREE_BYTES)).isEqualTo(-1);
        for (Timer timer : Timer.values()) {
            HandlerFigures.Latency latency = first.latency(timer);
            long each = 10 * (1 + timer.ordinal());
            assertThat(latency).isEqualTo(new HandlerFigures.Latency(101, 100 * each + 1_000_000, each, 1_000_000));
        }
        assertThat(content.handlers().get(1).problem()).isEmpty();
        assertThat(content.handlers().get(1).parts().isEmpty()).isTrue();
        assertThat(content.handlers().get(1).latency(Timer.WRITE).averageNs()).isZero();
        assertThat(troubles).isEmpty();
    }

    /** A change of this text is one of the layout: see the class. */
    @Test
    void theTextIsAsItIsDocumented() {
        HandlerMetrics metrics = new HandlerMetrics();
        metrics.add(Counter.RECORDS, 3);
        metrics.set(Gauge.DISK_BYTES, 5);
        metrics.set(new PartProblems(Map.of("b.log", "full"), 2));
        metrics.wrote(40);
        metrics.wrote(50);
        assertThat(MetricsFile.encode(1, START, List.of(status("app", "away", metrics))))
                .isEqualTo(withCrc("""
                emberlog metrics 1
                master\t1\t2026-11-21T08:32:40Z
                handler\tapp
                state\tWAITING
                problem\taway
                part\tb.log\tfull
                further_parts\t2
                call\tflush\t21
                started\t11
                next\t13
                waiting_since\t17
                lost\t20
                records\t3
                rejected\t0
                errors\t0
                retries\t0
                restarts\t0
                checkpoints\t0
                filtered\t0
                sampled_out\t0
                limited\t0
                silenced\t0
                redacted\t0
                bytes\t0
                network_bytes\t0
                writes\t2
                buffer_overflows\t0
                rotations\t0
                disk_bytes\t5
                write\t2\t90\t50\t50
                flush\t0\t0\t0\t0
                sync\t0\t0\t0\t0
                """));
    }

    @Test
    void linesOfAnotherVersionAreSkippedAndThoseThatAreMissingAreUnknown() {
        MetricsFile.Content content = MetricsFile.decode(withCrc("""
                emberlog metrics 1
                master\t1\tnow\tmore
                weather\tfine
                handler\tapp\tmore
                colour\tred
                records\t3\t4
                """));
        assertThat(content.pid()).isEqualTo(1);
        assertThat(content.handlers()).hasSize(1);
        HandlerFigures app = content.handlers().get(0);
        assertThat(app.count(Counter.RECORDS)).isEqualTo(3);
        assertThat(app.count(Counter.ERRORS)).isEqualTo(-1);
        assertThat(app.waitingSinceEpochNs()).isEqualTo(-1);
        assertThat(app.state()).isEmpty();
        assertThat(app.call()).isEmpty();
        assertThat(app.latency(Timer.WRITE).count()).isZero();
    }

    @Test
    void whatCannotBeReadIsUnknown() throws IOException {
        assertThat(MetricsFile.read(state)).as("no file").isEmpty();
        Files.writeString(file(), "");
        assertThat(MetricsFile.read(state)).as("an empty one").isEmpty();
        Files.writeString(file(), withCrc("emberlog metrics 2\nmaster\t1\tnow\n"));
        assertThat(MetricsFile.read(state)).as("of another version").isEmpty();
        Files.writeString(file(), withCrc("emberlog metrics 1\nmaster\tone\tnow\n"));
        assertThat(MetricsFile.read(state)).as("of nonsense").isEmpty();
        Files.writeString(file(), withCrc("emberlog metrics 1\nmaster\n"));
        assertThat(MetricsFile.read(state)).as("of too little").isEmpty();
    }

    @Test
    @CrashRow("M1")
    void aFileThatIsWrittenInPartIsNeverReadAsOneThatIsWhole() throws IOException {
        MetricsWriter writer = writer();
        writer.publish(List.of(status("app", "a problem that makes it longer", metrics())));
        byte[] before = Files.readAllBytes(file());
        writer.publish(List.of(status("app", null, new HandlerMetrics())));
        byte[] after = Files.readAllBytes(file());
        assertThat(after).hasSameSizeAs(before);
        for (int written = 0; written <= after.length; written++) {
            byte[] torn = before.clone();
            System.arraycopy(after, 0, torn, 0, written);
            Files.write(file(), torn);
            Long told = MetricsFile.read(state)
                    .map(content -> content.handlers().get(0).count(Counter.RECORDS))
                    .orElse(null);
            assertThat(told).as("%d bytes written", written).isIn(null, Arrays.equals(torn, before) ? 100L : 0L);
        }
        writer.publish(List.of(status("app", "again", metrics())));
        assertThat(MetricsFile.read(state)).as("whoever writes next").isPresent();
    }

    @Test
    @CrashRow("M2")
    void figuresAreThoseOfTheMasterThatTheFileNames() throws IOException {
        writer().publish(List.of(status("app", null, metrics())));
        new MetricsWriter(state, 4712, "later", troubles::add).publish(List.of());
        MetricsFile.Content content = MetricsFile.read(state).orElseThrow();
        assertThat(content.pid()).isEqualTo(4712);
        assertThat(content.start()).isEqualTo("later");
        assertThat(content.handlers()).isEmpty();
    }

    @Test
    void whileNoFigureChangesNothingIsWritten() throws IOException {
        MetricsWriter writer = writer();
        HandlerMetrics metrics = metrics();
        writer.publish(List.of(status("app", null, metrics)));
        Files.delete(file());
        writer.publish(List.of(status("app", null, metrics)));
        assertThat(file()).doesNotExist();
        metrics.add(Counter.RECORDS, 1);
        writer.publish(List.of(status("app", null, metrics)));
        assertThat(file()).exists();
    }

    @Test
    void aFileThatCannotBeWrittenIsToldOnceAndTriedAgain() throws IOException {
        Files.createDirectory(file());
        MetricsWriter writer = writer();
        writer.publish(List.of(status("app", null, metrics())));
        writer.publish(List.of(status("app", null, metrics())));
        assertThat(troubles)
                .singleElement()
                .asString()
                .contains("figures cannot be told to other processes", "metrics");
        Files.delete(file());
        writer.publish(List.of(status("app", null, metrics())));
        assertThat(MetricsFile.read(state)).isPresent();
    }
}

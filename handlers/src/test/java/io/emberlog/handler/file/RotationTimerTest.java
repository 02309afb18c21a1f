package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rotation by time and the clocks that it is made of. */
class RotationTimerTest {
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);
    private static final long YEAR_NS = TimeUnit.DAYS.toNanos(365);
    private static final Path LOG = Path.of("/var/log/app.log");

    private final MemoryFileOps ops = new MemoryFileOps(1);

    /** A master whose wall clock is set as a test wants it. */
    private static class Clock extends ModelCaller {
        long offsetNs = Records.TIME_NS;

        Clock() {
            super(1000, 1);
        }

        @Override
        public long epochNs() {
            return nanoTime() + offsetNs;
        }
    }

    private static FileSettings settings(String rotate) {
        RotationSettings byTime = Rotations.of(Long.MAX_VALUE, rotate);
        return new FileSettings(LOG, "human", ZoneOffset.UTC, true, 300, true, 100_000_000L, true, byTime, 64, 1000);
    }

    private List<LogRecord> run(Clock clock, String rotate, long... times) throws IOException {
        List<LogRecord> records = new ArrayList<>();
        for (long time : times) {
            records.add(Records.at(time, records.size(), "record " + records.size()));
        }
        clock.run(new FileHandler(settings(rotate), ops, InlineBackground::new), records);
        return records;
    }

    private int lines(String name) {
        String content = ops.content(LOG.resolveSibling(name));
        return content == null ? 0 : (int) content.lines().count();
    }

    @Test
    void theRecordsOwnTimesDecideAlsoWhenTheyAreDeliveredLate() throws IOException {
        Clock clock = new Clock();
        clock.offsetNs += YEAR_NS;
        long t = Records.TIME_NS;
        run(clock, "hourly", t, t + HOUR_NS / 4, t + HOUR_NS, t + 3 * HOUR_NS, t + 3 * HOUR_NS, t + 26 * HOUR_NS);
        assertThat(List.of(lines("app.log.1"), lines("app.log.2"), lines("app.log.3"), lines("app.log")))
                .containsExactly(2, 1, 2, 1);
    }

    @Test
    void aRecordFromBeforeTheFilesBeginningStaysInIt() throws IOException {
        Clock clock = new Clock();
        clock.offsetNs += YEAR_NS;
        long t = Records.TIME_NS;
        run(clock, "hourly", t, t + HOUR_NS, t, t + HOUR_NS, t - YEAR_NS, t + HOUR_NS);
        assertThat(List.of(lines("app.log.1"), lines("app.log"))).containsExactly(1, 5);
    }

    @Test
    void aWorkerWhoseClockIsYearsAheadEndsNoFile() throws IOException {
        Clock clock = new Clock();
        long t = Records.TIME_NS;
        run(clock, "hourly", t, t + YEAR_NS, t, t + 10 * YEAR_NS, t);
        assertThat(lines("app.log")).isEqualTo(5);
    }

    @Test
    @CrashRow("F24")
    void f24_aWallClockThatIsSetBackAndForthByYearsMakesNoFileForEachRecord() throws IOException {
        List<LogRecord> records = new ArrayList<>();
        Clock clock = new Clock() {
            @Override
            protected void between(int taken) {
                offsetNs = Records.TIME_NS + (taken % 2 == 0 ? 0 : 10 * YEAR_NS);
            }
        };
        for (int i = 0; i < 200; i++) {
            records.add(
                    Records.at(Records.TIME_NS + (i % 2 == 0 ? 0 : 10 * YEAR_NS) + i * 30_000_000L, i, "record " + i));
        }
        clock.run(new FileHandler(settings("daily"), ops, InlineBackground::new), records);
        assertThat(ops.files()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    @CrashRow("F24")
    void f24_aWallClockThatIsRightAgainEndsFilesAgain() throws IOException {
        long t = Records.TIME_NS;
        long minute = TimeUnit.MINUTES.toNanos(1);
        Clock clock = new Clock() {
            @Override
            protected void between(int taken) {
                if (taken == 1) {
                    offsetNs += 10 * YEAR_NS; // the second record ends the file
                } else if (taken == 2) {
                    offsetNs -= 10 * YEAR_NS;
                }
                advance(5 * minute);
            }
        };
        long[] times = new long[12];
        for (int i = 0; i < times.length; i++) {
            times[i] = t + i * 5 * minute;
        }
        times[1] += 10 * YEAR_NS;
        run(clock, "6 h", times);
        assertThat(ops.files()).as("no file for the way back").hasSize(2);
        clock.advance(8 * HOUR_NS);
        List<LogRecord> later = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            later.add(Records.at(times[i], i, "record " + i));
        }
        later.add(Records.at(t + 8 * HOUR_NS, times.length, "the next one"));
        clock.run(new FileHandler(settings("6 h"), ops, InlineBackground::new), later);
        assertThat(ops.files()).as("but one when six hours are over").hasSize(3);
        assertThat(lines("app.log")).isEqualTo(1);
    }

    @Test
    void theFilesBeginningOutlivesARestart() throws IOException {
        Clock clock = new Clock();
        clock.offsetNs += YEAR_NS;
        long t = Records.TIME_NS;
        run(clock, "hourly", t);
        run(clock, "hourly", t, t + HOUR_NS);
        assertThat(List.of(lines("app.log.1"), lines("app.log"))).containsExactly(1, 1);
    }

    @Test
    void aClockThatWasNeverSetBeginsNoFilesTime() throws IOException {
        Clock clock = new Clock();
        clock.offsetNs += YEAR_NS;
        long t = Records.TIME_NS;
        run(clock, "hourly", 1_000_000_000L, t, 5, t, t + HOUR_NS);
        assertThat(List.of(lines("app.log.1"), lines("app.log"))).containsExactly(4, 1);
    }

    @Test
    void aWorkerThatIsADayBehindBeginsNoFileOfItsOwn() throws IOException {
        Clock clock = new Clock();
        clock.offsetNs += YEAR_NS;
        long t = Records.TIME_NS;
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            records.add(Records.at(i % 2 == 0 ? t : t - 24 * HOUR_NS, i, "record " + i));
        }
        RotationSettings both = Rotations.of(400, "daily");
        FileSettings settings =
                new FileSettings(LOG, "human", ZoneOffset.UTC, true, 300, true, 100_000_000L, true, both, 64, 1000);
        clock.run(new FileHandler(settings, ops, InlineBackground::new), records);
        assertThat(ops.files())
                .hasSizeGreaterThan(10)
                .filteredOn(file -> !file.equals(LOG))
                .allMatch(file -> ops.content(file).lines().count() > 3);
    }

    @Test
    void theLastSecondThatACheckpointCanHoldBeginsAFileThatLasts() throws IOException {
        Clock clock = new Clock();
        long late = (RotationTimer.LAST_SECOND + 5) * 1_000_000_000L;
        clock.offsetNs = late + YEAR_NS;
        run(clock, "hourly", late, late + HOUR_NS, late + 2 * HOUR_NS);
        assertThat(lines("app.log")).isEqualTo(3);
    }
}

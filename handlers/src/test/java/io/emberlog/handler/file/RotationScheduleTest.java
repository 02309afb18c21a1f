package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationScheduleTest {
    /** Zones whose clocks do odd things: half an hour, at midnight, a whole day. */
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "America/St_Johns",
            "America/Havana",
            "Atlantic/Azores",
            "Pacific/Apia",
            "Asia/Kathmandu");

    @ParameterizedTest
    @CsvSource({
        "daily,  UTC,                 2026-01-15T10:30:45Z, 2026-01-16T00:00:00Z, 2026-01-15",
        "daily,  Europe/Berlin,       2026-01-15T23:30:00Z, 2026-01-16T23:00:00Z, 2026-01-16",
        // a day of 23 hours, and one of 25
        "daily,  Europe/Berlin,       2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z, 2026-03-29",
        "daily,  Europe/Berlin,       2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z, 2026-10-25",
        // midnight that does not exist: Havana, 2026-03-08, 00:00 becomes 01:00
        "daily,  America/Havana,      2026-03-07T12:00:00Z, 2026-03-08T05:00:00Z, 2026-03-07",
        // midnight that comes twice: St. John's, 2006-10-29, 00:01 became 23:01 of the day before
        "daily,  America/St_Johns,    2006-10-29T03:00:00Z, 2006-10-29T03:30:00Z, 2006-10-28",
        // a day that was left out: Apia, 2011-12-30
        "daily,  Pacific/Apia,        2011-12-30T09:00:00Z, 2011-12-30T10:00:00Z, 2011-12-29",
        "hourly, UTC,                 2026-01-15T10:30:45Z, 2026-01-15T11:00:00Z, 2026-01-15T10",
        "hourly, Asia/Kathmandu,      2026-01-15T10:30:00Z, 2026-01-15T11:15:00Z, 2026-01-15T16",
        // 02:00 to 03:00 comes twice, and each is an hour
        "hourly, Europe/Berlin,       2026-10-25T00:30:00Z, 2026-10-25T01:00:00Z, 2026-10-25T02",
        "hourly, Europe/Berlin,       2026-10-25T01:30:00Z, 2026-10-25T02:00:00Z, 2026-10-25T02",
        // the clock goes back by half an hour, from 02:00 to 01:30
        "hourly, Australia/Lord_Howe, 2026-04-04T14:30:00Z, 2026-04-04T15:00:00Z, 2026-04-05T01",
        "hourly, Australia/Lord_Howe, 2026-04-04T15:10:00Z, 2026-04-04T15:30:00Z, 2026-04-05T01",
        "6 h,    UTC,                 2026-01-15T10:30:45Z, 2026-01-15T16:30:45Z, 2026-01-15",
    })
    void aFileEndsWhereItsDayOrHourDoesOrAtItsAge(String rotate, String zone, String start, String end, String date) {
        RotationSchedule schedule = RotationSchedule.of(rotate, ZoneId.of(zone));
        long seconds = Instant.parse(start).getEpochSecond();
        assertThat(Instant.ofEpochSecond(schedule.endOf(seconds))).isEqualTo(Instant.parse(end));
        assertThat(schedule.dateOf(seconds)).isEqualTo(date);
    }

    @Test
    void neverIsNever() {
        assertThat(RotationSchedule.of("never", ZoneOffset.UTC).endOf(1)).isEqualTo(Long.MAX_VALUE);
    }

    /** Else each record would have a file. */
    @Test
    void everyFileLastsInEveryZoneAtEveryTimeAndNoLongerThanItsDayOrHour() {
        Random random = new Random(20261128);
        for (String zone : ZONES) {
            RotationSchedule daily = RotationSchedule.of("daily", ZoneId.of(zone));
            RotationSchedule hourly = RotationSchedule.of("hourly", ZoneId.of(zone));
            for (int i = 0; i < 20_000; i++) {
                long start = 1 + (long) (random.nextDouble() * 0xFFFF_FFFEL);
                assertThat(daily.endOf(start)).as(zone + " " + start).isBetween(start + 1, start + 49 * 3600);
                assertThat(hourly.endOf(start)).as(zone + " " + start).isBetween(start + 1, start + 3600);
                assertThat(hourly.dateOf(hourly.endOf(start) - 1))
                        .as(zone + " " + start)
                        .isEqualTo(hourly.dateOf(start));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dayly", "", "5", "0 s", "-1 h", "4000 d", "Daily"})
    void whatIsNeitherAWordNorAnAgeIsRefusedWithWhatIsAllowed(String text) {
        assertThatThrownBy(() -> RotationSchedule.of(text, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("rotate: \"" + text + "\"")
                .hasMessageEndingWith(", or never, hourly, daily");
    }
}

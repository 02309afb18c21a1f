package io.emberlog.ring.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.emberlog.message.Level;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** For whom a rule is, and for how long. */
class LevelRuleTest {
    private static final long MINUTE = 60_000_000_000L;
    private static final long HOUR = 60 * MINUTE;

    private final TestClock clock = new TestClock();

    private LevelRule tenMinutes() {
        return new LevelRule("com.acme", "*", Level.DEBUG, 1, clock.epochNs, 10 * MINUTE, clock.monotonicNs, clock.id);
    }

    @Test
    void timeLeftIsThatOfTheMonotonicClockHoweverTheWallClockIsSet() {
        LevelRule rule = tenMinutes();
        clock.pass(3 * MINUTE);
        for (long step : new long[] {0, -HOUR, 3 * HOUR}) {
            clock.epochNs += step;
            assertThat(rule.leftNs(clock)).isEqualTo(7 * MINUTE);
        }
        clock.pass(7 * MINUTE);
        assertThat(rule.leftNs(clock)).isZero();
    }

    @Test
    void whereTheMonotonicClockIsAnotherTheWallClockTellsAndHoldsNoLongerThanTheWholeTime() {
        LevelRule rule = tenMinutes();
        clock.id = 43;
        clock.monotonicNs = 0;
        assertThat(rule.leftNs(clock)).isEqualTo(10 * MINUTE);
        clock.epochNs += 4 * MINUTE;
        assertThat(rule.leftNs(clock)).isEqualTo(6 * MINUTE);
        clock.epochNs -= 24 * HOUR;
        assertThat(rule.leftNs(clock)).isEqualTo(10 * MINUTE);
        clock.epochNs += 48 * HOUR;
        assertThat(rule.leftNs(clock)).isNegative();
    }

    @Test
    void anUnknownMonotonicClockIsNobodys() {
        LevelRule rule = new LevelRule("", "*", Level.DEBUG, 1, clock.epochNs, 10 * MINUTE, clock.monotonicNs, 0);
        clock.id = 0;
        clock.epochNs += MINUTE;
        assertThat(rule.leftNs(clock)).isEqualTo(9 * MINUTE);
    }

    @Test
    void aRuleWithoutATimeHoldsUntilItIsUnset() {
        LevelRule rule = new LevelRule("", "*", Level.DEBUG, 1, clock.epochNs, 0, clock.monotonicNs, clock.id);
        clock.pass(1000 * HOUR);
        assertThat(rule.leftNs(clock)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"*, md-1, true", "md-*, md-1, true", "md-?, md-12, false", "md-1, md-12, false", "*-gw-*, eu-gw-7, true"
    })
    void workersAreChosenByGlob(String glob, String worker, boolean chosen) {
        assertThat(new LevelRule("", glob, Level.DEBUG, 1, 0, 0, 0, 0).isFor(worker))
                .isEqualTo(chosen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a=b", "a\nb", "\u0000"})
    void namesThatNoSettingCouldSpellAreRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LevelRule(text, "*", Level.DEBUG, 1, 0, 0, 0, 0))
                .withMessageStartingWith("logger '" + text + "' must have at most 256 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LevelRule("", text, Level.DEBUG, 1, 0, 0, 0, 0))
                .withMessageStartingWith("worker '");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LevelRule("ä".repeat(129), "*", Level.DEBUG, 1, 0, 0, 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LevelRule("", "", Level.DEBUG, 1, 0, 0, 0, 0))
                .withMessageContaining("* is all workers");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "'', INFO", "com, INFO", "com.acme, DEBUG", "com.acme.Orders, DEBUG", "com.acme$1, DEBUG",
                "com.acmeware, INFO", "com.acme.db, WARN", "com.acme.db.Pool$Entry, WARN", "com.acme.dbs, DEBUG",
                        "., INFO",
                "..., INFO"
            })
    void theLongestPrefixOfWholeStepsDecides(String logger, String level) {
        LevelTable table = LevelTable.of(Map.of("", Level.INFO, "com.acme", Level.DEBUG, "com.acme.db", Level.WARN));
        assertThat(table.find(logger)).isEqualTo(Level.parse(level));
        assertThat(table.toString()).isEqualTo("INFO,com.acme=DEBUG,com.acme.db=WARN");
        assertThat(table.with("", null).find("org")).isNull();
        assertThat(table.with("org", Level.ALERT).find("org.x")).isEqualTo(Level.ALERT);
        assertThat(LevelTable.EMPTY.find(logger)).isNull();
    }

    @Test
    void aLaterRuleForTheSameLoggersWinsWhateverItsGlob() {
        ControlSnapshot page = new ControlSnapshot(
                3,
                List.of(
                        new LevelRule("a", "md-1", Level.DEBUG, 1, 0, 0, 0, 0),
                        new LevelRule("a", "*", Level.WARN, 2, 0, 0, 0, 0),
                        new LevelRule("a.b", "gw-*", Level.TRACE, 3, 0, 0, 0, 0)));
        assertThat(page.levelsOf("md-1", rule -> true)).hasToString("a=WARN");
        assertThat(page.levelsOf("gw-1", rule -> true)).hasToString("a=WARN,a.b=TRACE");
        assertThat(page.levelsOf("md-1", rule -> rule.id() != 2)).hasToString("a=DEBUG");
    }
}

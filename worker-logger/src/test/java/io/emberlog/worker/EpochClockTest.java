package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A wall clock that is slewed, stepped and corrected. */
class EpochClockTest {
    private static final long MS = 1_000_000L;

    private final EpochClock clock = new EpochClock();

    @Test
    void smallStepBackNeverShows() {
        long last = clock.epochNs();
        for (int i = 0; i < 100; i++) {
            long monotonic = System.nanoTime();
            clock.follow(monotonic, clock.epochNs() - 5 * MS);
            long now = clock.epochNs();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
    }

    @Test
    void clockThatWasSetIsFollowedBothWays() {
        long before = clock.epochNs();
        clock.follow(System.nanoTime(), before - 3_600_000 * MS);
        assertThat(clock.epochNs()).isLessThan(before - 3_500_000 * MS);
        clock.follow(System.nanoTime(), before + 3_600_000 * MS);
        assertThat(clock.epochNs()).isGreaterThan(before + 3_500_000 * MS);
    }

    @Test
    void correctionsKeepItAtTheWallClock() {
        clock.follow(System.nanoTime(), 0);
        for (int i = 0; i < 100; i++) {
            clock.correct();
        }
        long before = System.currentTimeMillis() * MS;
        long now = clock.epochNs();
        long after = (System.currentTimeMillis() + 1) * MS;
        assertThat(now).isBetween(before - MS, after + MS);
    }
}

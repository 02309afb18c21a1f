package io.emberlog.handler.alert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateWindowTest {
    @Test
    void noWindowHoldsMoreThanSoMany() {
        RateWindow rate = new RateWindow(5, 2000);
        long now = Long.MAX_VALUE - 3000; // the clock may pass its largest value
        long[] taken = new long[50];
        for (int i = 0; i < taken.length; i++) {
            now += Math.max(0, rate.waitNs(now));
            rate.take(now);
            taken[i] = now;
            now += i % 7;
        }
        for (int i = 5; i < taken.length; i++) {
            assertThat(taken[i] - taken[i - 5]).isGreaterThanOrEqualTo(2000);
        }
        assertThat(taken[49] - taken[0]).as("and no less than allowed").isLessThan(20_000);
    }

    @Test
    void aPauseStandsUntilItIsOverAndALongerOneReplacesIt() {
        RateWindow rate = new RateWindow(5, 2000);
        rate.pause(0, 700);
        rate.pause(10, 500);
        assertThat(rate.waitNs(100)).isEqualTo(600);
        assertThat(rate.waitNs(700)).isLessThanOrEqualTo(0);
    }
}

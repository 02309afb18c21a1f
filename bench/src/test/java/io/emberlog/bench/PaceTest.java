package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void messagesAreDueOneToTwoMillisecondsApart() {
        assertThat(Pace.dueNs(0)).isZero();
        for (int i = 0; i < 5_000; i++) {
            assertThat(Pace.dueNs(i + 1) - Pace.dueNs(i)).as("behind " + i).isBetween(1_000_000L, 1_999_999L);
        }
    }

    @Test
    void waitingEndsWhenItIsTimeAndNotBefore() {
        long due = System.nanoTime() + 2_000_000;
        Pace.await(due);
        assertThat(System.nanoTime() - due).isNotNegative();
        Pace.await(due); // which is over
    }
}

package io.emberlog.handler.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private final CircuitBreaker breaker = new CircuitBreaker();
    private long now = 5;

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed(now);
        }
    }

    @Test
    void opensAtTheTenthFailureInARowAndNotBefore() {
        fail(9);
        assertThat(breaker.waitNs(now)).isZero();
        breaker.succeeded();
        fail(9);
        assertThat(breaker.waitNs(now)).isZero();
        assertThat(breaker.failed(now)).isTrue();
        assertThat(breaker.waitNs(now)).isBetween(CircuitBreaker.FIRST_OPEN_NS, CircuitBreaker.FIRST_OPEN_NS * 5 / 4);
    }

    @Test
    void letsOneThroughWhenTheTimeIsOverAndOpensLongerWhenThatFails() {
        fail(10);
        now += breaker.waitNs(now);
        assertThat(breaker.waitNs(now)).isZero();
        assertThat(breaker.failed(now)).isFalse();
        assertThat(breaker.waitNs(now)).isGreaterThanOrEqualTo(2 * CircuitBreaker.FIRST_OPEN_NS);
        for (int i = 0; i < 10; i++) {
            now += breaker.waitNs(now);
            breaker.failed(now);
        }
        assertThat(breaker.waitNs(now)).isBetween(CircuitBreaker.MOST_OPEN_NS, CircuitBreaker.MOST_OPEN_NS * 5 / 4);
    }

    @Test
    void oneSuccessClosesIt() {
        fail(12);
        now += breaker.waitNs(now);
        assertThat(breaker.succeeded()).isTrue();
        assertThat(breaker.waitNs(now)).isZero();
        fail(9);
        assertThat(breaker.waitNs(now)).isZero();
        assertThat(breaker.succeeded()).isFalse();
    }
}

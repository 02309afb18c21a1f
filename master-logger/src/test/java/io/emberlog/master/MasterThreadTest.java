package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.master.config.IdleMode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MasterThreadTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final AtomicReference<Thread> stepping = new AtomicReference<>();
    private final AtomicInteger steps = new AtomicInteger();
    private MasterThread thread;

    @AfterEach
    void stop() {
        assertThat(thread == null || thread.stop(LIMIT.toNanos())).isTrue();
    }

    private int step() {
        stepping.set(Thread.currentThread());
        steps.incrementAndGet();
        return 0;
    }

    @ParameterizedTest
    @EnumSource
    void aDrainWithoutWorkSleepsOrNeverDoes(IdleMode mode) {
        thread = MasterThread.drain(this::step, MasterThread.Pace.every(10_000_000), mode, error -> {});
        thread.start();
        await().atMost(LIMIT).until(() -> stepping.get() != null);
        await().atMost(LIMIT).until(() -> {
            int asleep = 0;
            for (int look = 0; look < 20; look++) {
                TimeUnit.MILLISECONDS.sleep(5);
                asleep += stepping.get().getState() == Thread.State.TIMED_WAITING ? 1 : 0;
            }
            return mode.sleeps() ? asleep >= 10 : asleep == 0;
        });
    }

    @Test
    void oneThatSleepsForLongGoesOnWhenWokenAndStopsAtOnce() {
        thread = new MasterThread("sleeper", this::step, MasterThread.Pace.every(LIMIT.toNanos() * 100), error -> {});
        thread.start();
        await().atMost(LIMIT).until(() -> steps.get() == 1);
        await().atMost(LIMIT).until(() -> stepping.get().getState() == Thread.State.TIMED_WAITING);
        thread.wake();
        await().atMost(LIMIT).until(() -> steps.get() == 2);
    }

    @Test
    void whatAStepThrowsIsToldAndTheNextOneIsMade() {
        List<Throwable> told = new CopyOnWriteArrayList<>();
        AssertionError thrown = new AssertionError("a step");
        thread = new MasterThread(
                "thrower",
                () -> {
                    if (steps.incrementAndGet() == 1) {
                        throw thrown;
                    }
                    return 0;
                },
                MasterThread.Pace.every(1_000_000),
                told::add);
        thread.start();
        await().atMost(LIMIT).until(() -> steps.get() > 1);
        assertThat(told).containsExactly(thrown);
    }

    @Test
    void aPaceThatThrowsOrNobodyWhoCanBeToldEndsNoThread() {
        AtomicInteger told = new AtomicInteger();
        thread = new MasterThread(
                "thrower",
                this::step,
                sinceWorkNs -> {
                    throw new OutOfMemoryError("a pace");
                },
                thrown -> {
                    told.incrementAndGet();
                    throw new OutOfMemoryError("a listener");
                });
        thread.start();
        await().atMost(LIMIT).until(() -> steps.get() > 2);
        assertThat(told).hasPositiveValue();
    }

    @Test
    void aPaceOfTwoIsTheFirstForTenSecondsBehindTheLastWork() {
        MasterThread.Pace pace = MasterThread.Pace.of(50, 100);
        assertThat(pace.parkNs(0)).isEqualTo(50);
        assertThat(pace.parkNs(9_999_999_999L)).isEqualTo(50);
        assertThat(pace.parkNs(10_000_000_000L)).isEqualTo(100);
    }
}

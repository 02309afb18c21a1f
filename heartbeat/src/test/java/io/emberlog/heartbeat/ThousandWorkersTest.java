package io.emberlog.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What watching costs, counted in probes: each is a few system calls. */
class ThousandWorkersTest {

    private static final int WORKERS = 1_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Station station = new Station();
    private final List<FakeRing> rings = new ArrayList<>();

    private void watchAThousand() {
        for (int i = 0; i < WORKERS; i++) {
            rings.add(station.ring(Identities.self()));
        }
    }

    private long probes() {
        return rings.stream().mapToLong(ring -> ring.lockProbes).sum();
    }

    @Test
    void aThousandLiveWorkersAreNeverProbed() {
        watchAThousand();

        station.run(MINUTE, () -> rings.forEach(ring -> ring.word++));

        assertThat(probes()).isZero();
    }

    @Test
    void aThousandHungWorkersAreProbedFiveTimesASecondEachEvenlySpread() {
        watchAThousand();
        station.quiet(Duration.ofSeconds(3));
        long before = probes();
        long[] most = {0};
        long[] last = {before};

        station.run(MINUTE, () -> {
            most[0] = Math.max(most[0], probes() - last[0]);
            last[0] = probes();
        });

        assertThat(probes() - before).isEqualTo(WORKERS * 5L * 60);
        long fairShare = WORKERS * Station.STEP.toMillis() / 200;
        assertThat(most[0]).as("in one step").isLessThanOrEqualTo(fairShare + fairShare / 10);
    }

    @Test
    void oneDeathAmongAThousandIsReportedWithinASecond() {
        watchAThousand();
        FakeRing victim = station.ring(Identities.reused());
        Duration each = Duration.ofSeconds(1);
        station.run(each, () -> {
            rings.forEach(ring -> ring.word++);
            victim.word++;
        });
        station.reported.clear();
        victim.lock = LockProbe.FREE;

        station.run(each, () -> rings.forEach(ring -> ring.word++));

        assertThat(station.reported).hasSize(1);
        assertThat(station.last().to()).isEqualTo(WorkerState.DEAD);
        assertThat(probes()).isZero();
    }
}

package io.emberlog.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {
    private static final double[] PERCENTILES = {0.1, 1, 25, 50, 90, 99, 99.9, 100};

    /** The oracle is the sorted list of all that was recorded. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void percentilesAreNeverBelowTheTruthAndAtMostAThirtySecondAbove(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LatencyHistogram histogram = new LatencyHistogram();
        long[] values = new long[1 + random.nextInt(10_000)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextLong(1L << 1 + random.nextInt(LatencyHistogram.MAX_BITS));
            histogram.record(values[i]);
        }
        LatencySnapshot snapshot = histogram.snapshot();
        Arrays.sort(values);
        assertThat(snapshot.count()).isEqualTo(values.length);
        assertThat(snapshot.totalNs()).isEqualTo(Arrays.stream(values).sum());
        assertThat(snapshot.averageNs()).isEqualTo(Arrays.stream(values).sum() / values.length);
        assertThat(snapshot.maxNs()).isEqualTo(values[values.length - 1]);
        for (double percentile : PERCENTILES) {
            long truth = values[(int) Math.max(1, Math.ceil(values.length * percentile / 100)) - 1];
            assertThat(snapshot.percentileNs(percentile))
                    .as("seed %d, %d values, p%s", seed, values.length, percentile)
                    .isBetween(truth, truth + truth / LatencyHistogram.SUB_BUCKETS);
        }
    }

    @Test
    void bucketsFollowEachOtherWithoutAGapUpToTheLongest() {
        long lowest = 0;
        for (int index = 0; index < LatencyHistogram.BUCKETS; index++) {
            long highest = LatencyHistogram.highest(index);
            assertThat(LatencyHistogram.index(lowest)).as("of %d", lowest).isEqualTo(index);
            assertThat(LatencyHistogram.index(highest)).as("of %d", highest).isEqualTo(index);
            lowest = highest + 1;
        }
        assertThat(lowest).isEqualTo(1L << LatencyHistogram.MAX_BITS);
        assertThat(LatencyHistogram.index(Long.MAX_VALUE)).isEqualTo(LatencyHistogram.BUCKETS - 1);
    }

    @Test
    void whatIsLongerThanTheLastBucketIsTheMaximumAndWhatWentBackIsNothing() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(-5);
        histogram.record(1L << 50);
        assertThat(histogram.snapshot().percentileNs(50)).isZero();
        assertThat(histogram.snapshot().percentileNs(99)).isEqualTo(1L << 50);
        assertThat(histogram.snapshot().totalNs()).isEqualTo(1L << 50);
    }

    @Test
    void withoutACallAllIsZeroAndAPercentileOutOfRangeIsRefused() {
        LatencySnapshot none = new LatencyHistogram().snapshot();
        assertThat(none.count() + none.totalNs() + none.averageNs() + none.maxNs() + none.percentileNs(99))
                .isZero();
        for (double percentile : new double[] {0, -1, 100.1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> none.percentileNs(percentile))
                    .withMessageContaining("percentile=" + percentile);
        }
    }

    @Test
    void theDifferenceOfTwoSnapshotsIsWhatCameBetweenThem() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(1_000_000);
        LatencySnapshot before = histogram.snapshot();
        for (int i = 0; i < 100; i++) {
            histogram.record(10);
        }
        LatencySnapshot between = histogram.snapshot().minus(before);
        assertThat(between.count()).isEqualTo(100);
        assertThat(between.totalNs()).isEqualTo(1_000);
        assertThat(between.percentileNs(100)).isEqualTo(10);
        assertThat(between.maxNs()).isEqualTo(10);
        assertThat(before.count()).as("unchanged").isEqualTo(1);
    }

    @Test
    void aReaderNeverSeesACallWhoseTimeIsMissing() throws Exception {
        LatencyHistogram histogram = new LatencyHistogram();
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            while (!over.get()) {
                histogram.record(1_000);
            }
        });
        writer.start();
        long last = 0;
        while (last < 200_000) {
            LatencySnapshot snapshot = histogram.snapshot();
            assertThat(snapshot.totalNs()).isGreaterThanOrEqualTo(1_000 * snapshot.count());
            assertThat(snapshot.count()).isGreaterThanOrEqualTo(last);
            assertThat(snapshot.maxNs()).isEqualTo(snapshot.totalNs() == 0 ? 0 : 1_000);
            last = snapshot.count();
        }
        over.set(true);
        writer.join();
    }

    @Test
    void recordingMakesNoGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        HandlerMetrics metrics = new HandlerMetrics();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                metrics.wrote(i);
                metrics.record(HandlerMetrics.Timer.SYNC, i);
                metrics.addNetworkBytes(i);
                metrics.set(HandlerMetrics.Gauge.DISK_BYTES, i);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1_000); // what the question itself takes
    }
}

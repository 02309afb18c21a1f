package io.emberlog.handler.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
    private static final long S = 1_000_000_000L;
    private static final long START = 1_768_473_045L * S;

    private static boolean passes(RateLimiter limiter, long timeNs, long journaledNs) {
        boolean passes = limiter.ask(timeNs, journaledNs);
        limiter.passed();
        return passes;
    }

    private static int passed(RateLimiter limiter, int count, long fromNs, long stepNs) {
        int passed = 0;
        for (int i = 0; i < count; i++) {
            long at = fromNs + i * stepNs;
            passed += passes(limiter, at, at) ? 1 : 0;
        }
        return passed;
    }

    @Test
    void theBurstPassesAtOnceAndThenTheRate() {
        RateLimiter limiter = new RateLimiter(RateLimit.parse("10/s burst 25"));
        assertThat(passed(limiter, 100, START, 0)).isEqualTo(25);
        assertThat(passed(limiter, 1000, START + S, S / 1000)).isBetween(19, 20);
        assertThat(passed(limiter, 100, START + 100 * S, 0)).as("full again").isEqualTo(25);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1/s",
                "3/s",
                "7/m",
                "100/h burst 1",
                "1000000/s",
                "1/d",
                "999983/h burst 1000000",
                "1/d burst 1000000"
            })
    void overALongTimeItIsTheRateToTheRecord(String text) {
        RateLimit limit = RateLimit.parse(text);
        RateLimiter limiter = new RateLimiter(limit);
        passed(limiter, (int) limit.burst() + 10, START, 0);
        long periods = Math.max(1, 2000 / limit.count());
        int offered = (int) Math.min(3_000_000, 3 * limit.count() * periods);
        long span = limit.periodNs() * periods;
        int passed = 0;
        for (long i = 0; i < offered; i++) {
            long at = START + 1 + span / offered * i + span % offered * i / offered;
            passed += passes(limiter, at, at) ? 1 : 0;
        }
        assertThat((long) passed).isBetween(limit.count() * periods - 2, limit.count() * periods + 1);
    }

    @Test
    void theSameRecordsGiveTheSameAnswersFromEveryStateInBetween() {
        RateLimit limit = RateLimit.parse("3/s burst 5");
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<long[]> records = new ArrayList<>();
            long now = START;
            for (int i = 0; i < 200; i++) {
                now += random.nextInt(400_000_000) - (random.nextInt(50) == 0 ? 5 * S : 0);
                records.add(new long[] {now - random.nextInt(2_000_000_000) + random.nextInt(1_500_000_000), now});
            }
            RateLimiter whole = new RateLimiter(limit);
            List<Boolean> answers = new ArrayList<>();
            List<long[]> states = new ArrayList<>();
            for (long[] record : records) {
                states.add(new long[] {whole.nowNs(), whole.dueNs(), whole.dueRest()});
                whole.ask(record[0], record[1]); // asked more than once, as when its handler fails
                answers.add(passes(whole, record[0], record[1]));
            }
            int from = random.nextInt(records.size());
            RateLimiter again = new RateLimiter(limit);
            again.restore(states.get(from)[0], states.get(from)[1], states.get(from)[2]);
            for (int i = from; i < records.size(); i++) {
                assertThat(passes(again, records.get(i)[0], records.get(i)[1]))
                        .as("seed %d record %d", seed, i)
                        .isEqualTo(answers.get(i));
            }
            assertThat(answers).as("seed %d", seed).contains(true, false);
        }
    }

    @Test
    void aWorkerWhoseClockIsAheadShutsTheGateForNobody() {
        RateLimiter limiter = new RateLimiter(RateLimit.parse("10/s"));
        assertThat(passes(limiter, START + 3600 * S, START)).isTrue();
        assertThat(passes(limiter, Long.MAX_VALUE, START)).isTrue();
        assertThat(passes(limiter, Long.MIN_VALUE, START)).isTrue();
        assertThat(passed(limiter, 20, START + 2 * S, 0)).isEqualTo(10);
    }

    @Test
    void aWallClockThatIsSetBackBeginsFromThere() {
        RateLimiter limiter = new RateLimiter(RateLimit.parse("10/s"));
        assertThat(passed(limiter, 20, START, 0)).isEqualTo(10);
        long back = START - 3600 * S;
        assertThat(passed(limiter, 20, back, 0))
                .as("the bucket stays as empty as it was")
                .isZero();
        assertThat(passed(limiter, 20, back + S, 0)).isEqualTo(10);
    }

    @Test
    void timesThatGoBackALittleBringNothing() {
        RateLimiter limiter = new RateLimiter(RateLimit.parse("10/s"));
        int passed = 0;
        for (int i = 0; i < 1000; i++) {
            passed += passes(limiter, START + (i % 2 == 0 ? 0 : -S / 2), START) ? 1 : 0;
        }
        assertThat(passed).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "100", "0/s", "100/y", "100/s burst 0", "10000000/s", "1/s burst", "-1/s", "1 per s"})
    void whatIsNoRateIsRefused(String text) {
        assertThatThrownBy(() -> RateLimit.parse(text)).hasMessageContaining("is no rate; allowed: \"100/s\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100/s", "20/m", "500/h", "1/d burst 7", "100/s burst 500"})
    void readsBackAsItIsPrinted(String text) {
        assertThat(RateLimit.parse(text)).hasToString(text);
        assertThat(RateLimit.parse(text.replace("burst", ", burst"))).isEqualTo(RateLimit.parse(text));
    }
}

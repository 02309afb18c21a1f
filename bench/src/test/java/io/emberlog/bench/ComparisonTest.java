package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final double LIMIT = 1.15;

    private static final double[] A = {100, 110, 90, 105, 95};

    private static Comparison of(Figure figure, double[] a, double[] b) {
        return Comparison.of("call.three-args", figure, a, b);
    }

    private static double[] times(double... factors) {
        double[] b = new double[factors.length];
        for (int i = 0; i < b.length; i++) {
            b[i] = A[i % A.length] * factors[i];
        }
        return b;
    }

    @Test
    void whatDriftsIsInBothOfAPairAndNotInTheRatio() {
        double[] a = {100, 200, 300, 400, 500};
        double[] b = {120, 240, 360, 480, 600};
        Comparison comparison = of(Figure.AVERAGE, a, b);
        assertThat(comparison.a()).isEqualTo(300);
        assertThat(comparison.b()).isEqualTo(360);
        assertThat(comparison.cost()).isEqualTo(1.2, within(1e-9));
        assertThat(comparison.high() - comparison.low()).isEqualTo(0, within(1e-9));
        assertThat(comparison.verdict(LIMIT)).isEqualTo(Comparison.Verdict.WORSE);
    }

    @Test
    void aRateThatFallsIsAsDearAsATimeThatRises() {
        double[] half = {50, 55, 45, 52.5, 47.5};
        assertThat(of(Figure.MESSAGES, A, half).cost()).isEqualTo(2, within(1e-9));
        assertThat(of(Figure.MESSAGES, A, half).verdict(LIMIT)).isEqualTo(Comparison.Verdict.WORSE);
        assertThat(of(Figure.AVERAGE, A, half).cost()).isEqualTo(0.5, within(1e-9));
        assertThat(of(Figure.AVERAGE, A, half).verdict(LIMIT)).isEqualTo(Comparison.Verdict.FASTER);
    }

    @Test
    void pairsThatDisagreeAreNoise() {
        assertThat(of(Figure.AVERAGE, A, times(1.1, 0.9, 1.05, 1.02, 0.97)).verdict(LIMIT))
                .isEqualTo(Comparison.Verdict.NOISE);
        assertThat(of(Figure.AVERAGE, A, A).verdict(LIMIT)).isEqualTo(Comparison.Verdict.NOISE);
    }

    @Test
    void beyondTheLimitAndStillNoiseIsSaidAndFailsNothing() {
        Comparison comparison = of(Figure.AVERAGE, A, times(1.4, 0.9, 1.3, 1.2, 1.25));
        assertThat(comparison.cost()).isGreaterThan(LIMIT);
        assertThat(comparison.verdict(LIMIT)).isEqualTo(Comparison.Verdict.UNCLEAR);
    }

    @Test
    void aDifferenceThatIsCertainAndSmallIsWithinTheLimit() {
        assertThat(of(Figure.AVERAGE, A, times(1.04, 1.05, 1.06, 1.05, 1.02)).verdict(LIMIT))
                .isEqualTo(Comparison.Verdict.SLOWER);
    }

    @Test
    void theSpreadLeavesOutWhatMayBeChanceWithTenPercentOrLess() {
        // of n tosses of a coin, the most heads that come up so seldom
        assertThat(Comparison.outside(5)).isZero();
        assertThat(Comparison.outside(7)).isZero();
        assertThat(Comparison.outside(8)).isEqualTo(1);
        assertThat(Comparison.outside(10)).isEqualTo(1);
        assertThat(Comparison.outside(11)).isEqualTo(2);
        assertThat(Comparison.outside(20)).isEqualTo(5);
        Comparison wild = of(Figure.AVERAGE, new double[] {100, 100, 100, 100, 100, 100, 100, 100}, new double[] {
            500, 130, 131, 129, 130, 128, 132, 20
        });
        assertThat(wild.low()).isEqualTo(1.28, within(1e-9));
        assertThat(wild.high()).isEqualTo(1.32, within(1e-9));
    }

    @Test
    void fewerThanFivePairsCannotTell() {
        assertThatThrownBy(() -> of(Figure.AVERAGE, new double[4], new double[4]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> of(Figure.AVERAGE, new double[5], new double[6]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onlyFiguresThatBothHaveInEachRunAreCompared() throws Exception {
        Result old = new Result("replay.text", Map.of("M records/s", 2.0), true);
        Result young = new Result("replay.text", Map.of("M records/s", 1.0, "CPU s per M", 0.5), true);
        List<List<Result>> as = List.of(List.of(old), List.of(old), List.of(old), List.of(old), List.of(old));
        List<List<Result>> bs = List.of(List.of(young), List.of(young), List.of(young), List.of(young), List.of(young));
        assertThat(Guard.compare(new Guard.Pairs(as, bs)))
                .containsExactly(new Comparison("replay.text", Figure.RECORDS, 2, 1, 2, 2, 2));

        Result other = new Result("replay.text", Map.of("M records/s", Double.NaN), true);
        List<List<Result>> without = List.of(List.of(old), List.of(old), List.of(other), List.of(old), List.of(old));
        assertThatThrownBy(() -> Guard.compare(new Guard.Pairs(without, bs)))
                .isInstanceOf(Guard.UnusableException.class)
                .hasMessageContaining("replay.text");
    }
}

package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {
    private static double[] values(double... values) {
        return values;
    }

    @Test
    void aLinearAxisGoesFromZeroToARoundNumber() {
        Axis axis = Axis.fromZero(values(2.99, 1.4, Double.NaN));
        assertThat(axis.ticks()).containsExactly(0.0, 1.0, 2.0, 3.0);
        assertThat(axis.place(0)).isZero();
        assertThat(axis.place(1.5)).isEqualTo(0.5);
        assertThat(axis.place(3)).isEqualTo(1);
    }

    @Test
    void everyValueHasItsPlaceOnALinearAxis() {
        for (double largest = 1e-4; largest < 1e9; largest *= 1.37) {
            Axis axis = Axis.fromZero(values(largest));
            assertThat(axis.place(largest)).as("largest=" + largest).isBetween(0.5, 1.0);
            assertThat(axis.ticks()).as("largest=" + largest).hasSizeBetween(3, 6);
        }
    }

    @Test
    void anAxisOfPowersHasThemAroundAllValues() {
        Axis axis = Axis.ofPowers(values(0.02, 3, 0, Double.NaN));
        assertThat(axis.ticks()).hasSize(4);
        assertThat(axis.ticks().get(0)).isEqualTo(0.01, within(1e-12));
        assertThat(axis.ticks().get(3)).isEqualTo(10, within(1e-9));
        assertThat(axis.place(0.01)).isEqualTo(0, within(1e-9));
        assertThat(axis.place(0.1)).isEqualTo(1 / 3.0, within(1e-9));
        assertThat(axis.place(10)).isEqualTo(1, within(1e-9));
        assertThat(axis.holds(0)).isFalse();
        assertThat(axis.holds(Double.NaN)).isFalse();
    }

    @Test
    void anAxisThroughValuesHasATickAtEach() {
        Axis axis = Axis.through(List.of(1.0, 10.0, 1000.0));
        assertThat(axis.ticks()).containsExactly(1.0, 10.0, 1000.0);
        assertThat(axis.place(1)).isZero();
        assertThat(axis.place(10)).isEqualTo(1 / 3.0, within(1e-9));
        assertThat(axis.place(1000)).isEqualTo(1, within(1e-9));
        assertThat(Axis.through(List.of(5.0)).place(5)).isEqualTo(0.5);
    }

    @Test
    void nothingButZerosIsAnAxisToo() {
        assertThat(Axis.fromZero(values(0, 0)).place(0)).isZero();
        assertThat(Axis.ofPowers(values(0)).ticks()).containsExactly(1.0, 10.0);
    }

    @Test
    void labelsHaveNoIdleZeros() {
        assertThat(Axis.label(0.5)).isEqualTo("0.5");
        assertThat(Axis.label(100_000)).isEqualTo("100,000");
        assertThat(Axis.label(0.001)).isEqualTo("0.001");
        assertThat(Axis.label(3 * 0.1)).isEqualTo("0.3");
    }
}

package io.emberlog.bench;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From figures to places, linear or by their logarithm. */
final class Axis {
    /** Or a few more. */
    private static final int TICKS = 4;

    private final boolean log;
    private final double least;
    private final double most;
    private final List<Double> ticks;

    private Axis(boolean log, double least, double most, List<Double> ticks) {
        this.log = log;
        this.least = least;
        this.most = most;
        this.ticks = ticks;
    }

    /** From zero to a round number that is no less than the largest. */
    static Axis fromZero(double[] values) {
        double largest = 0;
        for (double value : values) {
            if (value > largest) { // not with NaN
                largest = value;
            }
        }
        double step = largest > 0 ? round(largest / TICKS) : 1;
        int steps = Math.max(1, (int) Math.ceil(largest / step - 1e-9));
        List<Double> ticks = new ArrayList<>();
        for (int i = 0; i <= steps; i++) {
            ticks.add(i * step);
        }
        return new Axis(false, 0, steps * step, ticks);
    }

    /** 1, 2 or 5 times a power of ten, and no less than that. */
    private static double round(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        for (int times : new int[] {1, 2, 5}) {
            if (step <= times * power * (1 + 1e-9)) {
                return times * power;
            }
        }
        return 10 * power;
    }

    /** Whole powers of ten around all that are more than zero. */
    static Axis ofPowers(double[] values) {
        double least = Double.MAX_VALUE;
        double most = Double.MIN_VALUE;
        for (double value : values) {
            if (value > 0) {
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
        }
        int first = most < least ? 0 : (int) Math.floor(Math.log10(least) + 1e-9);
        int last = most < least ? 1 : Math.max(first + 1, (int) Math.ceil(Math.log10(most) - 1e-9));
        List<Double> ticks = new ArrayList<>();
        for (int power = first; power <= last; power++) {
            ticks.add(Math.pow(10, power));
        }
        return new Axis(true, ticks.get(0), ticks.get(ticks.size() - 1), ticks);
    }

    /** By their logarithm from the first to the last of these, which stand in order, with a tick at each. */
    static Axis through(List<Double> values) {
        return new Axis(true, values.get(0), values.get(values.size() - 1), List.copyOf(values));
    }

    /** Whether there is a place for it. */
    boolean holds(double value) {
        return log ? value > 0 : value >= 0;
    }

    /** 0 at the start of the axis, 1 at its end. */
    double place(double value) {
        if (most == least) {
            return 0.5;
        }
        return log ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
    }

    List<Double> ticks() {
        return ticks;
    }

    /** As it is written beside a tick: without zeros that say nothing. */
    static String label(double tick) {
        return new DecimalFormat("#,##0.#########", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(tick);
    }
}

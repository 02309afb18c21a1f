package io.emberlog.bench;

import java.util.Arrays;

/**
 * One figure of a row in two trees, measured in pairs, one right behind the other: what slows the machine for longer than a
 * pair takes is in both, and not in their ratio.
 *
 * <p>The spread is the interval that holds the median of all such ratios, if they were measured for ever, with 90 % confidence
 * or more. It comes from the ratios' order alone (the binomial distribution with p = 1/2), so one wild pair among many moves
 * it little, and it takes no shape of the noise for granted. Five pairs are the fewest that have one.
 *
 * @param a median of the older tree's
 * @param b median of the newer tree's
 * @param cost median of the pairs' ratios ({@link Figure#cost})
 * @param low where their spread begins
 * @param high where it ends
 */
record Comparison(String row, Figure figure, double a, double b, double cost, double low, double high) {
    static final int LEAST_PAIRS = 5;

    private static final double DOUBT = 0.1;

    /** What there is to say; {@link #WORSE} alone fails. */
    enum Verdict {
        WORSE("WORSE"),
        SLOWER("slower, within the limit"),
        FASTER("faster"),
        NOISE("within noise"),
        UNCLEAR("beyond the limit, within noise: more --pairs");

        final String text;

        Verdict(String text) {
            this.text = text;
        }
    }

    /**
     * @param a of the older tree, by pair
     * @param b of the newer one
     */
    static Comparison of(String row, Figure figure, double[] a, double[] b) {
        if (a.length != b.length || a.length < LEAST_PAIRS) {
            throw new IllegalArgumentException(
                    "a=" + a.length + ", b=" + b.length + ": needs the same number, from " + LEAST_PAIRS);
        }
        double[] costs = new double[a.length];
        for (int i = 0; i < costs.length; i++) {
            costs[i] = figure.cost(a[i], b[i]);
        }
        Arrays.sort(costs);
        int outside = outside(costs.length);
        return new Comparison(
                row, figure, median(a), median(b), median(costs), costs[outside], costs[costs.length - 1 - outside]);
    }

    /** How many of so many sorted ratios the spread leaves out at either end. */
    static int outside(int pairs) {
        double chance = Math.pow(0.5, pairs); // that the median lies beyond the first
        double below = chance;
        int outside = 0;
        while (true) {
            chance = chance * (pairs - outside) / (outside + 1);
            below += chance;
            if (2 * below > DOUBT) {
                return outside;
            }
            outside++;
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /**
     * @param limit the ratio that is still accepted
     */
    Verdict verdict(double limit) {
        boolean clear = low > 1 || high < 1;
        if (cost > limit) {
            return clear ? Verdict.WORSE : Verdict.UNCLEAR;
        }
        if (!clear) {
            return Verdict.NOISE;
        }
        return cost > 1 ? Verdict.SLOWER : Verdict.FASTER;
    }
}

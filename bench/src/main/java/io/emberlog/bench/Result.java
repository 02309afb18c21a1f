package io.emberlog.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one benchmark found.
 *
 * @param name of the benchmark
 * @param figures by name with unit, in the order in which they are shown
 * @param intact false when something was lost, doubled or refused: the other figures are then of no use
 */
record Result(String name, Map<String, Double> figures, boolean intact) {
    /** The table that it stands in. */
    String table() {
        return name.substring(0, name.lastIndexOf('.'));
    }

    String row() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Of several runs of the same: the median of each figure, and intact when all were. */
    static Result median(List<Result> runs) {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String figure : runs.get(0).figures().keySet()) {
            double[] sorted = runs.stream()
                    .mapToDouble(run -> run.figures().get(figure))
                    .sorted()
                    .toArray();
            medians.put(figure, (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
        }
        return new Result(runs.get(0).name(), medians, runs.stream().allMatch(Result::intact));
    }
}

package io.emberlog.ring.control;

import io.emberlog.message.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the control page says. Immutable.
 *
 * @param sequence grows with each change; 0 = nothing was ever set
 * @param rules in the order in which they were set; also those whose time is over
 */
public record ControlSnapshot(long sequence, List<LevelRule> rules) {
    public static final ControlSnapshot NOTHING = new ControlSnapshot(0, List.of());

    public ControlSnapshot {
        rules = List.copyOf(rules);
    }

    /** The levels for the worker of that name by the rules that still hold; a later rule wins over an earlier one. */
    public LevelTable levelsOf(String workerName, Predicate<LevelRule> holds) {
        Map<String, Level> levels = new HashMap<>();
        for (LevelRule rule : rules) {
            if (holds.test(rule) && rule.isFor(workerName)) {
                levels.put(rule.logger(), rule.level());
            }
        }
        return LevelTable.of(levels);
    }
}

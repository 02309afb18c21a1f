package io.emberlog.handler;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parts of a destination that are in trouble while the others work: one file of many. Immutable; any thread.
 *
 * @param told what is wrong, by the part's name, those first that have been so for longest; {@value #MOST_TOLD} at most
 * @param further how many there are beside them
 */
public record PartProblems(Map<String, String> told, long further) {
    public static final int MOST_TOLD = 20;
    public static final PartProblems NONE = new PartProblems(Map.of(), 0);

    public PartProblems {
        if (told.size() > MOST_TOLD) {
            throw new IllegalArgumentException("told=" + told.size() + " must be at most " + MOST_TOLD);
        }
        told = Collections.unmodifiableMap(new LinkedHashMap<>(told)); // in their order
    }

    public boolean isEmpty() {
        return told.isEmpty() && further == 0;
    }
}

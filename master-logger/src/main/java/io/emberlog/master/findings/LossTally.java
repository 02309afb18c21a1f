package io.emberlog.master.findings;

import io.emberlog.master.findings.Loss.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Losses by distinct cause while they are counted. One thread; keeps a bounded number of causes, and then one for the rest. */
final class LossTally {
    private static final int MAX_CAUSES = 10_000;
    private static final String REST = "and further causes";

    private record Key(Kind kind, String who, String what) {}

    private static final class Entry {
        private long count;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
    }

    private final long sinceEpochNs;
    private final Map<Key, Entry> entries = new HashMap<>();

    /** @param sinceEpochNs what was noticed before is left out */
    LossTally(long sinceEpochNs) {
        this.sinceEpochNs = sinceEpochNs;
    }

    /** @param epochNs when it was noticed; -1 where unknown: then it counts always */
    void add(Kind kind, String who, String what, long count, long epochNs) {
        if (count <= 0 || epochNs != -1 && epochNs < sinceEpochNs) {
            return;
        }
        Key key = new Key(kind, who, what);
        if (!entries.containsKey(key) && entries.size() >= MAX_CAUSES) {
            key = new Key(kind, "", REST);
        }
        Entry entry = entries.computeIfAbsent(key, k -> new Entry());
        entry.count = entry.count + count < 0 ? Long.MAX_VALUE : entry.count + count;
        if (epochNs != -1) {
            entry.first = Math.min(entry.first, epochNs);
            entry.last = Math.max(entry.last, epochNs);
        }
    }

    /** By kind, the largest first. */
    List<Loss> losses() {
        List<Loss> losses = new ArrayList<>();
        entries.forEach((key, entry) -> losses.add(new Loss(
                key.kind,
                key.who,
                key.what,
                entry.count,
                entry.first == Long.MAX_VALUE ? -1 : entry.first,
                entry.last == Long.MIN_VALUE ? -1 : entry.last)));
        losses.sort(Comparator.comparing(Loss::kind)
                .thenComparing(Comparator.comparingLong(Loss::count).reversed())
                .thenComparing(Loss::who)
                .thenComparing(Loss::what));
        return losses;
    }
}

package io.emberlog.master.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Ranges of record numbers that one handler did not get; a number told twice counts once. One thread. */
final class MissedNumbers {
    private record Range(long first, long last, String what, long epochNs) {
        /** Those whose time is not known come last: another may know it. */
        long order() {
            return epochNs == -1 ? Long.MAX_VALUE : epochNs;
        }
    }

    /** Hears of the parts that no earlier range had. */
    @FunctionalInterface
    interface Listener {
        void missed(String what, long count, long epochNs);
    }

    private final List<Range> ranges = new ArrayList<>();

    /**
     * Ranges that make no sense are left out: they come from a record, which anybody may have written.
     *
     * @param epochNs when it was noticed; -1 where unknown
     */
    void add(long first, long last, String what, long epochNs) {
        if (first >= 0 && last >= first) {
            ranges.add(new Range(first, last, what, epochNs));
        }
    }

    /** Those noticed first come first; of a later one only what is new. */
    void forEach(Listener listener) {
        ranges.sort(Comparator.comparingLong(Range::order));
        TreeMap<Long, Long> covered = new TreeMap<>();
        for (Range range : ranges) {
            long count = cover(covered, range.first, range.last);
            if (count > 0) {
                listener.missed(range.what, count, range.epochNs);
            }
        }
    }

    /** @return how many of these numbers were not covered before */
    private static long cover(TreeMap<Long, Long> covered, long first, long last) {
        long from = first;
        long to = last;
        long count = last - first + 1;
        Map.Entry<Long, Long> other = covered.floorEntry(last);
        while (other != null && other.getValue() >= first) {
            count -= Math.min(last, other.getValue()) - Math.max(first, other.getKey()) + 1;
            from = Math.min(from, other.getKey());
            to = Math.max(to, other.getValue());
            covered.remove(other.getKey());
            other = covered.floorEntry(last);
        }
        covered.put(from, to);
        return count;
    }
}

package io.emberlog.master.findings;

import io.emberlog.master.findings.Loss.Kind;
import io.emberlog.message.DropReason;
import io.emberlog.message.DropReport;
import io.emberlog.message.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What workers could not put into their rings. Each ring tells it up to three times: in reports through the ring, in its
 * header, and, from there, when the master ends it. All are totals over the ring's life, so that what one told the others
 * need not tell again. One thread.
 */
final class RingLosses {
    private static final Pattern BY_LEVEL = Pattern.compile("(\\d{1,18}) (\\S+) \\(([^)]*)\\)");

    private record Cause(String reason, String level) {
        @Override
        public String toString() {
            return level + ", " + reason;
        }
    }

    private final LossTally tally;
    private final Map<UUID, Map<Cause, Long>> told = new HashMap<>();

    RingLosses(LossTally tally) {
        this.tally = tally;
    }

    /** A DROPPED message; its totals also hold what was told in documents that are deleted by now. */
    void reported(UUID ring, String worker, byte[] buffer, int offset) {
        for (int item = 0; item < DropReport.items(buffer, offset); item++) {
            DropReason reason = DropReason.of(DropReport.reason(buffer, offset, item));
            int severity = DropReport.severity(buffer, offset, item);
            Cause cause = new Cause(
                    reason == null ? "unknown reason" : reason.text(),
                    severity > Level.MAX_SEVERITY
                            ? "unknown level"
                            : Level.canonical(severity).name());
            long total = DropReport.total(buffer, offset, item);
            add(ring, worker, cause, total, DropReport.toEpochNs(buffer, offset));
        }
    }

    /** The counters of a ring's header, now. */
    void counted(UUID ring, String worker, String reason, String level, long total, long epochNs) {
        add(ring, worker, new Cause(reason, level), total, epochNs);
    }

    /**
     * The master has ended the ring.
     *
     * @param byLevel as its record says it: {@code 3 INFO (ring full), ...}
     */
    void ended(UUID ring, String worker, String byLevel, long epochNs) {
        Matcher item = BY_LEVEL.matcher(byLevel);
        while (item.find()) {
            add(ring, worker, new Cause(item.group(3), item.group(2)), Long.parseLong(item.group(1)), epochNs);
        }
    }

    private void add(UUID ring, String worker, Cause cause, long total, long epochNs) {
        Map<Cause, Long> ofRing = told.computeIfAbsent(ring, uuid -> new HashMap<>());
        long before = ofRing.getOrDefault(cause, 0L);
        if (total > before) {
            tally.add(Kind.DROPPED, worker, cause.toString(), total - before, epochNs);
            ofRing.put(cause, total);
        }
    }
}

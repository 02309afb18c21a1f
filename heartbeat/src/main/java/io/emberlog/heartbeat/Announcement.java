package io.emberlog.heartbeat;

import java.util.concurrent.TimeUnit;

/**
 * What a heartbeat message promised.
 *
 * @param spanNs until the next check-in; {@link #NOTHING_PROMISED} where the message promised nothing usable
 */
record Announcement(long spanNs, boolean goodbye) {

    static final long NOTHING_PROMISED = -1;

    /** Whoever promises to be silent for longer is held to this. */
    static final long LONGEST_SPAN_NS = TimeUnit.DAYS.toNanos(1);

    /** Both instants come from one reading of the worker's wall clock; only their difference is looked at. */
    static Announcement of(long sentEpochNs, long nextCheckInEpochNs, boolean goodbye) {
        long spanNs = nextCheckInEpochNs - sentEpochNs;
        boolean overflow = ((nextCheckInEpochNs ^ sentEpochNs) & (nextCheckInEpochNs ^ spanNs)) < 0;
        if (goodbye || overflow || spanNs <= 0) {
            return new Announcement(NOTHING_PROMISED, goodbye);
        }
        return new Announcement(Math.min(spanNs, LONGEST_SPAN_NS), false);
    }
}

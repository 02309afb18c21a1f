package io.emberlog.master.drain;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Decides which held records go now. A record is due when it has been held for the window, by the master's monotonic clock;
 * when one is due, everything older goes with it, out of every ring, so that what comes out stands in the order of time as
 * long as every worker's records are seen within the window. A ring that holds too much lets its oldest records go early,
 * and takes along only those of others in the same straits. The drain thread only.
 *
 * <p>Timestamps are what workers say. One that claims to come from the future counts as of the moment in which it was seen:
 * else a clock that is ahead, once due, would send out everybody's records and leave the others without a window.
 */
final class ReorderWindow {
    /** What all rings together may hold before each is held to its share. */
    private static final long MAX_HELD = 32L << 20;

    private static final int MIN_SHARE = 64 * 1024;
    /** A record that waits for this many windows behind rings that have used up their budget waits no more. */
    private static final int OVERDUE_WINDOWS = 2;
    /** One that still waits this much later goes first, whatever its timestamp: floods that are behind have the older ones. */
    private static final long LATE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private volatile int budget;
    private long windowNs;

    /** @param budget most bytes of one ring in one document */
    ReorderWindow(int budget) {
        this.budget = budget;
    }

    int budget() {
        return budget;
    }

    /** From the next document on. Any thread. */
    void budget(int bytes) {
        budget = bytes;
    }

    /** @param ns 0 holds nothing */
    void set(long ns) {
        windowNs = ns;
    }

    long ns() {
        return windowNs;
    }

    /** Bytes beyond which a ring lets go early; at twice as many nothing more is taken out of it. */
    int share(RingSession session, int rings) {
        if (windowNs == 0) {
            return budget;
        }
        return (int) Math.min(session.file.capacity() / 2, Math.max(MIN_SHARE, MAX_HELD / Math.max(1, rings)));
    }

    /** Gives the plan every ring that holds something, with the timestamp up to which it goes. */
    void choose(List<RingSession> sessions, long nowNs, MergePlan plan) {
        long due = windowNs == 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        long pressed = Long.MIN_VALUE;
        for (int i = 0; windowNs > 0 && i < sessions.size(); i++) {
            RingSession session = sessions.get(i);
            due = Math.max(due, session.held().dueTimestamp(nowNs, windowNs));
            pressed = Math.max(pressed, session.held().timestampBeyond(share(session, sessions.size())));
        }
        for (RingSession session : sessions) {
            HeldRecords held = session.held();
            if (!held.isEmpty()) {
                boolean early = held.bytes() > share(session, sessions.size());
                long waits = OVERDUE_WINDOWS * windowNs;
                MergePlan.Turn turn = held.isDue(0, nowNs, waits + LATE_NS)
                        ? MergePlan.Turn.FIRST
                        : windowNs == 0 || held.isDue(0, nowNs, waits) ? MergePlan.Turn.SAME : MergePlan.Turn.BEHIND;
                plan.add(session, early ? Math.max(due, pressed) : due, turn);
            }
        }
    }
}

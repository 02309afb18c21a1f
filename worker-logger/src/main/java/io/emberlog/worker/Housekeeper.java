package io.emberlog.worker;

import io.emberlog.message.DropReport;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.Ring;
import io.emberlog.ring.VarHandleBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Everything about a worker that is periodic or file work, on one daemon thread: the heartbeat word and message, drop
 * reports, staged batches whose time has come, waking a drain that rests, requests to be synced, successor rings, the control page, the clock.
 * {@link #doWork} is one round, so that a test can step it. Never waits for an
 * application thread, but for a write in flight while a ring is replaced (bounded).
 *
 * <p>The goodbye: a shutdown hook asks for it and waits a bounded time; the thread then publishes what is
 * staged, and writes the last drop report, the header's word for it and a heartbeat with the goodbye flag. Log calls made after that are still
 * ringed.
 */
final class Housekeeper implements Runnable {
    /** Between two rounds: a level change is in force 50 ms after it was written, and a little. */
    static final long TICK_NS = 50_000_000L;

    static final long BEAT_NS = 250_000_000L;
    /**
     * Between two looks whether the ring's file is still there. Two of them must miss it: who removes a directory is not to
     * find new files in it before it is done.
     */
    static final long PLACE_NS = 1_000_000_000L;

    /** A drop report that finds no room waits this long before it takes some of the reserved share. */
    static final long REPORT_INTERVAL_NS = 10_000_000_000L;

    /** So many fit the end of the ring beside the goodbye ({@link Ring#offerLast}). */
    private static final int LAST_ITEMS = 8;

    /** How far a message of the housekeeper may fill the ring. */
    private enum Share {
        COMMON,
        RESERVE,
        LAST
    }

    private static final long GOODBYE_LIMIT_MS = 1_000;
    /** Owners of slots do nothing but write; one who stays away longer publishes later. */
    private static final long PUBLISH_LIMIT_NS = 20_000_000L;

    private final RingChain chain;
    private final SlotTable slots;
    private final RingWriter writer;
    private final DropCounters drops;
    private final ControlWatch control;
    private final EpochClock clock;
    private final long heartbeatNs;
    /** 0 when nothing asks for it. */
    private final long syncNs;
    /** 0 in immediate mode. */
    private final long flushNs;

    private final long tickNs;
    private final Thread thread;
    private final byte[] message = new byte[DropReport.length(DropReport.MAX_ITEMS)];
    private final VarHandleBuffer source = new VarHandleBuffer(message);
    private final long[] reported = new long[DropCounters.SIZE];

    /** Loggers that are open; where there is none, nothing needs a ring that the next master finds. */
    final AtomicInteger opens = new AtomicInteger();

    private volatile boolean leaving;
    private WorkerRing served;
    private long nextPlaceNs;
    private boolean missedBefore;
    private long nextBeatNs;
    private long nextHeartbeatNs;
    private long nextSyncNs;
    private long nextFlushNs;
    private long reportedEpochNs;
    private long reportedNs;
    /** What the served ring's header says of the control page. */
    private long toldSequence;

    Housekeeper(
            String name,
            RingChain chain,
            SlotTable slots,
            RingWriter writer,
            DropCounters drops,
            ControlWatch control,
            EpochClock clock,
            Duration heartbeatInterval,
            Duration syncInterval,
            Duration flushInterval) {
        this.chain = chain;
        this.slots = slots;
        this.writer = writer;
        this.drops = drops;
        this.control = control;
        this.clock = clock;
        this.heartbeatNs = heartbeatInterval.toNanos();
        this.syncNs = syncInterval.toNanos();
        this.flushNs = flushInterval.toNanos();
        this.tickNs = Math.min(TICK_NS, Math.min(syncNs == 0 ? TICK_NS : syncNs, flushNs == 0 ? TICK_NS : flushNs));
        thread = new Thread(null, this, "emberlog-" + name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null); // nothing of the application stays reachable through this thread
        chain.housekeeper = thread;
    }

    void start() {
        thread.start();
    }

    /** Any thread, best a shutdown hook: says goodbye and ends the housekeeper; returns after a second at the latest. */
    void leave() {
        leaving = true;
        LockSupport.unpark(thread);
        try {
            thread.join(GOODBYE_LIMIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        while (!leaving) {
            try {
                doWork(System.nanoTime());
            } catch (OutOfMemoryError e) {
                Thread.yield(); // the heap is full right now, which says nothing about the ring: the next round may do
            } catch (RuntimeException | Error e) {
                condemn(served); // its mapping failed; the next round replaces it
            }
            LockSupport.parkNanos(tickNs);
            Thread.interrupted(); // nobody's business here; a flag left set would make parking return at once
        }
        try {
            goodbye();
        } catch (RuntimeException | Error e) {
            condemn(served); // the goodbye is lost; the master will notice the end by the lock
        } finally {
            chain.end();
        }
    }

    private void condemn(WorkerRing ring) {
        if (ring != null) {
            ring.condemned = true;
        }
    }

    /** One round; safe to call more often than the tick. */
    void doWork(long nowNs) {
        wakeDrain(); // first: a thread that logs may have come for that
        round(nowNs);
        wakeDrain(); // for what was published in it
    }

    private void wakeDrain() {
        WorkerRing ring = chain.current();
        if (ring != null) {
            ring.wakeDrain();
        }
    }

    private void round(long nowNs) {
        control.poll(); // first: the levels in force hold when the first ring is there, and with it open() returns
        clock.correct();
        WorkerRing before = chain.current();
        if (before != null && before.condemned) {
            lastReport(before);
        }
        chain.maintain(nowNs, slots);
        if (before != null && before == chain.current() && nowNs - nextPlaceNs >= 0) {
            nextPlaceNs = nowNs + PLACE_NS;
            moveIfRemoved(before, nowNs);
        }
        WorkerRing ring = chain.current();
        if (ring == null) {
            return;
        }
        if (ring != served) {
            serve(ring, nowNs);
        }
        if (control.sequence() != toldSequence) {
            toldSequence = control.sequence();
            ring.tellControlSequence(toldSequence);
        }
        boolean beats = nowNs - nextBeatNs >= 0;
        if (beats) {
            ring.beat();
            nextBeatNs = nowNs + BEAT_NS;
        }
        if (nowNs - nextHeartbeatNs >= 0 && heartbeat(ring, false)) {
            nextHeartbeatNs = nowNs + heartbeatNs;
        }
        boolean syncs = syncNs > 0 && nowNs - nextSyncNs >= 0;
        if (flushNs > 0 && (syncs || nowNs - nextFlushNs >= 0)) {
            writer.publishStaged(ring, PUBLISH_LIMIT_NS); // what finds no room is tried again at the next interval
            nextFlushNs = nowNs + flushNs;
        }
        if (syncs) {
            chain.requestSync(ring, ring.tail());
            nextSyncNs = nowNs + syncNs;
        }
        if (beats) {
            drops(ring, nowNs);
        }
    }

    private void moveIfRemoved(WorkerRing ring, long nowNs) {
        boolean missed = opens.get() > 0 && !ring.isInPlace();
        if (missed && missedBefore) {
            lastReport(ring);
            chain.moveOn(nowNs, slots);
        }
        missedBefore = missed;
    }

    private void drops(WorkerRing ring, long nowNs) {
        drops.collect(ring);
        drops.postWaiting(ring);
        // While the ring is full nobody reads reports, and many of them would eat the share kept for WARN and above.
        if (reportDrops(
                ring, DropReport.MAX_ITEMS, nowNs - reportedNs >= REPORT_INTERVAL_NS ? Share.RESERVE : Share.COMMON)) {
            reportedNs = nowNs;
        }
    }

    private void serve(WorkerRing ring, long nowNs) {
        served = ring;
        toldSequence = 0;
        Arrays.fill(reported, 0);
        reportedEpochNs = clock.epochNs();
        reportedNs = nowNs;
        nextPlaceNs = nowNs + PLACE_NS;
        missedBefore = false;
        nextBeatNs = nowNs;
        nextHeartbeatNs = nowNs;
        nextSyncNs = nowNs + syncNs;
        nextFlushNs = nowNs + flushNs;
    }

    /** What a ring counted must not be silent because it goes; where it fails, its header still tells. */
    private void lastReport(WorkerRing ring) {
        try {
            if (ring == served) {
                reportLast(ring);
            }
        } catch (RuntimeException | Error mappingFailed) {
            return; // this is why it goes
        }
    }

    private void goodbye() {
        WorkerRing ring = chain.current();
        if (ring != null) {
            writer.publishStaged(ring, PUBLISH_LIMIT_NS); // what is left is salvaged
            drops.collect(ring);
            drops.postWaiting(ring);
            reportLast(ring);
            ring.beat();
            ring.sayGoodbye(); // first: wherever the message is seen and gone, this is there
            heartbeat(ring, true);
        }
    }

    /** Where a full ring has no room for all of it, the part that goes there for sure; the header tells the rest. */
    private void reportLast(WorkerRing ring) {
        if (!reportDrops(ring, DropReport.MAX_ITEMS, Share.RESERVE)) {
            reportDrops(ring, LAST_ITEMS, Share.LAST);
        }
    }

    private boolean heartbeat(WorkerRing ring, boolean goodbye) {
        long now = clock.epochNs();
        Heartbeat.encode(message, 0, now, goodbye ? now : now + heartbeatNs, goodbye);
        return offer(
                ring,
                MessageDescriptor.TYPE_HEARTBEAT,
                MessageDescriptor.HEARTBEAT_LENGTH,
                goodbye ? Share.LAST : Share.RESERVE);
    }

    /**
     * Reports every counter that moved since its last report; what does not fit now is reported in the next round.
     *
     * @return whether a report went out
     */
    private boolean reportDrops(WorkerRing ring, int most, Share share) {
        int[] moved = new int[most];
        long[] totals = new long[most];
        int items = 0;
        for (int at = 0; at < DropCounters.SIZE && items < most; at++) {
            long total = ring.dropped(at / DropCounters.SEVERITIES, at % DropCounters.SEVERITIES);
            if (total != reported[at]) {
                moved[items] = at;
                totals[items] = total;
                items++;
            }
        }
        if (items == 0) {
            return false;
        }
        long now = clock.epochNs();
        DropReport.encode(message, 0, reportedEpochNs, now, items);
        for (int item = 0; item < items; item++) {
            int at = moved[item];
            DropReport.encodeItem(
                    message,
                    0,
                    item,
                    at / DropCounters.SEVERITIES,
                    at % DropCounters.SEVERITIES,
                    totals[item] - reported[at],
                    totals[item]);
        }
        if (!offer(ring, MessageDescriptor.TYPE_DROPPED, DropReport.length(items), share)) {
            return false;
        }
        for (int item = 0; item < items; item++) {
            reported[moved[item]] = totals[item];
        }
        reportedEpochNs = now;
        return true;
    }

    /** A heartbeat or report that meets a full or sealed ring is tried again in the next round, in the ring of then. */
    private boolean offer(WorkerRing ring, int type, int length, Share share) {
        int result = share == Share.LAST
                ? ring.offerLast(type, source, length)
                : ring.offer(type, source, length, share == Share.RESERVE);
        return result == Ring.RINGED;
    }
}

package io.emberlog.handler.file;

/**
 * Tells when a file is over by time. The records' own times decide, so that a file named by a date holds that date's records,
 * also those that were delivered late. The handler's thread.
 *
 * <p>A file's time only goes forward: a record from before its beginning stays in it, and the next file begins no earlier. One
 * from the future counts as of now,
 * so a worker whose clock is wrong ends no file. When the wall clock itself is set forward, the next record ends the file; when
 * it is set back, the file goes on, and its beginning is set back, too, once the clock has been steady for ten minutes
 * ({@link WallClock#isSteady}). So a clock that jumps back and forth makes a file in ten minutes, not one for each record.
 *
 * <p>None of this has to come out the same way after a crash: a rotation begins with its intent on disk, and no file is
 * rotated while lines in it are to be compared ({@link OutputFile}).
 */
final class RotationTimer {
    /** The largest beginning that a checkpoint can hold; in 2106. */
    static final long LAST_SECOND = 0xFFFF_FFFFL;

    /** The year 2000: a record from before is of a clock that was never set, and begins no file's time. */
    private static final long CLOCKS_ARE_SET = 946_684_800L;

    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final RotationSchedule schedule;
    private final WallClock clock;

    /** Seconds since the epoch; 0: unknown. */
    private long start;

    private long startNs;
    private long endNs;

    RotationTimer(RotationSchedule schedule, WallClock clock) {
        this.schedule = schedule;
        this.clock = clock;
    }

    /** Seconds since the epoch; 0 while the file has no record yet, or none that is known. */
    long start() {
        return start;
    }

    /** @param newStart as {@link #start} */
    void restore(long newStart) {
        start = newStart;
        startNs = start * NS_PER_SECOND;
        long end = start == 0 || start >= LAST_SECOND ? Long.MAX_VALUE : schedule.endOf(start);
        endNs = end > Long.MAX_VALUE / NS_PER_SECOND ? Long.MAX_VALUE : end * NS_PER_SECOND;
    }

    /** The next record begins the file. */
    void forget() {
        restore(0);
    }

    /**
     * A record goes into the file.
     *
     * @param lastStart of the file before it, 0 = unknown: this one does not begin before that, unless that is in the future
     */
    void begin(long timeNs, long lastStart) {
        if (start != 0) {
            return;
        }
        long nowNs = clock.epochNs();
        long seconds = Math.floorDiv(Math.min(timeNs, nowNs), NS_PER_SECOND);
        if (lastStart <= nowNs / NS_PER_SECOND) {
            seconds = Math.max(seconds, lastStart);
        }
        if (seconds >= CLOCKS_ARE_SET) {
            restore(Math.min(LAST_SECOND, seconds));
        }
    }

    /** Whether the file is over before this record. */
    boolean isOver(long timeNs) {
        if (timeNs >= endNs) {
            return start != 0 && clock.epochNs() >= endNs;
        }
        if (timeNs < startNs && clock.epochNs() < startNs && clock.isSteady()) {
            forget();
            begin(timeNs, 0);
        }
        return false;
    }

    /** @return {@link #start}, or now where that is unknown */
    long startOrNow() {
        return start == 0 ? Math.max(1, Math.min(LAST_SECOND, clock.epochNs() / NS_PER_SECOND)) : start;
    }

    /** For the name of a file that began then; empty of one that never did. */
    String dateOf(long anyStart) {
        return anyStart == 0 ? "" : schedule.dateOf(anyStart);
    }
}

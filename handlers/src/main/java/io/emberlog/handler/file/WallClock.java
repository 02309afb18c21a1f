package io.emberlog.handler.file;

import io.emberlog.handler.HandlerContext;
import java.util.concurrent.TimeUnit;

/**
 * The wall clock, and whether it has been set lately: it is compared with the monotonic one whenever it is read. The handler's
 * thread.
 */
final class WallClock {
    /** A larger difference between two looks is somebody's setting it; slewing is far below. */
    private static final long STEP_NS = TimeUnit.MINUTES.toNanos(1);

    private static final long STEADY_AFTER_NS = TimeUnit.MINUTES.toNanos(10);

    private final HandlerContext context;
    private boolean read;
    private long offsetNs;
    private boolean wasSet;
    private long setNs;

    WallClock(HandlerContext context) {
        this.context = context;
    }

    /** Nanoseconds since the epoch. */
    long epochNs() {
        long epochNs = context.epochNs();
        long nowNs = context.nanoTime();
        long offset = epochNs - nowNs;
        if (read && Math.abs(offset - offsetNs) > STEP_NS) {
            wasSet = true;
            setNs = nowNs;
        }
        read = true;
        offsetNs = offset;
        return epochNs;
    }

    /** Not set within the last ten minutes, as far as it was looked at. */
    boolean isSteady() {
        epochNs();
        return !wasSet || context.nanoTime() - setNs >= STEADY_AFTER_NS;
    }
}

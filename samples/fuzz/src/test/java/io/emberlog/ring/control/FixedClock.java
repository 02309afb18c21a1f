package io.emberlog.ring.control;

/** Stands still. */
final class FixedClock implements Clock {
    @Override
    public long epochNs() {
        return 1_700_000_000_000_000_000L;
    }

    @Override
    public long monotonicNs() {
        return 1_000_000_000_000L;
    }

    @Override
    public long id() {
        return 42;
    }
}

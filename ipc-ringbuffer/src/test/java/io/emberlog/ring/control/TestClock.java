package io.emberlog.ring.control;

/** A clock that a test sets. */
public final class TestClock implements Clock {
    public long epochNs = 1_768_473_045_000_000_000L;
    public long monotonicNs = 5_000_000_000L;
    public long id = 42;

    @Override
    public long epochNs() {
        return epochNs;
    }

    @Override
    public long monotonicNs() {
        return monotonicNs;
    }

    @Override
    public long id() {
        return id;
    }

    /** Both clocks go on. */
    public void pass(long ns) {
        epochNs += ns;
        monotonicNs += ns;
    }
}

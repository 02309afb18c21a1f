package io.emberlog.heartbeat;

/** Hears of every change of a worker's state, on the monitor's thread and in order per worker. */
@FunctionalInterface
public interface LivenessListener {

    /**
     * Must not block. May call {@link LivenessMonitor#remove}. What it throws comes out of {@link
     * LivenessMonitor#doWork()} once all other workers have had their turn; the change is not reported again.
     */
    void onTransition(Transition transition);
}

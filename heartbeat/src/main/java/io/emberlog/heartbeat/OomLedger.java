package io.emberlog.heartbeat;

import java.nio.file.Path;

/**
 * The OOM kills of one memory cgroup that no death has accounted for yet. Monitor's thread only.
 *
 * <p>A kill is open for one to two refresh periods: long enough for its victim to be proved dead, short enough that a
 * later death in the same cgroup is not blamed on it. Each kill explains one death.
 */
final class OomLedger {

    private final Path counter;
    private long accounted;
    private long sampled;

    OomLedger(Path counter) {
        this.counter = counter;
        sampled = Math.max(0, MemoryCgroup.kills(counter));
        accounted = sampled;
    }

    /** Takes one open kill, if there is one. */
    boolean claim() {
        if (MemoryCgroup.kills(counter) <= accounted) {
            return false;
        }
        accounted++;
        return true;
    }

    /** Kills already there at the last refresh are nobody's any more. */
    void refresh() {
        accounted = Math.max(accounted, sampled);
        sampled = Math.max(sampled, MemoryCgroup.kills(counter));
    }
}

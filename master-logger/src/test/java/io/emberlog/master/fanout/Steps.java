package io.emberlog.master.fanout;

import java.util.concurrent.locks.LockSupport;

/** Counts the steps; the one to die at never returns. */
final class Steps {
    private final int killAt;
    private int taken;
    volatile boolean dead;

    Steps(int killAt) {
        this.killAt = killAt;
    }

    void next() {
        if (++taken == killAt) {
            dead = true;
            while (true) {
                LockSupport.park();
            }
        }
    }

    int taken() {
        return taken;
    }
}

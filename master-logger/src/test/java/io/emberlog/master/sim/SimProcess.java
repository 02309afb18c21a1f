package io.emberlog.master.sim;

/** One simulated process. */
abstract class SimProcess {
    final World world;
    final String name;
    boolean dead;
    /** As by SIGSTOP: none of its threads runs. */
    boolean stopped;

    SimProcess(World world, String name) {
        this.world = world;
        this.name = name;
    }

    void check() {
        if (dead) {
            throw new World.Halted();
        }
    }

    /** As by SIGKILL. */
    void kill() {
        dead = true;
    }

    /** Whether its mappings may fault. */
    boolean mayFault() {
        return false;
    }

    boolean mayRun() {
        return !dead && !stopped;
    }
}

package io.emberlog.master.sim;

import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * What all simulated processes share: the one source of chance, the clocks, the weather. Whoever takes a step that another
 * process can see may be stopped in front of it, and killed in the middle of it.
 */
final class World {
    /** The process is dead: nothing of it goes on. */
    static final class Halted extends Error {
        private static final long serialVersionUID = 1;

        Halted() {
            super("halted", null, false, false);
        }
    }

    static final long MS = 1_000_000L;

    final SplittableRandom random;
    private final Carriers carriers;

    /** One in so many steps; 0 = never. */
    private final int killEvery;

    private final int faultEvery;
    private final int stopEvery;
    /** Turns of others that a stop lasts at most. */
    final int stopTurns;
    /** The same of one in six. */
    final int longStopTurns;

    long nowNs = 1_000_000_000_000L;
    long wallOffsetNs = 1_800_000_000_000_000_000L;
    /** The storm is over: nothing fails, nobody is interrupted. */
    boolean calm = true;

    boolean diskRefuses;
    boolean journalRefuses;
    boolean peerRefuses;

    private long steps;
    private long trace = 1;

    /** @param turn one turn of somebody; false when the storm is over */
    World(SplittableRandom random, BooleanSupplier turn) {
        this.random = random;
        carriers = new Carriers(this, turn);
        killEvery = oneOf(0, 2_000, 10_000, 40_000);
        faultEvery = oneOf(0, 0, 5_000, 30_000);
        stopEvery = oneOf(20, 100, 400, 2_000);
        stopTurns = oneOf(4, 12, 100);
        longStopTurns = oneOf(100, 400);
    }

    private int oneOf(int... values) {
        return values[random.nextInt(values.length)];
    }

    boolean chance(int oneIn) {
        return oneIn > 0 && random.nextInt(oneIn) == 0;
    }

    long wallNs() {
        return nowNs + wallOffsetNs;
    }

    /** Of the fourth version, as random ones are. */
    UUID newUuid() {
        return new UUID(random.nextLong() & ~0xF000L | 0x4000L, random.nextLong() & ~(3L << 62) | 1L << 63);
    }

    long steps() {
        return steps;
    }

    /** Everything that happened so far, as a number: two runs of a seed must agree in it. */
    long trace() {
        return trace;
    }

    void note(long what) {
        trace = (trace ^ what) * 0x9E3779B97F4A7C15L;
        trace ^= trace >>> 29;
    }

    /**
     * That process is about to touch something that outlives it.
     *
     * @param length bytes of a bulk store
     * @param mayRun whether others may run meanwhile
     * @return how much of it is done; where that is less, the process is dead
     */
    int step(SimProcess process, int length, boolean mayRun) {
        process.check();
        if (calm) {
            return length;
        }
        steps++;
        if (chance(killEvery)) {
            note(1);
            process.kill();
            if (length > 8 && random.nextBoolean()) {
                return random.nextInt(length);
            }
            throw new Halted();
        }
        if (process.mayFault() && length > 0 && chance(faultEvery)) {
            note(2);
            throw new InternalError("a simulated fault of a mapping");
        }
        if (mayRun && chance(stopEvery)) {
            others(process);
        }
        return length;
    }

    /** Others run, for a while. */
    void others(SimProcess process) {
        if (!calm) {
            carriers.stop(process);
        }
        process.check();
    }

    /** Lets everybody run, until the storm is over and nobody is in the middle of anything. */
    void storm() {
        calm = false;
        carriers.run();
    }

    /** One turn of one thread of that process. */
    void run(SimProcess process, int code, Runnable turn) {
        if (process.dead) {
            return;
        }
        note(code);
        note(nowNs);
        nowNs += 1_000 + random.nextInt(20_000);
        try {
            turn.run();
        } catch (Throwable t) {
            if (!process.dead) {
                throw t;
            }
        }
    }
}

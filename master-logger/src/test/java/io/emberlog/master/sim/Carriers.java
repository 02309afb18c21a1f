package io.emberlog.master.sim;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * The stacks of simulated threads. A turn runs on the stack of whoever chose it; where it is stopped in the middle, that
 * stack stands still and another one goes on choosing. So there are threads of Java's underneath, but exactly one has the
 * baton at any time, who gets it next is chosen by the seed, and every one is stopped only at a step of its own. A turn that
 * is not stopped costs no switch.
 */
final class Carriers {
    private static final int MOST_STOPPED = 16;
    private static final Deque<Carrier> IDLE = new ConcurrentLinkedDeque<>();

    private static final class Carrier extends Thread {
        private final Semaphore baton = new Semaphore(0);
        private Carriers serves;
        private SimProcess stoppedIn;
        private int turnsToWait;

        Carrier() {
            super("emberlog-simulation");
            setDaemon(true);
        }

        /** The master's records carry it: the same in every run. */
        @Override
        public long getId() {
            return 1;
        }

        @Override
        public void run() {
            while (true) {
                baton.acquireUninterruptibly();
                serves.choose(this);
            }
        }
    }

    private final World world;
    private final BooleanSupplier turn;
    private final Semaphore over = new Semaphore(0);
    private final List<Carrier> stopped = new ArrayList<>();
    private Throwable failure;

    /** @param turn one turn of somebody; false when there are to be no more */
    Carriers(World world, BooleanSupplier turn) {
        this.world = world;
        this.turn = turn;
    }

    /** Runs turns until there are no more and all that were stopped have come to their end. */
    void run() {
        handOver(idle());
        over.acquireUninterruptibly();
        if (failure != null) {
            throw new IllegalStateException("a turn failed: " + failure, failure);
        }
    }

    private Carrier idle() {
        Carrier carrier = IDLE.poll();
        if (carrier == null) {
            carrier = new Carrier();
            carrier.start();
        }
        carrier.serves = this;
        return carrier;
    }

    private static void handOver(Carrier to) {
        to.baton.release();
    }

    /** Stops the turn that this stack is in, for a while. */
    void stop(SimProcess process) {
        if (stopped.size() >= MOST_STOPPED) {
            return;
        }
        Carrier me = (Carrier) Thread.currentThread();
        me.stoppedIn = process;
        me.turnsToWait = world.random.nextInt(world.chance(6) ? world.longStopTurns : world.stopTurns);
        stopped.add(me);
        handOver(idle());
        me.baton.acquireUninterruptibly();
    }

    private void choose(Carrier me) {
        try {
            while (true) {
                boolean more = !world.calm;
                Carrier next = next(more);
                if (next != null) {
                    stopped.remove(next);
                    IDLE.push(me);
                    handOver(next);
                    return;
                }
                if (!more) {
                    IDLE.push(me);
                    over.release();
                    return;
                }
                if (!turn.getAsBoolean()) {
                    world.calm = true;
                }
            }
        } catch (Throwable t) {
            failure = t; // those that are stopped stay so: the run has failed
            over.release();
            serveNobody(me);
        }
    }

    private static void serveNobody(Carrier me) {
        IDLE.push(me);
    }

    /** Who of those that are stopped goes on; null when none does now. */
    private Carrier next(boolean mayWait) {
        if (stopped.isEmpty()) {
            return null;
        }
        Carrier one = stopped.get(world.random.nextInt(stopped.size()));
        if (!mayWait) {
            return one;
        }
        if (one.turnsToWait-- > 0 || one.stoppedIn.stopped && !one.stoppedIn.dead) {
            return null;
        }
        return one;
    }
}

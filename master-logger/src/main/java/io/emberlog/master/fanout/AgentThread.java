package io.emberlog.master.fanout;

import io.emberlog.master.config.IdleMode;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs one agent until it is done, and parks while it has nothing to do. {@link #wake} and {@link #command}: any thread, no lock,
 * a load and no more while the agent runs.
 *
 * <p>No wake-up is lost: the agent's thread reads the counters, looks for work, stores {@code parked}, reads the counters again and
 * parks only if they stand; whoever brings work stores a counter, then reads {@code parked}. All of these are volatile, so one of the
 * two sees the other.
 */
final class AgentThread implements Runnable {
    /** What went wrong outside of any handler (no memory left for a report, say) is not tried again faster than this. */
    private static final long FAULT_PARK_NS = 100_000_000L;

    private static final long PREDECESSOR_WAIT_MS = 10_000;

    /** Behind the last document a thread that need not sleep stays awake for so long. */
    private static final long AWAKE_NS = 1_000_000_000L;

    private final HandlerAgent agent;
    private final JournalHead head;
    private final AtomicBoolean parked = new AtomicBoolean();
    private final AtomicLong commands = new AtomicLong();
    private final Thread thread;
    private final AgentThread predecessor;
    private final IdleMode idle;
    private long documentsBefore;
    private long documentNs = System.nanoTime();

    /** @param predecessor of the same name, told to leave: this one begins once that one's thread has ended; or null */
    AgentThread(HandlerAgent agent, JournalHead head, ThreadFactory threads, IdleMode idle, AgentThread predecessor) {
        this.agent = agent;
        this.head = head;
        this.idle = idle;
        this.predecessor = predecessor;
        thread = threads.newThread(this);
        thread.setName("emberlog-" + agent.name());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** After {@link JournalHead#appended}. */
    void wake() {
        if (parked.get() && parked.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /** After the agent was told something. */
    void command() {
        commands.incrementAndGet();
        wake();
    }

    HandlerAgent agent() {
        return agent;
    }

    Thread thread() {
        return thread;
    }

    /** Null when there is none, or none that still runs. */
    AgentThread predecessor() {
        return predecessor == null || !predecessor.thread.isAlive() ? null : predecessor;
    }

    @Override
    public void run() {
        if (predecessor != null) {
            awaitPredecessor();
        }
        while (!agent.isDone()) {
            long documentsSeen = head.documents();
            long commandsSeen = commands.get();
            long idleNs;
            try {
                idleNs = agent.doWork() > 0 ? 0 : agent.idleNs();
            } catch (Throwable t) { // the agent handles its handler's; this is one it met while doing so
                idleNs = FAULT_PARK_NS;
            }
            if (idleNs > 0) {
                if (isAwake(documentsSeen)) {
                    stayAwake(documentsSeen, commandsSeen, idleNs);
                } else {
                    park(documentsSeen, commandsSeen, idleNs);
                }
            }
        }
        agent.onClose();
    }

    private boolean isAwake(long documentsSeen) {
        if (idle.sleeps()) {
            return false;
        }
        long now = System.nanoTime();
        if (documentsSeen != documentsBefore) {
            documentsBefore = documentsSeen;
            documentNs = now;
        }
        return now - documentNs < AWAKE_NS;
    }

    private void park(long documentsSeen, long commandsSeen, long idleNs) {
        parked.set(true);
        if (isNothingNew(documentsSeen, commandsSeen)) {
            LockSupport.parkNanos(this, idleNs);
        }
        parked.set(false);
    }

    private void stayAwake(long documentsSeen, long commandsSeen, long idleNs) {
        long start = System.nanoTime();
        while (isNothingNew(documentsSeen, commandsSeen) && System.nanoTime() - start < idleNs) {
            idle.pause();
        }
    }

    private boolean isNothingNew(long documentsSeen, long commandsSeen) {
        return head.documents() == documentsSeen && commands.get() == commandsSeen;
    }

    /**
     * Two handlers of one name at a time would write to one file, and store one checkpoint. So one that hangs holds up its
     * successor as long as it hangs.
     */
    private void awaitPredecessor() {
        boolean waited = false;
        while (predecessor.thread.isAlive()) {
            try {
                predecessor.thread.join(PREDECESSOR_WAIT_MS);
            } catch (InterruptedException e) {
                // Nobody of ours does that, and there is nothing to do but wait.
                continue;
            }
            if (predecessor.thread.isAlive()) {
                agent.waitsForPredecessor();
                waited = true;
            }
        }
        if (waited) {
            agent.predecessorEnded();
        }
    }
}

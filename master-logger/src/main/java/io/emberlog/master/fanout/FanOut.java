package io.emberlog.master.fanout;

import io.emberlog.master.journal.HandlerPlace;
import io.emberlog.message.Level;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * All handlers of a master, each on a thread of its own. {@link #signal}: the drain's thread. {@link #change} and {@link #stop}: one
 * thread at a time, nothing after the stop. The others: any.
 *
 * <p>Before it is started the drain's numbering must be above {@link CheckpointStore#reach}.
 */
public final class FanOut {
    private final FanOutConfig config;
    private final JournalHead head;
    private final Map<String, AgentThread> leaving = new HashMap<>();
    /** Replaced as a whole, so that the drain's thread needs no lock. */
    private volatile AgentThread[] agents;

    private FanOut(FanOutConfig config, JournalHead head) {
        this.config = config;
        this.head = head;
    }

    /**
     * Begins to deliver.
     *
     * @param handlers with different names
     * @param lastIndex of the journal's last document, or -1
     * @param nextSequence number that the next record to be journaled will have
     * @throws IOException the state directory cannot be used
     */
    public static FanOut start(FanOutConfig config, List<HandlerSpec> handlers, long lastIndex, long nextSequence)
            throws IOException {
        Set<String> names = new HashSet<>();
        for (HandlerSpec handler : handlers) {
            if (!names.add(handler.name())) {
                throw new IllegalArgumentException("handler name=" + handler.name() + " is used twice");
            }
        }
        CheckpointStore.createDirectory(config.stateDirectory());
        JournalHead head = new JournalHead(lastIndex, nextSequence);
        FanOut fanOut = new FanOut(config, head);
        AgentThread[] agents = handlers.stream().map(fanOut::agent).toArray(AgentThread[]::new);
        fanOut.agents = agents;
        for (AgentThread agent : agents) {
            agent.start();
        }
        return fanOut;
    }

    private AgentThread agent(HandlerSpec spec) {
        return new AgentThread(
                new HandlerAgent(spec, config, head, CheckpointFiles.REAL),
                head,
                config.threads(),
                config.idle(),
                leaving.get(spec.name()));
    }

    /**
     * Exchanges handlers while records flow. One that leaves finishes the record in hand, flushes and checkpoints; one of
     * the same name that comes begins behind that checkpoint, and not before the other's thread has ended. Does not wait
     * for any of it. Not together with {@link #stop}.
     *
     * @param gone names of handlers that leave
     * @param come handlers that are new or take the place of one of the same name, which leaves
     * @param leaveWithin longest time to flush and checkpoint; what a handler does not manage stays behind its last checkpoint,
     *     and comes again if its name does
     */
    public void change(Set<String> gone, List<HandlerSpec> come, Duration leaveWithin) {
        long leaveByNs = config.nanoClock().nanoTime() + leaveWithin.toNanos();
        Map<String, HandlerSpec> coming = new LinkedHashMap<>();
        come.forEach(spec -> coming.put(spec.name(), spec));
        leaving.values().removeIf(agent -> !agent.thread().isAlive());
        List<AgentThread> next = new ArrayList<>();
        List<AgentThread> fresh = new ArrayList<>();
        for (AgentThread agent : agents) {
            String name = agent.agent().name();
            HandlerSpec successor = coming.remove(name);
            if (successor == null && !gone.contains(name)) {
                next.add(agent);
                continue;
            }
            leaving.put(name, agent);
            agent.agent().requestLeave(leaveByNs);
            agent.command();
            if (successor != null) {
                fresh.add(agent(successor));
                next.add(fresh.get(fresh.size() - 1));
            }
        }
        for (HandlerSpec spec : coming.values()) {
            fresh.add(agent(spec));
            next.add(fresh.get(fresh.size() - 1));
        }
        agents = next.toArray(new AgentThread[0]);
        fresh.forEach(
                AgentThread
                        ::start); // after they can be signalled: a document appended in between is seen by one of the
        // two
    }

    /** Every handler opens anew what it writes to, at its next record boundary. Any thread. */
    public void reopen() {
        for (AgentThread agent : agents) {
            agent.agent().requestReopen();
            agent.command();
        }
    }

    /**
     * A document was appended. Takes no lock and makes no garbage; a system call only for a handler that has parked.
     *
     * @param documentIndex what {@code Journal.append} returned
     * @param nextSequence number behind its last record
     */
    public void signal(long documentIndex, long nextSequence) {
        head.appended(documentIndex, nextSequence, config.epochClock().nanoTime());
        for (AgentThread agent : agents) {
            agent.wake();
        }
    }

    /**
     * Whether one has ended with records that it has not taken: its configuration is wrong, or a record could not be put aside at the
     * stop.
     */
    public boolean isOneBehind() {
        for (AgentThread agent : agents) {
            if (agent.agent().isBehind()) {
                return true;
            }
        }
        return false;
    }

    /** Each handler that has not come back from a call for long is named, once, and once more when it has. One thread, now and then. */
    public void tellHanging() {
        for (AgentThread agent : agents) {
            agent.agent().tellIfHanging();
        }
    }

    /** For {@code JournalRetention}: each handler's name and place. */
    public Map<String, HandlerPlace> places() {
        Map<String, HandlerPlace> places = new HashMap<>();
        for (AgentThread agent : agents) {
            places.put(agent.agent().name(), agent.agent().place());
        }
        return places;
    }

    /** In the order of the configuration. */
    public List<HandlerStatus> status() {
        List<HandlerStatus> statuses = new ArrayList<>(agents.length);
        for (AgentThread agent : agents) {
            statuses.add(agent.agent().status());
        }
        return statuses;
    }

    /**
     * Delivers, flushes and checkpoints what is journaled now, and closes the handlers. Those that have not finished in time are
     * given up and reported: they store nothing any more, and all behind their last checkpoint is delivered at the next start. Their
     * threads end as soon as their handlers return; none is interrupted, for that would close the files they are using.
     *
     * @return names of those given up
     */
    public List<String> stop(Duration timeout) {
        long deadlineNs = config.nanoClock().nanoTime() + timeout.toNanos();
        for (AgentThread agent : agents) {
            agent.agent().requestStop();
            agent.command();
        }
        boolean interrupted = false;
        List<String> abandoned = new ArrayList<>();
        List<AgentThread> all = new ArrayList<>(leaving.values());
        all.addAll(List.of(agents));
        for (AgentThread agent : all) {
            interrupted |=
                    !join(agent.thread(), interrupted ? config.nanoClock().nanoTime() : deadlineNs);
            if (!agent.agent().isDone()) {
                abandon(agent);
                abandoned.add(agent.agent().name());
            } else if (agent.agent().isBehind()) {
                tell(agent.agent().status(), "is closed");
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return abandoned;
    }

    /** @return false when this thread was interrupted: whoever did it wants no more waiting */
    private boolean join(Thread thread, long deadlineNs) {
        try {
            long leftNs = deadlineNs - config.nanoClock().nanoTime();
            if (leftNs > 0) {
                TimeUnit.NANOSECONDS.timedJoin(thread, leftNs);
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /**
     * Behind {@link #stop}, whether no handler is called any more. One that was given up while it waited for its destination ends at
     * once; one that is in a call ends when it comes back.
     */
    public boolean hasEnded(Duration timeout) {
        long deadlineNs = config.nanoClock().nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        boolean ended = true;
        List<AgentThread> all = new ArrayList<>(leaving.values());
        all.addAll(List.of(agents));
        for (AgentThread agent : all) {
            for (AgentThread each = agent; each != null; each = each.predecessor()) {
                interrupted |=
                        !join(each.thread(), interrupted ? config.nanoClock().nanoTime() : deadlineNs);
                ended &= !each.thread().isAlive();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return ended;
    }

    private void abandon(AgentThread agent) {
        HandlerStatus before = agent.agent().status();
        for (AgentThread each = agent; each != null; each = each.predecessor()) {
            each.agent().abandon();
            each.command();
        }
        tell(before, "has not finished in time and was given up");
    }

    private static String quiet(HandlerStatus of) {
        long quietS = TimeUnit.NANOSECONDS.toSeconds(of.quietNs());
        return of.state() != HandlerState.FAILED && quietS > 0
                ? ": it has not come back from a call for " + quietS + " s"
                : "";
    }

    /** Past all handlers: these, too, have ended, and a record would go nowhere. */
    private void tell(HandlerStatus of, String what) {
        String problem = of.call() != null
                ? ": it has not come back from " + of.call() + " for " + TimeUnit.NANOSECONDS.toSeconds(of.callNs())
                        + " s"
                : of.problem() != null ? ": " + of.problem() : quiet(of);
        String behind = of.lagRecords() < 0 // it never began, and begins at the first record kept
                ? "all records of the journal, up to number " + (head.nextSequence() - 1) + ","
                : of.lagRecords() + " records";
        String text = "handler " + of.name() + " " + what + " with " + behind + " to go" + problem
                + "; what is behind its last checkpoint is delivered at the next start";
        try {
            config.reports().report(of.name(), Level.ERROR, text, null);
            config.reports().alarm(of.name(), Level.ERROR, text);
        } catch (RuntimeException e) {
            // The others must be stopped, too, and nobody is left to be told.
            assert e != null;
        }
    }
}

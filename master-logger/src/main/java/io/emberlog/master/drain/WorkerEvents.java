package io.emberlog.master.drain;

import io.emberlog.heartbeat.DeathReport;
import io.emberlog.heartbeat.Transition;
import io.emberlog.heartbeat.WorkerState;
import io.emberlog.master.drain.MasterEvents.Field;
import io.emberlog.message.Level;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.UserFolders;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The words in which the master speaks of its workers: one method an event. Any thread. */
public final class WorkerEvents {
    private WorkerEvents() {}

    /** A ring was found. */
    public static void started(EventSink events, WorkerIdentity worker) {
        add(events, Level.INFO, "worker {} (pid {}) found", worker, List.of(event("started")));
    }

    /** Late, hung, alive again, said goodbye; not death, which is told when its ring has been salvaged. */
    public static void changed(EventSink events, Transition transition) {
        WorkerIdentity worker = transition.worker();
        List<Field> fields =
                new ArrayList<>(List.of(event(transition.to().name().toLowerCase(java.util.Locale.ROOT))));
        after(fields, transition.detectedAfterNs());
        switch (transition.to()) {
            case LATE -> add(events, Level.WARN, "worker {} (pid {}) missed its announced check-in", worker, fields);
            case HUNG ->
                add(events, Level.WARN, "worker {} (pid {}) lives, but its heartbeat stands still", worker, fields);
            case ALIVE -> {
                if (transition.from() != WorkerState.STARTING) {
                    add(events, Level.NOTICE, "worker {} (pid {}) is alive again", worker, fields);
                }
            }
            default -> {
                // STARTING is told by started(); STOPPED and DEAD by ended()
            }
        }
    }

    /** Everything readable of a ring is in the journal, and its owner writes it no more. */
    static void ended(EventSink events, RingSession session, boolean replaced, RingDrops drops) {
        DeathReport death = replaced ? null : session.death();
        List<Field> fields = new ArrayList<>();
        boolean inOrder = death == null ? session.goodbye() && !replaced : death.inOrder();
        fields.add(event(death == null && !inOrder ? "replaced" : inOrder ? "stopped" : "dead"));
        after(
                fields,
                death == null || session.detectedAfterNs() < 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(session.detectedAfterNs()));
        fields.add(new Field("torn", session.torn()));
        fields.add(new Field("hole", session.holes()));
        fields.add(new Field("dropped", drops.total()));
        if (drops.total() > 0) {
            fields.add(new Field("dropped_by_level", drops.text()));
        }
        if (death != null) {
            fields.add(new Field("reason", death.text()));
            death.signal().ifPresent(signal -> fields.add(new Field("signal", signal)));
            death.uptimeNs().ifPresent(ns -> fields.add(new Field("uptime_ms", TimeUnit.NANOSECONDS.toMillis(ns))));
            death.hsErrPath().ifPresent(path -> fields.add(new Field("hs_err", path.toString())));
        }
        if (death == null && !inOrder) {
            add(events, Level.NOTICE, "worker {} (pid {}) replaced its ring", session.identity, fields);
        } else if (inOrder) {
            add(events, Level.INFO, "worker {} (pid {}) stopped", session.identity, fields);
        } else {
            add(events, Level.ERROR, "worker {} (pid {}) died: {}", session.identity, fields, death.text());
        }
    }

    /** The machine was booted since the ring was made; what could be believed of it is in the journal. */
    static void resynced(EventSink events, RingSession session) {
        add(
                events,
                session.holes() == 0 ? Level.NOTICE : Level.WARN,
                "ring of worker {} (pid {}) salvaged after a reboot: {} records, {} gaps; what it took last may be missing",
                session.identity,
                List.of(
                        event("resynced"),
                        new Field("records", session.salvagedRecords()),
                        new Field("hole", session.holes())),
                session.salvagedRecords(),
                session.holes());
    }

    /** The bytes of a ring break the rules. */
    public static void quarantined(EventSink events, WorkerIdentity worker, String why, String keptAs) {
        List<Field> fields = List.of(event("quarantined"), new Field("file", keptAs));
        add(events, Level.CRITICAL, "ring of worker {} (pid {}) set aside: {}", worker, fields, why);
    }

    private static Field event(String name) {
        return new Field("event", name);
    }

    private static void after(List<Field> fields, OptionalLong ns) {
        ns.ifPresent(value -> fields.add(new Field("detected_after_ms", TimeUnit.NANOSECONDS.toMillis(value))));
    }

    private static void add(
            EventSink events, Level level, String template, WorkerIdentity worker, List<Field> fields, Object... more) {
        Object[] args = new Object[2 + more.length];
        args[0] = worker.name();
        args[1] = worker.pid();
        System.arraycopy(more, 0, args, 2, more.length);
        List<Field> all = new ArrayList<>(fields);
        all.add(new Field("worker", worker.name()));
        all.add(new Field("worker_pid", worker.pid()));
        all.add(new Field("ring", worker.ringUuid().toString()));
        UserFolders.userOf(worker.ringUuid()).ifPresent(uid -> all.add(new Field("uid", Integer.toUnsignedLong(uid))));
        events.add(level, MasterEvents.WORKER_LOGGER, template, args, all.toArray(new Field[0]));
    }
}

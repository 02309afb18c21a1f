package io.emberlog.lab;

import java.util.Locale;

/**
 * A fault that the laboratory makes: one row of the table in docs/reliability.md, which is written from here. How often in
 * {@code mvn verify}, and how often in the long run ({@code -Pstorm}); the unit of both is in the text.
 */
public enum Fault {
    WORKER_KILL(
            100,
            10_000,
            "SIGKILL of a worker with 4 threads at full speed, in every mode; 1 in 10 while it starts",
            "WorkerStormTest"),
    WORKER_KILL_AT(
            30,
            3_000,
            "SIGKILL of a worker while it makes its ring, while it replaces one that was sealed under it, while it exits",
            "WorkerKillAtTest"),
    MASTER_KILL(
            25,
            1_000,
            "SIGKILL of the master while it starts, drains, rolls, rotates, checkpoints, salvages",
            "MasterStormTest"),
    MASTER_PID_1(
            3,
            50,
            "SIGKILL of a master that is PID 1 of its namespace while it appends, and a start as PID 1; workers in and out of"
                    + " namespaces",
            "MasterPidOneTest"),
    WORKER_STOPPED(
            10, 500, "SIGSTOP of a worker with a full ring for two to four seconds, then SIGCONT", "WorkerStoppedTest"),
    WORKER_CRASH(
            12,
            200,
            "a worker at full speed ends by SIGSEGV, SIGABRT, Runtime.halt, or its cgroup's OOM killer",
            "WorkerCrashTest"),
    ERROR_IN_CALL(
            12,
            200,
            "a worker that logs at the end of its stack (from its first call on, or later), in a full heap, into a ring file"
                    + " that was cut",
            "ErrorInCallTest"),
    FALSE_DEATH(
            12,
            200,
            "a worker that copies its own directory, is interrupted in calls, flushes and syncs, leaves children with its"
                    + " descriptors, is judged dead while it is stopped",
            "FalseDeathTest"),
    USERS_KILL(
            8,
            200,
            "SIGKILL of workers of two users; the master, of a third, is killed after every fourth",
            "UsersStormTest"),
    RELOAD(100, 1_000, "SIGHUP with another configuration, 1 in 10 a broken one, under load", "ReloadStormTest");

    private final long shortCount;
    private final long longCount;
    private final String text;
    private final String test;

    Fault(long shortCount, long longCount, String text, String test) {
        this.shortCount = shortCount;
        this.longCount = longCount;
        this.text = text;
        this.test = test;
    }

    /** As it stands in the log of runs and in the table. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How often in {@code mvn verify}, over all variants where the test does not say otherwise. */
    public long shortCount() {
        return shortCount;
    }

    /** The figure that the long run is to reach; totals of the log count towards it. */
    public long longCount() {
        return longCount;
    }

    /** What is done, and to what. */
    public String text() {
        return text;
    }

    /** Simple name of the test class that makes it. */
    public String test() {
        return test;
    }

    static Fault of(String id) {
        for (Fault fault : values()) {
            if (fault.id().equals(id)) {
                return fault;
            }
        }
        throw new IllegalArgumentException("fault=" + id + " is none of io.emberlog.lab.Fault");
    }
}

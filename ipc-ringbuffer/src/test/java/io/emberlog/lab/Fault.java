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
    MASTER_KILL(
            25,
            1_000,
            "SIGKILL of the master while it starts, drains, rolls, rotates, checkpoints, salvages",
            "MasterStormTest"),
    USERS_KILL(
            8,
            200,
            "SIGKILL of workers of two users; the master, of a third, is killed after every fourth",
            "UsersStormTest"),
    RELOAD(100, 1_000, "SIGHUP with another configuration, 1 in 10 a broken one, under load", "ReloadStormTest"),
    JCSTRESS(
            0,
            1_000_000_000L,
            "two threads at once on ring, seal, staging, header, slots, retirement, checkpoint: samples under jcstress",
            "JcstressTest"),
    LINCHECK(
            15,
            500,
            "two or three threads on ring, slot, sync request, checkpoint: scenarios, each in 100 (long run: 1,000) orders",
            "LincheckTest");

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

package io.emberlog.lab;

import java.util.Locale;

/**
 * A fault that the laboratory makes: one row of the table in docs/reliability.md, which is written from here. How often in
 * {@code mvn verify}, and how often in the long run ({@code -Pstorm}); the unit of both is in the text.
 */
public enum Fault {
    WORKER_KILL(
            75,
            10_000,
            "SIGKILL of a worker with 4 threads at full speed, in every mode; 1 in 10 while it starts",
            "WorkerStormTest"),
    WORKER_KILL_AT(
            30,
            3_000,
            "SIGKILL of a worker while it makes its ring, while it replaces one that was sealed under it, while it exits",
            "WorkerKillAtTest"),
    MASTER_KILL(
            17,
            1_000,
            "SIGKILL of the master while it starts and drains, and at the first sign or right behind the end of a roll,"
                    + " a rotation, a checkpoint, a salvage",
            "MasterStormTest"),
    USERS_KILL(
            8,
            200,
            "SIGKILL of workers of two users; the master, of a third, is killed after every fourth",
            "UsersStormTest"),
    HALT(
            6,
            1_500,
            "SIGKILL of the master before, within and after the k-th call that changes a file: start, drain, roll, checkpoint, rotation, salvage, removal; on tmpfs, ext4, xfs",
            "HaltTest"),
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
    DISK_FULL(
            3,
            50,
            "the journal's disk, the file handler's or the rings' is full for a while under workers at full speed; cycles",
            "DiskFullTest"),
    IO_ERROR(
            10,
            3_000,
            "the k-th open, create, read, write, force, rename, unlink or map fails (EIO, ENOSPC, or half of it is done), once, three times or until it is mended: a master at work, at its start, at its stop, a worker that makes its ring",
            "IoErrorTest"),
    POWER_LOSS(
            4,
            400,
            "Power cut (ext4 and xfs on loop devices, shut down without a flush) with `journal.sync` on, or where workers ask",
            "PowerCutTest"),
    RINGS_ON_DISK(
            2,
            100,
            "Power cut under a ring on a disk; a third of its pages never written; the next master has another boot id",
            "RingsOnDiskTest"),
    HOSTILE_RING(
            1_000_000,
            100_000_000,
            "damaged and forged rings, staging areas, headers and records read by every reader, beside an honest one",
            "HostileRingTest"),
    FUZZ(
            100,
            100_000_000,
            "inputs of nine coverage-guided fuzzers: in the long run an hour each; in mvn verify what they were"
                    + " seeded with and what they found",
            "FuzzersTest"),
    SERVICE_TROUBLE(
            5,
            200,
            "a service that a handler sends to is away, hangs, is busy, ends connections, answers nonsense, under load; the master is"
                    + " killed in half of them",
            "ServiceStormTest"),
    NETWORK_TROUBLE(
            1,
            200,
            "webhook, Loki, Elasticsearch, OTLP and syslog (TCP) at once, each away, deaf, busy, broken, denying, cut off or raving, or"
                    + " well, under load, in the long run a Kafka broker that is killed or stopped as well; the master is killed in half of them",
            "NetworkStormTest"),
    OUTAGE(
            0,
            60,
            "minutes in which the services of all those handlers, and one that gets alerts, are in trouble at once, and stay so, under load; the master is"
                    + " killed after the first and the second third",
            "OutageTest"),
    CLOCK_STEP(
            3,
            50,
            "the wall clock of workers, of the master, of both is set by an hour, a day, ten years, back and forth, under load",
            "ClockStormTest"),
    FALSE_DEATH(
            12,
            200,
            "a worker that copies its own directory, is interrupted in calls, flushes and syncs, leaves children with its"
                    + " descriptors, is judged dead while it is stopped",
            "FalseDeathTest"),
    TWO_MASTERS(
            2,
            50,
            "two masters, at the same instant or apart, with one configuration, one channel or one state, under load",
            "TwoMastersTest"),
    MASTER_LOOP(
            4,
            50,
            "starts of a master in a tight loop, ended by SIGTERM or SIGKILL while workers log",
            "TwoMastersTest"),
    DIRECTORY_GONE(
            1,
            50,
            "the channel directory is removed under workers and a master; a worker, sometimes the master, is killed",
            "DirectoryGoneTest"),
    PERMISSIONS(
            4,
            50,
            "a directory of the master's, who is no root, is closed to it for seconds under load: rings, output, journal, checkpoints",
            "PermissionsTest"),
    SYMLINK(
            5,
            50,
            "a link planted by another user as a ring, a folder, the control page, an output's directory, an output",
            "SymlinkTest"),
    RELOAD(
            100,
            1_000,
            "SIGHUP with another configuration, 1 in 10 a broken one, under load; those that the master answered",
            "ReloadStormTest"),
    OVERLOAD(
            10,
            1_200,
            "seconds in which ten times as much is logged as the master can take, half of them each with drop and block",
            "OverloadTest"),
    CHURN(20, 500, "workers, several at a time, killed or ended after a while", "ChurnTest"),
    SOAK(
            1,
            120,
            "minutes of kills, stops, reloads, level changes, rotations, all at once; of the first one 20 s in mvn verify",
            "SoakTest"),
    SIMULATION(
            150,
            1_000_000,
            "runs of workers, rings, master, journal and handlers, simulated from a seed: each stopped, killed or refused at any step",
            "SimulatorTest"),
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

package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills of workers at the moments that a kill at random rarely meets: while they make their ring, while they replace it, while
 * they exit. Every second worker stages. What a kill met shows in the files that it left; a run in which none of them was
 * met fails. Alone: {@code .ci/storm WorkerKillAtTest 300 42}, for 300 kills at each moment with seed 42.
 */
class WorkerKillAtTest {
    private static final int AT_ONCE = 3;
    private static final int THREADS = 4;
    private static final long MOST_MESSAGES = 200_000;
    private static final int LATEST_CALL = 5_000;
    /** Zeros for so many bytes take some milliseconds. */
    private static final String LARGE_RING = "EMBERLOG_RING_SIZE=16M";

    private static final long LOOK_NS = 50_000;
    /** What a master lets pass between seal and salvage, and more. */
    private static final long SEAL_GRACE_NS = 120_000_000;

    private static final int MOST_ATTEMPTS_PER_KILL = 4;
    private static final String SURVIVOR = "survivor";

    private enum Moment {
        /** Of the first ring. */
        CREATION,
        /** After a seal by a master that took it for dead; some after one or two that they survived. */
        RETIREMENT,
        /** From the end of main to the end of the process. */
        EXIT
    }

    private final Map<String, Integer> met = new TreeMap<>();
    private final Set<String> mustBeDead = ConcurrentHashMap.newKeySet();
    private final Set<String> mustHaveStopped = ConcurrentHashMap.newKeySet();
    /** Held while the master is stopped. */
    private final ReentrantLock masterStopped = new ReentrantLock();

    private StormRun run;
    private Master master;

    @ParameterizedTest
    @EnumSource
    void nothingAcknowledgedIsLostDoubledOrAlteredWhenWorkersAreKilledInTheMiddleOf(Moment moment) throws IOException {
        StormRun.run(Fault.WORKER_KILL_AT, moment.name(), 1.0 / Moment.values().length, given -> storm(given, moment));
    }

    private void storm(StormRun given, Moment moment) throws Exception {
        run = given;
        met.clear();
        mustBeDead.clear();
        mustHaveStopped.clear();
        master = new Master(
                run.children,
                run.directory,
                StormVariant.PLAIN.settings(
                        Master.jsonHandler(run.directory, "max_size = \"64 MiB\"", "keep_files = 0")));
        master.start();
        Process survivor = run.producer(SURVIVOR, 1, MOST_MESSAGES, 2_000_000);
        mustHaveStopped.add(SURVIVOR);
        Crowd.of(AT_ONCE, run.count, kill -> {
            Random random = new Random(run.seed * 31 + kill);
            boolean done = false;
            for (int attempt = 0; !done && attempt < MOST_ATTEMPTS_PER_KILL; attempt++) {
                String name = String.format("w%04d", kill) + "abcd".charAt(attempt);
                StormVariant variant = kill % 2 == 0 ? StormVariant.PLAIN : StormVariant.BATCHED;
                done = switch (moment) {
                    case CREATION -> killCreating(name, variant, random);
                    case RETIREMENT -> killRetiring(name, variant, random);
                    case EXIT -> killExiting(name, variant, random);
                };
            }
            assertThat(done).as("a kill that lands in " + moment).isTrue();
            run.madeOne();
        });
        Waiting.until("the survivor to log", StormRun.LIMIT, () -> run.issued(SURVIVOR) > 0);
        run.end(survivor);
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        StormRun.say(moment + ": the kills met " + met);
        assertThat(StormRun.dead(judgement))
                .as("each death is told once, and no other")
                .doesNotHaveDuplicates()
                .containsAll(mustBeDead)
                .doesNotContainAnyElementsOf(mustHaveStopped);
    }

    private synchronized void met(String what) {
        met.merge(what, 1, Integer::sum);
    }

    /** From its first file on, at a drawn moment of the milliseconds that it takes. */
    private boolean killCreating(String name, StormVariant variant, Random random) throws Exception {
        Process worker = run.producer(name, THREADS, MOST_MESSAGES, 0, variant.environment(LARGE_RING));
        String first = random.nextBoolean() ? ".lock" : ".tmp";
        Waiting.until(
                name + " to begin its ring",
                StormRun.LIMIT,
                LOOK_NS,
                () -> Rings.files(run, name, first).length > 0 || Rings.files(run, name, ".ring").length > 0);
        LockSupport.parkNanos(random.nextInt(8_000_000));
        Children.kill(worker);
        boolean ring = Rings.files(run, name, ".ring").length > 0;
        boolean half = Rings.files(run, name, ".tmp").length > 0;
        met(half ? "half a ring" : ring ? "a ring just named" : "a lock file alone, or nothing any more");
        if (run.issued(name) > 0) {
            mustBeDead.add(name);
        }
        return half;
    }

    /**
     * The seal is what a master does that takes a worker for dead, and like that master the real one does not salvage for 100
     * ms: it is stopped meanwhile.
     */
    private boolean killRetiring(String name, StormVariant variant, Random random) throws Exception {
        Process worker = run.producer(
                name, THREADS, MOST_MESSAGES, 0, variant.environment(LARGE_RING, "EMBERLOG_OVERFLOW=block:5s"));
        for (int survived = random.nextInt(3); survived > 0; survived--) {
            awaitCalls(worker, name, 1 + random.nextInt(LATEST_CALL));
            Path sealed = seal(name, () -> LockSupport.parkNanos(SEAL_GRACE_NS));
            Waiting.until(name + " to have another ring, alone", StormRun.LIMIT, () -> {
                Path[] rings = Rings.files(run, name, ".ring");
                return rings.length == 1 && !rings[0].equals(sealed);
            });
            met("seals survived");
        }
        awaitCalls(worker, name, 1 + random.nextInt(LATEST_CALL));
        int files = random.nextInt(4);
        long delayNs = random.nextInt(8_000_000);
        Path sealed = seal(name, () -> {
            long sealedAt = System.nanoTime();
            // half of them as soon as there is anything of the successor or a while later, a quarter when it has its
            // name
            Waiting.until(name + " to get on with its successor", StormRun.LIMIT, LOOK_NS, () -> switch (files) {
                case 0 -> true;
                case 1, 2 -> Rings.files(run, name, ".tmp").length > 0 || Rings.files(run, name, ".ring").length > 1;
                default -> Rings.files(run, name, ".ring").length > 1;
            });
            LockSupport.parkNanos(delayNs);
            Children.kill(worker);
            boolean half = Rings.files(run, name, ".tmp").length > 0;
            Path[] rings = Rings.files(run, name, ".ring");
            met(half ? "half a successor" : rings.length > 1 ? "both rings" : "no successor yet");
            assertThat(RingFile.openReadOnly(rings[0]).header().state() == RingDescriptor.STATE_SEALED
                            || RingFile.openReadOnly(rings[rings.length - 1])
                                            .header()
                                            .state()
                                    == RingDescriptor.STATE_SEALED)
                    .as("a sealed ring is there")
                    .isTrue();
            LockSupport.parkNanos(SEAL_GRACE_NS - (System.nanoTime() - sealedAt));
        });
        assertThat(sealed).isNotNull();
        mustBeDead.add(name);
        return true;
    }

    private interface Deed {
        void run() throws Exception;
    }

    /** Seals the worker's ring, does something, and lets the master go on. */
    private Path seal(String name, Deed whileTheMasterStands) throws Exception {
        masterStopped.lock();
        try {
            Signals.stop(master.pid());
            Path[] rings = Rings.files(run, name, ".ring");
            assertThat(rings).as("rings of " + name).hasSize(1);
            RingFile ring = RingFile.open(rings[0]);
            ring.header().judgeDead();
            ring.seal();
            whileTheMasterStands.run();
            return rings[0];
        } finally {
            Signals.send("CONT", master.pid());
            masterStopped.unlock();
        }
    }

    /** Half of them when the header says goodbye; the others at a drawn moment after the end of their input. */
    private boolean killExiting(String name, StormVariant variant, Random random) throws Exception {
        Process worker = run.producer(name, THREADS, MOST_MESSAGES, 0, variant.environment("EMBERLOG_OVERFLOW=drop"));
        awaitCalls(worker, name, 1 + random.nextInt(LATEST_CALL));
        RingFile ring = Rings.of(run, name).orElseThrow();
        worker.getOutputStream().close();
        if (random.nextBoolean()) {
            Waiting.until(
                    name + " to say goodbye",
                    StormRun.LIMIT,
                    LOOK_NS,
                    () -> ring.header().saidGoodbye() || !worker.isAlive());
        } else {
            LockSupport.parkNanos((long) Math.exp(random.nextDouble() * Math.log(60e6)));
        }
        int code = worker.destroyForcibly().waitFor();
        if (code == 0) {
            met("nobody any more");
            mustHaveStopped.add(name);
            return false;
        }
        assertThat(code).as("exit code of " + name).isEqualTo(Children.KILLED);
        boolean goodbye = ring.header().saidGoodbye();
        met(goodbye ? "a goodbye" : "an exit without goodbye yet");
        (goodbye ? mustHaveStopped : mustBeDead).add(name);
        return true;
    }

    private void awaitCalls(Process worker, String name, long more) throws IOException {
        long wanted = run.issued(name) + more;
        Waiting.until(name + " to make " + wanted + " calls", StormRun.LIMIT, 100_000, () -> {
            assertThat(worker.isAlive()).as(name + " lives").isTrue();
            return run.issued(name) >= wanted && Files.exists(run.directory.acksOf(name));
        });
    }
}

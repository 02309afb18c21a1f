package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.producer.Notes;
import io.emberlog.samples.producer.Trouble;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Workers of which a witness says that they are dead and which are not, stopped for seconds, so that their heartbeat agrees.
 * Then they go on, and in the end they are killed. Alone: {@code .ci/storm FalseDeathTest 50 42}, for 50 workers of each kind
 * with seed 42.
 */
class FalseDeathTest {
    private static final int AT_ONCE = 5;
    private static final int THREADS = 4;
    private static final long MOST_MESSAGES = 2_000_000;
    private static final long PAUSE_NS = 300_000;
    private static final long CALLS = 3_000;
    /** Longer than a heartbeat word may stand still for a death where processes cannot be compared: three seconds. */
    private static final long STOPPED_NS = 4_500_000_000L;

    /** Takes over copies of its parent's descriptors, those of the files named, as a child that was forked has them. */
    private static final String HEIR = """
            import ctypes, os, sys, time
            parent, heirlooms = int(sys.argv[1]), sys.argv[2:]
            libc = ctypes.CDLL(None, use_errno=True)
            pidfd = libc.syscall(434, parent, 0)
            taken = 0
            for fd in os.listdir('/proc/%d/fd' % parent):
                if os.readlink('/proc/%d/fd/%s' % (parent, fd)) in heirlooms:
                    copy = libc.syscall(438, pidfd, int(fd), 0)
                    other = libc.syscall(438, pidfd, int(fd), 0)
                    if copy < 0 or other < 0:
                        sys.exit('pidfd_getfd failed: %d' % ctypes.get_errno())
                    os.close(other)
                    taken += 1
            for file in heirlooms:
                os.close(os.open(file, os.O_RDWR))
            print(taken, flush=True)
            sys.stdin.read()
            """;

    private enum Witness {
        /** Its lock, which it dropped itself. */
        READ(Trouble.READ, true, false),
        /** None, if an interrupt closes no file. */
        INTERRUPT(Trouble.INTERRUPT, false, false),
        /** Its lock after its death, should a child keep it. */
        FORK(Trouble.FORK, false, false),
        /** Lock and heartbeat, in a namespace where its process cannot be asked: it is judged, and not dead. */
        JUDGED(Trouble.READ, true, true);

        final Trouble trouble;
        final boolean lockFree;
        final boolean judged;

        Witness(Trouble trouble, boolean lockFree, boolean judged) {
            this.trouble = trouble;
            this.lockFree = lockFree;
            this.judged = judged;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAndDeathIsToldWhenItComesThoughItIsWitnessedBefore(Witness witness)
            throws IOException, InterruptedException {
        if (witness.judged) {
            Namespaces.need();
        }
        StormRun.run(Fault.FALSE_DEATH, witness.name(), 1.0 / Witness.values().length, run -> storm(run, witness));
    }

    private static void storm(StormRun run, Witness witness) throws Exception {
        Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory));
        master.start();
        List<String> names = new ArrayList<>();
        for (int number = 0; number < run.count; number++) {
            names.add(String.format("w%04d", number));
        }
        Crowd.of(AT_ONCE, run.count, number -> one(run, witness, names.get(number), number));
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        if (witness.judged) {
            // that it is taken for dead is told unless its next ring is there before the first has ended
            assertThat(StormRun.dead(judgement)).containsAll(names).hasSizeBetween(run.count, 2 * run.count);
        } else {
            assertThat(StormRun.dead(judgement)).containsExactlyInAnyOrderElementsOf(names);
            assertThat(Told.lines(run, "\"event\":\"replaced\""))
                    .as("rings sealed")
                    .isZero();
        }
    }

    private static void one(StormRun run, Witness witness, String name, int number) throws Exception {
        StormVariant variant = number % 2 == 0 ? StormVariant.PLAIN : StormVariant.BATCHED;
        UnaryOperator<ProcessBuilder> way = witness.judged ? Namespaces.ALONE : UnaryOperator.identity();
        Path acks = run.directory.acksOf(name);
        Process started = new Troubled(run, witness.trouble)
                .under(way)
                .start(name, THREADS, MOST_MESSAGES, PAUSE_NS, variant.environment("EMBERLOG_OVERFLOW=block:5s"));
        awaitCalls(run, started, name, CALLS);
        if (witness == Witness.INTERRUPT) {
            Waiting.until(
                    "flushes and syncs of " + name + " to be interrupted",
                    StormRun.LIMIT,
                    () -> Notes.sum(acks, "flushes") > 0 && Notes.sum(acks, "syncs") > 0);
        }
        RingFile ring = Rings.of(run, name).orElseThrow();
        Process heir = witness == Witness.FORK ? heirOf(run, started, ring.path()) : null;
        if (witness.lockFree) {
            Waiting.until("the lock of " + name + " to be free", StormRun.LIMIT, () -> isLockFree(ring.path()));
        } else {
            assertThat(isLockFree(ring.path()))
                    .as("the lock of " + name + " is free")
                    .isFalse();
        }

        ProcessHandle worker = witness.judged ? Namespaces.processOne(started) : started.toHandle();
        Signals.stop(worker.pid());
        if (witness.judged) {
            Waiting.until(
                    name + " to be judged", StormRun.LIMIT, () -> ring.header().state() != RingDescriptor.STATE_OPEN);
        } else {
            LockSupport.parkNanos(STOPPED_NS);
            assertThat(ring.header().state()).as("state of a living ring").isEqualTo(RingDescriptor.STATE_OPEN);
            assertThat(Files.exists(ring.path())).as("a living ring is there").isTrue();
        }
        if (witness.judged && new Random(run.seed * 31 + number).nextBoolean()) {
            Waiting.until("the ring of " + name + " to be gone", StormRun.LIMIT, () -> Files.notExists(ring.path()));
        }
        Signals.send("CONT", worker.pid());
        awaitCalls(run, started, name, CALLS);

        worker.destroyForcibly();
        assertThat(started.waitFor())
                .as("exit code of " + name)
                .isIn(witness.judged ? Namespaces.KILLED : Set.of(Children.KILLED));
        Waiting.until(
                "the ring of " + name + " to be salvaged",
                StormRun.LIMIT,
                () -> Rings.files(run, name, ".ring").length == 0);
        if (witness == Witness.FORK) {
            assertThat(heir.isAlive())
                    .as("who inherited from " + name + " lives on")
                    .isTrue();
            Children.kill(heir);
            endChildren(acks, name);
        }
        assertThat(Notes.of(acks)).as(name).noneMatch(note -> note.startsWith("wrong "));
        assertThat(Notes.sum(acks, "swallowed"))
                .as("interrupts that " + name + " missed")
                .isZero();
        StormRun.say(name + " (" + variant + "): " + Notes.of(acks));
        run.madeOne();
    }

    private static Process heirOf(StormRun run, Process worker, Path ring) throws Exception {
        Path lock = ChannelDirectory.lockFileOf(ring);
        Process heir = run.children.start(
                new ProcessBuilder("python3", "-c", HEIR, Long.toString(worker.pid()), ring.toString(), lock.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT));
        assertThat(heir.inputReader().readLine())
                .as("descriptors that it inherits: that of the lock")
                .isEqualTo("1");
        return heir;
    }

    /** Those that it started are orphans now, and alive. */
    private static void endChildren(Path acks, String name) throws IOException {
        int alive = 0;
        for (String note : Notes.of(acks)) {
            if (note.startsWith("child ")) {
                ProcessHandle child =
                        ProcessHandle.of(Long.parseLong(note.substring(6))).orElse(null);
                if (child != null && child.isAlive()) {
                    alive++;
                    child.destroyForcibly();
                }
            }
        }
        assertThat(alive).as("children that outlive " + name).isPositive();
    }

    /** Asked from here: what this process opens and closes drops no lock but its own. */
    private static boolean isLockFree(Path ring) throws IOException {
        try (FileChannel channel = FileChannel.open(ChannelDirectory.lockFileOf(ring), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        }
    }

    private static void awaitCalls(StormRun run, Process worker, String name, long more) throws IOException {
        long wanted = run.issued(name) + more;
        Waiting.until(name + " to make " + wanted + " calls", StormRun.LIMIT, () -> {
            assertThat(worker.isAlive()).as(name + " lives").isTrue();
            return run.issued(name) >= wanted;
        });
    }
}

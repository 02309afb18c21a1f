package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Workers that are stopped for seconds in the middle of everything, with full rings: the master stands still until they are
 * full, then the workers are stopped, then it goes on. It drains what is whole, waits where a call was stopped in the middle,
 * says that they hang, and repairs and seals nothing. Alone: {@code .ci/storm WorkerStoppedTest 500 42}, for 500 stops with
 * seed 42.
 */
class WorkerStoppedTest {
    private static final int WORKERS = 5;
    private static final int THREADS = 4;
    private static final long MOST_MESSAGES = 4_000_000;
    private static final int SHORTEST_STOP_MS = 2_000;
    private static final int LONGEST_STOP_MS = 4_000;

    @Test
    void whoIsStoppedForSecondsWithAFullRingIsNeitherRepairedNorSealedAndAllOfItArrives() throws IOException {
        StormRun.run(Fault.WORKER_STOPPED, "", 1, WorkerStoppedTest::storm);
    }

    private static void storm(StormRun run) throws Exception {
        Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory));
        master.start();
        Random random = new Random(run.seed);
        List<Process> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            StormVariant variant = i % 2 == 0 ? StormVariant.PLAIN : StormVariant.BATCHED;
            workers.add(run.producer(
                    "w" + i,
                    THREADS,
                    MOST_MESSAGES,
                    0,
                    variant.environment("EMBERLOG_RING_SIZE=128K", "EMBERLOG_OVERFLOW=block:60s")));
        }
        List<RingFile> rings = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            String name = "w" + i;
            Waiting.until(name + " to log", StormRun.LIMIT, () -> run.issued(name) > 1_000);
            rings.add(Rings.of(run, name).orElseThrow());
        }
        int cutShort = 0;
        for (int stops = 0; stops < run.count; ) {
            int now = Math.min(WORKERS, run.count - stops);
            cutShort += stopAll(run, master, workers.subList(0, now), rings, random);
            for (int stop = 0; stop < now; stop++) {
                run.madeOne();
            }
            stops += now;
        }
        for (Process worker : workers) {
            run.end(worker);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        StormRun.say(run.count + " stops, " + cutShort + " of them with a call in the middle of its record");
        assertThat(StormRun.dead(judgement)).isEmpty();
        assertThat(Told.lines(run, "\"event\":\"replaced\""))
                .as("no ring was sealed")
                .isZero();
        assertThat(Told.lines(run, "\"event\":\"hung\""))
                .as("it was told that they hang")
                .isPositive();
    }

    /** @return how many were stopped between the claim and the commit of a record */
    private static int stopAll(StormRun run, Master master, List<Process> workers, List<RingFile> rings, Random random)
            throws Exception {
        Signals.stop(master.pid());
        for (int i = 0; i < workers.size(); i++) {
            RingFile ring = rings.get(i);
            Waiting.until(
                    "the ring of w" + i + " to be full",
                    StormRun.LIMIT,
                    () -> ring.tail() - ring.head() > ring.capacity() - ring.capacity() / 8 - 8 * 1024);
        }
        // into full rings the calls only wait: as the master takes, they write
        Signals.send("CONT", master.pid());
        LockSupport.parkNanos(random.nextInt(3_000_000));
        for (Process worker : workers) {
            Signals.stop(worker.pid());
        }
        long[] words = new long[workers.size()];
        long[] issued = new long[workers.size()];
        for (int i = 0; i < workers.size(); i++) {
            words[i] = rings.get(i).header().heartbeatWord();
            issued[i] = run.issued("w" + i);
        }
        LockSupport.parkNanos((SHORTEST_STOP_MS + random.nextInt(LONGEST_STOP_MS - SHORTEST_STOP_MS)) * 1_000_000L);
        int cutShort = 0;
        for (int i = 0; i < workers.size(); i++) {
            RingFile ring = rings.get(i);
            assertThat(run.issued("w" + i)).as("w" + i + " stands").isEqualTo(issued[i]);
            assertThat(ring.header().heartbeatWord()).as("w" + i + " stands").isEqualTo(words[i]);
            assertThat(ring.header().state()).as("state of the ring of w" + i).isEqualTo(RingDescriptor.STATE_OPEN);
            assertThat(Files.exists(ring.path())).as(ring.path() + " is there").isTrue();
            cutShort += ring.tail() > ring.head() ? 1 : 0;
        }
        for (Process worker : workers) {
            Signals.send("CONT", worker.pid());
        }
        for (int i = 0; i < workers.size(); i++) {
            String name = "w" + i;
            long before = issued[i];
            Waiting.until(name + " to go on", StormRun.LIMIT, () -> run.issued(name) > before + 100);
        }
        return cutShort;
    }
}

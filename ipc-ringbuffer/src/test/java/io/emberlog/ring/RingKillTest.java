package io.emberlog.ring;

import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real workers, SIGKILLed in the middle of their writes while this process drains their ring. */
class RingKillTest {
    private static final int KILLS = 20;

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();
    private final RingBlockReader reader = new RingBlockReader();
    private final int[][] received = new int[WriterChild.THREADS][WriterChild.MAX_RECORDS + 1];
    private final int[] newest = new int[WriterChild.THREADS];

    @Test
    @CrashRow({"R2", "R3", "R4", "R5", "R6", "R7"})
    void whatAKilledWorkerHadAcknowledgedArrivesOnceInOrderAndUnaltered() throws Exception {
        long damage = 0;
        long arrived = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            SplittableRandom random = new SplittableRandom(kill);
            Path channel = directory.resolve("kill" + kill);
            Path notesFile = directory.resolve("notes" + kill);
            VarHandleBuffer notes = new VarHandleBuffer(WriterChild.mapNotes(notesFile));
            int capacity = random.nextBoolean() ? RingDescriptor.MIN_CAPACITY : 1 << 20;
            Process child = Jvms.command(
                            Jvms.ownJava(), Jvms.classPath(), WriterChild.class, channel, kill, notesFile, capacity)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            long killAt = random.nextLong(1, 60_000);
            RingFile file;
            RingDrain drain;
            try {
                file = RingFile.open(ringIn(channel));
                drain = new RingDrain(file, -1, new SlotSequences());
                boolean drains = random.nextInt(4) > 0;
                while (acknowledged(notes) < killAt && (drains || file.tail() < capacity / 2)) {
                    assertThat(child.isAlive()).isTrue();
                    if (drains && drain.take(block, 64 * 1024, NO_HEARTBEATS) > 0) {
                        note(block);
                        drain.release(drain.takenPosition());
                    }
                }
            } finally {
                child.destroyForcibly();
            }
            assertThat(child.waitFor()).isEqualTo(128 + 9);
            while (drain.take(block, 64 * 1024, NO_HEARTBEATS) > 0) {
                note(block);
                drain.release(drain.takenPosition());
            }
            file.seal();
            RingSalvage salvage = RingSalvage.start(file, drain.takenPosition(), drain.sequences());
            while (salvage.next(block, 64 * 1024, NO_HEARTBEATS)) {
                note(block);
            }
            arrived += judge(kill, notes);
            damage += salvage.torn() + salvage.holes();
        }
        System.out.println(KILLS + " kills: " + arrived + " records arrived, " + damage + " damaged regions");
    }

    private static Path ringIn(Path channel) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> !rings(channel).isEmpty());
        return rings(channel).get(0);
    }

    private static List<Path> rings(Path channel) {
        try {
            return ChannelDirectory.open(channel).rings();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long acknowledged(VarHandleBuffer notes) {
        long sum = 0;
        for (int thread = 0; thread < WriterChild.THREADS; thread++) {
            sum += notes.getLongAcquire(thread * WriterChild.THREAD_ROOM);
        }
        return sum;
    }

    private void note(RingBlock taken) {
        reader.wrap(taken.bytes(), 0, taken.length(), taken.position());
        while (reader.nextEntry()) {
            int thread = reader.slot();
            assertThat(reader.firstSequence()).as("order of thread %d", thread).isEqualTo(++newest[thread]);
            EntryDecoder entry = reader.entry();
            received[thread][newest[thread]] = WriterChild.crc(
                    entry.buffer(),
                    entry.sectionOffset(MessageDescriptor.TEMPLATE),
                    entry.sectionLength(MessageDescriptor.TEMPLATE));
        }
        assertThat(reader.broken()).isNull();
    }

    /** Exactly the acknowledged, and at most the one in flight of each thread; then forgets. */
    private long judge(int kill, VarHandleBuffer notes) {
        long sum = 0;
        for (int thread = 0; thread < WriterChild.THREADS; thread++) {
            int at = thread * WriterChild.THREAD_ROOM;
            int acknowledged = (int) notes.getLongAcquire(at);
            assertThat(newest[thread]).as("kill=%d thread=%d", kill, thread).isBetween(acknowledged, acknowledged + 1);
            for (int sequence = 1; sequence <= acknowledged; sequence++) {
                if (received[thread][sequence] != notes.getInt(at + 4 + 4 * sequence)) {
                    throw new AssertionError(
                            "kill=" + kill + " thread=" + thread + " sequence=" + sequence + " altered");
                }
            }
            sum += newest[thread];
            newest[thread] = 0;
        }
        return sum;
    }
}

package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import io.emberlog.ring.Ring;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockedWriterTest {
    /** Spins and yields in front of the first park of {@link Backoff}. */
    private static final int WITHOUT_PARK = 80;

    @TempDir
    private Path temp;

    /** Hundreds of processes in such a wait left their master no processor. */
    @Test
    void aCallThatIsBlockedForSecondsLooksForRoomLessAndLessOften() {
        AtomicInteger looks = new AtomicInteger();
        Pauses pauses = new Pauses() {
            private long nowNs;

            @Override
            public long nanoTime() {
                return nowNs;
            }

            @Override
            public void idle(int attempt) {
                nowNs += 1_280_000;
                looks.incrementAndGet();
            }

            @Override
            public void idle(int attempt, long waitedNs, long leftNs) {
                nowNs += attempt < WITHOUT_PARK ? 1_000 : Backoff.parkNs(attempt - WITHOUT_PARK, waitedNs, leftNs);
                looks.incrementAndGet();
            }
        };
        WorkerFixture worker = new WorkerFixture(temp);
        worker.step(0);
        RingChain chain = new RingChain((predecessor, now) -> worker.ring(0), new EpochClock(), why -> {}, pauses);
        SlotTable slots = new SlotTable();
        chain.maintain(0, slots);
        worker.ring(0).afterOffer = (type, result) -> Ring.FULL;
        RingWriter writer = new RingWriter(chain, slots, new DropCounters(), false, pauses);
        Scratch scratch = new ScratchPool(8 * 1024, 4 * 1024).acquire();
        scratch.begin(1, null, Level.INFO, "no room");
        scratch.batch.endEntry();

        assertThat(writer.write(scratch, 9, Overflow.block(Duration.ofSeconds(10))))
                .isEqualTo(DropReason.BLOCK_TIMEOUT);
        assertThat(looks).hasValueBetween(200, 500);
    }
}

package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The crash table of {@link RingDrain}: a master that stops after each step, and what the next one does. */
class RingDrainCrashTest {
    private static final int STORE_JOURNALED = 1;
    private static final int STORE_BATCH_OF_FIRST_SLOT = 2;
    private static final int STORE_BATCH_OF_SECOND_SLOT = 3;
    private static final int ZERO = 4;
    private static final int STORE_HEAD = 5;

    @TempDir
    Path directory;

    /** What survives a master: what it appended, its end for the ring, and the newest sequences. */
    private static final class Journal {
        private final Stream stream;
        private final SlotSequences sequences = new SlotSequences();
        private long end = -1;

        Journal(Stream stream) {
            this.stream = stream;
        }

        void append(RingBlock block, SlotSequences taken) {
            stream.accept(block);
            end = block.endPosition();
            sequences.copyFrom(taken);
        }

        SlotSequences sequences() {
            SlotSequences copy = new SlotSequences();
            copy.copyFrom(sequences);
            return copy;
        }
    }

    private final RingBlock block = new RingBlock();
    private final Stream stream = new Stream(3, CAPACITY);
    private final Journal journal = new Journal(stream);
    private Stream.Writer writer;
    private Stream.Writer secondSlot;
    private RingFile file;

    @BeforeEach
    void createRing() throws IOException {
        file = TestRings.create(directory);
        writer = stream.new Writer(0);
        for (int i = 0; i < 20; i++) {
            writer.offer(file.ring(), true);
        }
        secondSlot = stream.new Writer(1);
        secondSlot.offer(file.ring(), true);
    }

    private RingDrain successor() throws RingBrokenException {
        return new RingDrain(file, journal.end, journal.sequences());
    }

    private void drainAll(RingDrain drain) throws RingBrokenException {
        while (drain.take(block, CAPACITY, NO_HEARTBEATS) > 0) {
            journal.append(block, drain.sequences());
            drain.release(drain.takenPosition());
        }
    }

    private void everythingArrivesOnceAfter(Steps release) throws RingBrokenException {
        RingDrain dying = new RingDrain(release.through(file), journal.end, journal.sequences());
        dying.take(block, CAPACITY, NO_HEARTBEATS);
        journal.append(block, dying.sequences());
        assertThatThrownBy(() -> dying.release(dying.takenPosition())).isInstanceOf(Steps.Halted.class);
        everythingArrivesOnce();
    }

    private void everythingArrivesOnce() throws RingBrokenException {
        RingDrain next = successor();
        assertThat(file.head()).isEqualTo(journal.end);
        assertThat(file.header().journaledPosition()).isEqualTo(journal.end);
        assertThatTheReleasedIsZero();
        drainAll(next);
        assertThat(stream.received(0)).isEqualTo(writer.sequence());
        assertThat(stream.received(1)).isEqualTo(secondSlot.sequence());
        assertThat(file.header().journaledBatch(0)).isEqualTo(writer.sequence());
        assertThat(file.header().journaledBatch(1)).isEqualTo(secondSlot.sequence());
    }

    private void assertThatTheReleasedIsZero() {
        for (long position = file.tail(); position < file.head() + CAPACITY; position += 4) {
            assertThat(file.words().getInt((int) position & CAPACITY - 1)).isZero();
        }
    }

    /** The constructor stores the head once, so the steps of a release start behind it. */
    private static final int OPENING = 3;

    @Test
    @CrashRow("D1")
    void whatWasOnlyTakenIsTakenAgain() throws Exception {
        RingDrain dying = successor();
        assertThat(dying.take(block, CAPACITY, NO_HEARTBEATS)).isPositive();
        long end = block.endPosition();

        RingDrain next = successor();
        assertThat(next.take(block, CAPACITY, NO_HEARTBEATS)).isPositive();
        assertThat(block.position()).isZero();
        assertThat(block.endPosition()).isEqualTo(end);
        assertThat(block.doubles()).isZero();
        stream.accept(block);
        assertThat(stream.received(0)).isEqualTo(writer.sequence());
    }

    @Test
    @CrashRow("D2")
    void whatWasJournaledAndNotReleasedIsNotTakenAgain() throws Exception {
        RingDrain dying = successor();
        dying.take(block, CAPACITY, NO_HEARTBEATS);
        journal.append(block, dying.sequences());

        everythingArrivesOnce();
    }

    @Test
    @CrashRow("D3")
    void aReleaseThatStoredOnlyTheJournaledPositionIsFinished() throws Exception {
        everythingArrivesOnceAfter(Steps.after(OPENING + STORE_JOURNALED));
    }

    @Test
    @CrashRow("D7")
    void aReleaseThatStoredTheNumbersOfSomeSlotsIsFinished() throws Exception {
        everythingArrivesOnceAfter(Steps.after(OPENING + STORE_BATCH_OF_FIRST_SLOT));
    }

    @Test
    @CrashRow("D7")
    void aReleaseThatStoredTheNumbersOfAllSlotsIsFinished() throws Exception {
        everythingArrivesOnceAfter(Steps.after(OPENING + STORE_BATCH_OF_SECOND_SLOT));
    }

    @Test
    @CrashRow("D4")
    void aHalfZeroedBlockIsZeroedToItsEnd() throws Exception {
        everythingArrivesOnceAfter(Steps.inTheMiddleOf(OPENING + ZERO));
    }

    @Test
    @CrashRow("D5")
    void aZeroedBlockWhoseHeadWasNotStoredIsReleased() throws Exception {
        everythingArrivesOnceAfter(Steps.after(OPENING + ZERO));
    }

    @Test
    @CrashRow("D6")
    void aFinishedReleaseNeedsNothing() throws Exception {
        everythingArrivesOnceAfter(Steps.after(OPENING + STORE_HEAD));
    }

    /** A master dies after its k-th store, for every k of many rounds over several laps; the writer never stops. */
    @Test
    @CrashRow({"D2", "D3", "D4", "D5", "D6", "D7"})
    void mastersThatDieAfterEveryOneOfTheirStoresJournalEverythingOnce() throws Exception {
        drainAll(successor());
        for (int round = 0; round < 3000; round++) {
            Ring ring = file.ring();
            while (ring.backlog() < CAPACITY / 2 && writer.offer(ring, true) == Ring.RINGED) {
                continue;
            }
            Steps steps = round % 2 == 0 ? Steps.after(round / 2 % 12) : Steps.inTheMiddleOf(1 + round / 2 % 12);
            try {
                RingDrain dying = new RingDrain(steps.through(file), journal.end, journal.sequences());
                while (dying.take(block, 1 + round % 9000, NO_HEARTBEATS) > 0) {
                    journal.append(block, dying.sequences());
                    dying.release(dying.takenPosition());
                }
            } catch (Steps.Halted dead) {
                // the next round is the successor
            }
        }
        drainAll(successor());

        assertThat(file.tail()).as("laps").isGreaterThan(5L * CAPACITY);
        assertThat(stream.received(0)).isEqualTo(writer.sequence());
    }

    @Test
    void aSalvageRepeatedAfterEveryBlockDeliversOnceAndCountsTheSameDamage() throws Exception {
        RingDrain drain = successor();
        drain.take(block, 2000, NO_HEARTBEATS);
        journal.append(block, drain.sequences());
        drain.release(drain.takenPosition());
        Stream.Writer other = secondSlot;
        for (int step = 1; step <= 4; step++) {
            RingFile dying = Steps.after(step).through(file);
            assertThatThrownBy(() -> stream.new Writer(2).offer(dying.ring(), true))
                    .isInstanceOf(Steps.Halted.class);
            other.offer(file.ring(), true);
        }
        file.seal();
        RingSalvage whole = RingSalvage.start(file, journal.end, journal.sequences());
        while (whole.next(block, 1, NO_HEARTBEATS)) {
            continue;
        }

        while (true) {
            RingSalvage restarted = RingSalvage.start(file, journal.end, journal.sequences());
            if (!restarted.next(block, 1, NO_HEARTBEATS)) {
                assertThat(restarted.torn()).isEqualTo(whole.torn()).isEqualTo(3);
                assertThat(restarted.holes()).isEqualTo(whole.holes()).isEqualTo(1);
                break;
            }
            journal.append(block, restarted.sequences());
            // a master that looks at the sealed ring once more must not wipe what the count needs
            new RingDrain(file, journal.end, journal.sequences());
        }
        assertThat(stream.received(0)).isEqualTo(writer.sequence());
        assertThat(stream.received(1)).isEqualTo(other.sequence()).isEqualTo(5);
    }

    @Test
    void releasingWhatWasNotTakenIsRefused() throws Exception {
        RingDrain drain = successor();
        drain.take(block, 1, NO_HEARTBEATS);

        assertThatThrownBy(() -> drain.release(drain.takenPosition() + 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("journaledEnd=");
    }

    @Test
    void aRecordRepeatedUnderItsOldNumberBecomesPadding() throws Exception {
        drainAll(successor());
        VarHandleBuffer source = stream.new Writer(0).encodeNext();
        RingFile fresh = TestRings.create(directory.resolve("successor"));
        Stream.Writer again = stream.new Writer(0);
        again.encodeNext();
        fresh.ring().offer(MessageDescriptor.TYPE_LOG_BATCH, source, 0, again.length(), true);
        writer.offer(fresh.ring(), true);
        RingDrain drain = new RingDrain(fresh, -1, journal.sequences());
        drain.take(block, CAPACITY, NO_HEARTBEATS);

        assertThat(block.doubles()).isEqualTo(1);
        assertThat(block.recordCount()).isEqualTo(2);
        assertThat(block.entryCount()).isEqualTo(1);
        stream.accept(block);
        assertThat(stream.received(0)).isEqualTo(writer.sequence());
    }
}

package io.emberlog.master.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.emberlog.handler.file.SimulatedDisk;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.TableStoreWriteLock;
import net.openhft.chronicle.queue.impl.table.Metadata;
import net.openhft.chronicle.queue.impl.table.SingleTableBuilder;
import net.openhft.chronicle.threads.BusyTimedPauser;
import net.openhft.chronicle.wire.DocumentContext;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the crash tables of {@link Journal}, named by its id; killed processes are real, and so is the full disk. */
class JournalCrashTest {
    /** In front of a document of 256 bytes to 64 KiB: block header 4, field name 4, length 3, array code 1. */
    private static final int AROUND_A_DOCUMENT = 12;

    private static final Duration LIMIT = Duration.ofSeconds(120);

    @TempDir
    Path temp;

    private final Recorder recorder = new Recorder();
    private final TestDocuments documents = new TestDocuments();

    @Test
    @CrashRow({"J11", "J12", "J13"})
    void noAcknowledgedDocumentIsLostOrDoubledByTenKills() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path directory = temp.resolve("journal");
        Path acknowledged = temp.resolve("acknowledged");
        Path output = temp.resolve("output");
        for (int kill = 0; kill < 10; kill++) {
            long more = size(acknowledged) + Long.BYTES * (1 + random.nextInt(300));
            Process child = ChildJvm.start(
                    output, ChildJvm.command(AppenderMain.class, directory, acknowledged, Integer.MAX_VALUE));
            try {
                Awaitility.await()
                        .atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> size(acknowledged) >= more || !child.isAlive());
                assertThat(child.isAlive()).as(Files.readString(output)).isTrue();
            } finally {
                ChildJvm.kill(child);
            }
            assertThat(Files.readString(output)).as("nothing is ever printed").isEmpty();
        }
        try (Journal journal = open(directory)) {
            Set<Long> issued = acknowledged(acknowledged);
            List<Long> read = read(directory);
            assertThat(read).as("seed %d", seed).doesNotHaveDuplicates().containsAll(issued);
            assertThat(recorder.broken).isEmpty();
            assertThat(recorder.gaps).isEmpty();
            assertThat(JournalRecovery.recover(journal).nextSequence()).isEqualTo(read.size());
            append(journal, read.size());
        }
        assertThat(read(directory))
                .hasSizeGreaterThan(acknowledged(acknowledged).size());
    }

    @Test
    void aReaderGoesOnWhenTheListingThatItReadsByIsSetAside() throws Exception {
        Path directory = journalOf(3);
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            for (int i = 0; i < 3; i++) {
                assertThat(reader.next(document)).isTrue();
            }
            SegmentFiles.setAside(directory.resolve(ChronicleQueues.METADATA_FILE));
            appendOneMore(directory, 3);
            Awaitility.await()
                    .pollInSameThread()
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> reader.next(document));
            assertThat(document.firstSequence()).isEqualTo(3);
            assertThat(recorder.gaps).isEmpty();
        }
    }

    @Test
    void aReaderStaysWhereItIsWhenNoListingKnowsTheNextSegment() throws Exception {
        Path directory = journalOf(3);
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            for (int i = 0; i < 3; i++) {
                assertThat(reader.next(document)).isTrue();
            }
            Map.Entry<Integer, Path> last = SegmentFiles.list(directory).lastEntry();
            Path unlisted = SegmentFiles.path(directory, last.getKey() + 1);
            Files.copy(last.getValue(), unlisted);
            // Each second it looks for a listing that names the file, and finds none.
            Awaitility.await()
                    .pollInSameThread()
                    .pollInterval(Duration.ofMillis(20))
                    .during(Duration.ofMillis(2_500))
                    .atMost(LIMIT)
                    .until(() -> !reader.next(document));
            Files.delete(unlisted);
            appendOneMore(directory, 3);
            Awaitility.await()
                    .pollInSameThread()
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(LIMIT)
                    .until(() -> reader.next(document));
            assertThat(document.firstSequence()).isEqualTo(3);
            assertThat(recorder.gaps).isEmpty();
        }
    }

    private void appendTo(Path directory, long sequence) throws Exception {
        try (Journal journal = open(directory)) {
            append(journal, sequence);
        }
    }

    /** Whoever took a listing that broke off for all there is has told Chronicle so, and readers go by that. */
    @Test
    void aReaderThatIsToldOfFewerSegmentsThanThereAreDoesNotPassOverThem() throws Exception {
        Path directory = journalOf(3);
        appendOneMore(directory, 3);
        List<Path> segments = List.copyOf(SegmentFiles.list(directory).values());
        assertThat(segments).hasSizeGreaterThan(1);
        Path away = temp.resolve("away");
        Files.move(segments.get(0), away);
        appendTo(directory, 4); // lists the rest
        Files.move(away, segments.get(0));
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            Assertions.assertThatThrownBy(reader::toStart)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(segments.get(0).getFileName().toString());
        }
        appendTo(directory, 5); // lists all
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            reader.toStart();
            assertThat(reader.next(new JournalDocumentReader())).isTrue();
            assertThat(reader.expectedSequence()).isEqualTo(1);
        }
    }

    @Test
    @CrashRow("J4")
    void pidOneThatWasKilledWhileAppendingStartsAgainAsPidOne() throws Exception {
        Path directory = temp.resolve("journal");
        Path acknowledged = temp.resolve("acknowledged");
        Path output = temp.resolve("output");
        List<String> unshare = List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");
        orSkip(run(concat(unshare, List.of("true"))), "unshare --pid is not permitted here");
        for (int start = 0; start < 4; start++) {
            long more = size(acknowledged) + Long.BYTES * 50;
            Process child = ChildJvm.start(
                    output,
                    concat(unshare, ChildJvm.command(AppenderMain.class, directory, acknowledged, Integer.MAX_VALUE)));
            try {
                Awaitility.await()
                        .atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> size(acknowledged) >= more || !child.isAlive());
                assertThat(child.isAlive()).as(Files.readString(output)).isTrue();
            } finally {
                ChildJvm.kill(child);
            }
        }
        assertThat(read(directory)).doesNotHaveDuplicates().containsAll(acknowledged(acknowledged));
    }

    @Test
    @CrashRow("J14")
    void aFullDiskIsACleanRefusalAndNothingAcknowledgedIsLost() throws Exception {
        Path mount = Files.createDirectory(temp.resolve("small"));
        orSkip(
                run(List.of("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", mount.toString())),
                "mounting a tmpfs is not permitted here");
        try {
            Path directory = mount.resolve("journal");
            Path ballast = mount.resolve("ballast");
            Files.write(ballast, new byte[8 << 20]);
            JournalConfig config = new JournalConfig(directory, 1 << 30, 0, 4 << 20, 3_600_000, 2 << 20);
            long sequence = 0;
            try (Journal journal = Journal.open(config, recorder)) {
                assertThat(journal.hasSpace()).isTrue();
                long refusals = 0;
                while (refusals < 5) {
                    try {
                        append(journal, sequence);
                        sequence++;
                    } catch (JournalException e) {
                        assertThat(e.reason()).as(e.getMessage()).isEqualTo(JournalException.Reason.NO_SPACE);
                        assertThat(journal.hasSpace()).isFalse();
                        refusals++;
                    }
                }
                assertThat(journal.isFailed()).isFalse();
                assertThat(read(directory)).hasSize((int) sequence);

                Files.delete(ballast);
                Awaitility.await().atMost(LIMIT).until(journal::hasSpace);
                long before = sequence;
                while (sequence < before + 20) {
                    append(journal, sequence++);
                }
            }
            try (Journal journal = Journal.open(config, recorder)) {
                assertThat(JournalRecovery.recover(journal).nextSequence()).isEqualTo(sequence);
                append(journal, sequence++);
            }
            assertThat(read(directory)).hasSize((int) sequence).doesNotHaveDuplicates();
            assertThat(recorder.broken).isEmpty();
        } finally {
            run(List.of("umount", "--lazy", mount.toString()));
        }
    }

    @Test
    @CrashRow("J14")
    void aWatermarkSaysStopBeforeTheDiskIsFull() throws Exception {
        Path mount = Files.createDirectory(temp.resolve("small"));
        orSkip(
                run(List.of("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", mount.toString())),
                "mounting a tmpfs is not permitted here");
        try {
            JournalConfig config =
                    new JournalConfig(mount.resolve("journal"), 1 << 30, 0, 4 << 20, 3_600_000, 14 << 20);
            try (Journal journal = Journal.open(config, recorder)) {
                long sequence = 0;
                while (journal.hasSpace()) {
                    append(journal, sequence++);
                }
                assertThat(sequence).isPositive();
                assertThat(Files.getFileStore(mount).getUsableSpace()).isPositive();
                append(journal, sequence);
            }
        } finally {
            run(List.of("umount", "--lazy", mount.toString()));
        }
    }

    @Test
    @CrashRow("J1")
    void anEmptyDirectoryIsAFreshJournal() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("journal"));
        try (Journal journal = open(directory)) {
            assertThat(journal.lastIndex()).isEqualTo(-1);
            append(journal, 0);
        }
        assertThat(read(directory)).containsExactly(0L);
    }

    @Test
    @CrashRow({"J2", "J6"})
    void blocksAllocatedForASegmentThatWasNeverBegunAreGivenBack() throws Exception {
        Path directory = journalOf(3);
        Path leftover = directory.resolve("20300101-0000V.cq4.precreated");
        Files.write(leftover, new byte[4096]);
        appendOneMore(directory, 3);
        assertThat(leftover).doesNotExist();
    }

    @Test
    @CrashRow({"J3", "J8"})
    void filesWithoutAFirstBlockAreSetAsideAndReadersStepOverThem() throws Exception {
        Path directory = journalOf(3);
        int newest = SegmentFiles.list(directory).lastKey();
        Path zeros = Files.write(SegmentFiles.path(directory, newest + 1), new byte[64 << 10]);
        Path halfMade = Files.write(SegmentFiles.path(directory, newest + 2), new byte[] {8, 0, 0, (byte) 0xC0, 1, 2});
        Files.write(SegmentFiles.path(directory, newest + 3), new byte[0]);
        assertThat(read(directory)).containsExactly(0L, 1L, 2L);
        appendOneMore(directory, 3);
        assertThat(recorder.repairs)
                .filteredOn(what -> what.contains("no first block"))
                .hasSize(3);
        assertThat(Path.of(zeros + ".broken")).exists();
        assertThat(Path.of(halfMade + ".broken")).exists();
    }

    @Test
    @CrashRow("J4")
    void aLockThatNamesThisVeryProcessIsCleared() throws Exception {
        Path directory = journalOf(3);
        try (var store = SingleTableBuilder.binary(
                                directory.resolve(ChronicleQueues.METADATA_FILE).toFile(), Metadata.NoMeta.INSTANCE)
                        .readOnly(false)
                        .build();
                TableStoreWriteLock lock = new TableStoreWriteLock(store, BusyTimedPauser::new, 100L)) {
            lock.lock();
        }
        appendOneMore(directory, 3);
    }

    @Test
    @CrashRow({"J5", "J7"})
    void aSegmentThatHasItsEndIsNotSealedTwice() throws Exception {
        Path directory = journalOf(3);
        Path segment = SegmentFiles.list(directory).firstEntry().getValue();
        byte[] open = Files.readAllBytes(segment);
        assertThat(SegmentFiles.seal(segment)).isNull();
        byte[] sealed = Files.readAllBytes(segment);
        assertThat(sealed).isNotEqualTo(open);
        assertThat(SegmentFiles.seal(segment)).isNull();
        assertThat(Files.readAllBytes(segment)).isEqualTo(sealed);
        appendOneMore(directory, 3);
        assertThat(recorder.repairs).isEmpty();
    }

    @Test
    void thatAJournalWasClosedInOrderIsNoRepairAndADocumentCutOffIsOne() throws Exception {
        Path directory = journalOf(3);
        appendOneMore(directory, 3);
        assertThat(recorder.repairs).isEmpty();
        Path segment = SegmentFiles.list(directory).lastEntry().getValue();
        long end = endOf(segment);
        overwrite(segment, end, new byte[] {0, 0, 0, (byte) 0x80});
        assertThat(SegmentFiles.seal(segment))
                .isEqualTo("a document that was being written at " + end + " (header 80000000) is cut off");
    }

    @Test
    @CrashRow("J9")
    void aSegmentThatWasBegunWithoutADocumentIsSealed() throws Exception {
        Path directory = journalOf(3);
        SegmentClock clock = new SegmentClock(SegmentFiles.list(directory).lastKey() + 1);
        try (SingleChronicleQueue queue = ChronicleQueues.openForWriting(directory, clock);
                DocumentContext context = queue.createAppender().writingDocument()) {
            context.rollbackOnClose();
        }
        assertThat(SegmentFiles.list(directory)).hasSize(2);
        assertThat(read(directory)).containsExactly(0L, 1L, 2L);
        appendOneMore(directory, 3);
        assertThat(SegmentFiles.list(directory)).hasSize(3);
    }

    @Test
    @CrashRow({"J10", "J11"})
    void bytesBehindTheLastDocumentAreNeverRead() throws Exception {
        Path directory = journalOf(3);
        Path segment = SegmentFiles.list(directory).lastEntry().getValue();
        long end = endOf(segment);
        byte[] junk = new byte[5000];
        new Random(1).nextBytes(junk);
        overwrite(segment, end + 4, junk);
        assertThat(read(directory)).containsExactly(0L, 1L, 2L);
        appendOneMore(directory, 3);
        assertThat(recorder.broken).isEmpty();
    }

    @Test
    @CrashRow("J12")
    void aDocumentThatChroniclesIndexLacksIsThereOnce() throws Exception {
        Path directory = journalOf(3);
        Path segment = SegmentFiles.list(directory).lastEntry().getValue();
        byte[] bytes = Files.readAllBytes(segment);
        int end = (int) endOf(segment);
        int length = documents.one(3, 1_000);
        int last = lastBlock(bytes, end, length);
        byte[] block = Arrays.copyOfRange(bytes, last, end);
        System.arraycopy(documents.array(), 0, block, AROUND_A_DOCUMENT, length);
        overwrite(segment, end, block);
        try (Journal journal = open(directory)) {
            RecoveredState state = JournalRecovery.recover(journal);
            assertThat(state.nextSequence()).isEqualTo(4);
            append(journal, 4);
        }
        assertThat(read(directory)).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    @CrashRow("J4")
    void metadataThatCannotBeReadIsMadeAgain() throws Exception {
        Path directory = journalOf(3);
        Path metadata = directory.resolve(ChronicleQueues.METADATA_FILE);
        long sequence = 3;
        for (byte[] damage : List.of(new byte[0], new byte[65536], "no table store at all".getBytes())) {
            Files.write(metadata, damage);
            appendOneMore(directory, sequence++);
        }
        Files.delete(metadata);
        appendOneMore(directory, sequence);
    }

    /** Whichever write it is that finds no room, and however much of it found some. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30_000})
    @CrashRow("J14")
    void aDocumentThatFindsNoRoomLeavesTheSegmentAsItWas(int taken) throws Exception {
        for (int failing = 1; failing <= 8; failing++) {
            Path directory = temp.resolve("journal-" + failing);
            Refusal disk = new Refusal(failing, taken);
            JournalConfig config = new JournalConfig(directory, 8L << 30, 0, 4 << 20, 3_600_000, 0);
            int refused = 0;
            try (Journal journal =
                    SimulatedJournal.open(config, System::currentTimeMillis, System::nanoTime, recorder, disk)) {
                for (int sequence = 0; sequence < 3; ) {
                    try {
                        append(journal, sequence, refused == 0 ? 200_000 : 10_000, null); // not what was refused
                        sequence++;
                    } catch (JournalException e) {
                        assertThat(e.reason()).isEqualTo(JournalException.Reason.NO_SPACE);
                        refused++;
                    }
                }
            }
            assertThat(refused).isEqualTo(disk.refused);
            assertThat(read(directory)).as("failing=%d", failing).containsExactly(0L, 1L, 2L);
            Path segment = SegmentFiles.list(directory).lastEntry().getValue();
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
                ByteBuffer behind = ByteBuffer.allocate(300_000);
                channel.read(behind, endOf(segment));
                assertThat(behind.array()).as("failing=%d", failing).containsOnly(0);
            }
        }
        assertThat(recorder.broken).isEmpty();
    }

    /** A disk that is full from one write on until it has said so. */
    private static final class Refusal implements SimulatedDisk.Access {
        private final int taken;
        private int left;
        private boolean full;
        int refused;

        Refusal(int failing, int taken) {
            this.left = failing;
            this.taken = taken;
        }

        @Override
        public int before(String operation, int length) throws IOException {
            if (!operation.equals("write")) {
                return length;
            }
            if (full) {
                full = false;
                refused++;
                throw new IOException("No space left on device");
            }
            full = --left == 0;
            if (full && taken == 0) {
                return before(operation, length);
            }
            return full ? Math.min(taken, length) : length;
        }

        @Override
        public void after() {}
    }

    /** As a power cut leaves it; handlers go on behind the index that they know. */
    @Test
    void noPlaceIsGivenTwiceWhenTheNewestSegmentIsLost() throws Exception {
        Path directory = temp.resolve("journal");
        try (Journal journal = open(directory)) {
            append(journal, 0);
            append(journal, 1);
            long lost = journal.lastIndex();
            Files.delete(SegmentFiles.list(directory).lastEntry().getValue());
            Thread.currentThread().interrupt(); // as an error of the device it makes force fail
            assertThatThrownBy(journal::sync).isInstanceOf(JournalException.class);
            assertThat(Thread.interrupted()).isTrue();
            journal.reopen();
            append(journal, 0);
            assertThat(journal.lastIndex()).isGreaterThan(lost);
        }
        long known = 0;
        try (Journal journal = open(directory)) {
            append(journal, 1);
            known = journal.lastIndex();
        }
        for (Path segment : SegmentFiles.list(directory).values()) {
            Files.delete(segment);
        }
        try (Journal journal = open(directory)) {
            journal.goOnAbove(known);
            append(journal, 0);
            assertThat(journal.lastIndex()).isGreaterThan(known);
        }
    }

    /** Chronicle would write on, partly through a mapping of what is not there any more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, 100_000_000})
    @CrashRow("J15")
    void aFileThatWasCutFailsTheJournalUntilItIsReopened(int behind) throws Exception {
        Path directory = temp.resolve("journal");
        try (Journal journal = open(directory)) {
            append(journal, 0, 50_000, null);
            Path segment = SegmentFiles.list(directory).lastEntry().getValue();
            try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                channel.truncate(Math.min(endOf(segment) + behind, channel.size() - 1));
            }
            // small enough to go where blocks were allocated before
            assertThatThrownBy(() -> append(journal, 1, 8_000, null))
                    .isInstanceOfSatisfying(
                            JournalException.class,
                            e -> assertThat(e.reason()).isEqualTo(JournalException.Reason.FAILED));
            assertThat(journal.isFailed()).isTrue();
            assertThatThrownBy(() -> append(journal, 1)).hasMessageContaining("reopen first");
            assertThatThrownBy(journal::sync).hasMessageContaining("reopen first");
            journal.reopen();
            long next = JournalRecovery.recover(journal).nextSequence();
            assertThat(next).isEqualTo(1);
            append(journal, next);
        }
        assertThat(read(directory)).containsExactly(0L, 1L);
    }

    /** An interrupt closes the channel that is being forced: as an error of the device, it makes force throw. */
    @Test
    @CrashRow("J16")
    void aForceThatFailsFailsTheJournalAndReopeningWritesTheSegmentsAgainBeforeItForcesThem() throws Exception {
        Path directory = temp.resolve("journal");
        try (Journal journal = open(directory)) {
            for (int i = 0; i < 60; i++) {
                append(journal, i);
            }
            Path older = SegmentFiles.list(directory).firstEntry().getValue();
            assertThat(SegmentFiles.list(directory)).hasSizeGreaterThan(1);
            FileTime longAgo = FileTime.fromMillis(0);
            Files.setLastModifiedTime(older, longAgo);

            Thread.currentThread().interrupt();
            try {
                assertThatThrownBy(journal::sync)
                        .isInstanceOfSatisfying(
                                JournalException.class,
                                e -> assertThat(e.reason()).isEqualTo(JournalException.Reason.FAILED));
            } finally {
                Thread.interrupted();
            }
            assertThat(recorder.syncFailures).hasSize(1);
            assertThat(journal.isFailed()).isTrue();
            assertThatThrownBy(() -> append(journal, 60)).hasMessageContaining("reopen first");
            assertThat(Files.getLastModifiedTime(older)).isEqualTo(longAgo);

            journal.reopen();
            assertThat(Files.getLastModifiedTime(older)).as("written again").isGreaterThan(longAgo);
            assertThat(JournalRecovery.recover(journal).nextSequence()).isEqualTo(60);
            append(journal, 60);
            assertThat(journal.sync()).isEqualTo(journal.lastIndex());
        }
        assertThat(read(directory))
                .containsExactlyElementsOf(LongStream.rangeClosed(0, 60).boxed().toList());
    }

    /** The process dies with the note in place, whatever it had done of the rest; then without. */
    @Test
    @CrashRow({"J20", "J21", "J22", "J23"})
    void theNextProcessFindsTheNoteOfAFailedForceAndWritesTheSegmentsAgain() throws Exception {
        Path directory = temp.resolve("journal");
        try (Journal journal = open(directory)) {
            for (int i = 0; i < 60; i++) {
                append(journal, i);
            }
            journal.sync();
            for (int i = 60; i < 120; i++) {
                append(journal, i);
            }
            failSync(journal);
        }
        Path note = directory.resolve(ForceFailure.FILE);
        byte[] noted = Files.readAllBytes(note);
        int since = ForceFailure.since(directory);
        assertThat(since).isGreaterThan(SegmentFiles.list(directory).firstKey());
        for (int round = 0; round < 2; round++) {
            for (Path segment : SegmentFiles.list(directory).values()) {
                Files.setLastModifiedTime(segment, FileTime.fromMillis(0));
            }
            open(directory).close();
            SegmentFiles.list(directory)
                    .forEach((cycle, segment) -> assertThat(modifiedMs(segment) > 0)
                            .as("segment %s", segment)
                            .isEqualTo(cycle >= since));
            assertThat(note).doesNotExist();
            Files.write(note, noted); // as if it had died just before it took the note away
        }
        Files.write(note, new byte[] {'?'});
        assertThat(ForceFailure.since(directory)).as("all of them").isZero();
        Files.delete(note);
        Path oldest = SegmentFiles.list(directory).firstEntry().getValue();
        Files.setLastModifiedTime(oldest, FileTime.fromMillis(0));
        try (Journal journal = open(directory)) {
            assertThat(modifiedMs(oldest)).isZero();
            assertThat(journal.breaches()).isZero();
        }
        assertThat(read(directory))
                .containsExactlyElementsOf(LongStream.range(0, 120).boxed().toList());
    }

    /** What the kernel may do after a write that failed: the page cache loses what the device never took. */
    @Test
    void whatIsFoundDamagedAfterAFailedForceIsToldAndCounted() throws Exception {
        Path directory = temp.resolve("journal");
        try (Journal journal = open(directory)) {
            for (int i = 0; i < 3; i++) {
                append(journal, i);
            }
            failSync(journal);
            Path segment = SegmentFiles.list(directory).lastEntry().getValue();
            overwrite(segment, endOf(segment) - 50_000, new byte[4096]);
            journal.reopen();
            assertThat(journal.breaches()).isEqualTo(1);
            assertThat(recorder.broken).singleElement().asString().contains("after a force that failed");

            append(journal, 3);
            failSync(journal);
            segment = SegmentFiles.list(directory).lastEntry().getValue();
            overwrite(segment, 0, new byte[(int) Files.size(segment)]);
            journal.reopen();
            assertThat(journal.breaches()).as("one that is gone altogether").isEqualTo(2);
        }
    }

    private void failSync(Journal journal) {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(journal::sync).isInstanceOf(JournalException.class);
        } finally {
            Thread.interrupted();
        }
    }

    private static long modifiedMs(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Journal open(Path directory) throws JournalException {
        return Journal.open(new JournalConfig(directory, 8L << 30, 0, 4 << 20, 3_600_000, 0), recorder);
    }

    private Path journalOf(int count) throws JournalException {
        Path directory = temp.resolve("journal");
        try (Journal journal = open(directory)) {
            for (int i = 0; i < count; i++) {
                append(journal, i, 1_000, null);
            }
        }
        return directory;
    }

    private void appendOneMore(Path directory, long sequence) throws Exception {
        try (Journal journal = open(directory)) {
            assertThat(JournalRecovery.recover(journal).nextSequence()).isEqualTo(sequence);
            append(journal, sequence);
        }
        List<Long> read = read(directory);
        assertThat(read).hasSize((int) sequence + 1).doesNotHaveDuplicates();
        assertThat(recorder.gaps).isEmpty();
    }

    private void append(Journal journal, long sequence) throws JournalException {
        append(journal, sequence, 100_000, null);
    }

    private void append(Journal journal, long sequence, int recordLength, Map<java.util.UUID, RingEnd> state)
            throws JournalException {
        int length = documents.one(sequence, recordLength, state);
        journal.append(documents.array(), length);
    }

    private List<Long> read(Path directory) throws JournalException {
        List<Long> sequences = new ArrayList<>();
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            JournalDocumentReader document = new JournalDocumentReader();
            while (reader.next(document)) {
                assertThat(TestDocuments.difference(document)).isNull();
                sequences.add(document.firstSequence());
            }
        }
        return sequences;
    }

    private static long endOf(Path segment) throws IOException {
        Path copy =
                Files.copy(segment, segment.resolveSibling("copy"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        SegmentFiles.seal(copy);
        long sealed = Files.mismatch(segment, copy) & -Integer.BYTES;
        Files.delete(copy);
        return sealed;
    }

    private static int lastBlock(byte[] bytes, int end, int documentLength) {
        for (int at = end - documentLength - 4; at > end - documentLength - 64; at -= 1) {
            int header = (int) JournalDocumentDescriptor.INT.get(bytes, at);
            if ((at & 3) == 0 && header > 0 && (at + 4 + header + 3 & -4) == end) {
                return at;
            }
        }
        throw new AssertionError("no block ends at " + end);
    }

    private static void overwrite(Path file, long offset, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static Set<Long> acknowledged(Path file) throws IOException {
        ByteBuffer words = ByteBuffer.wrap(Files.readAllBytes(file));
        Set<Long> sequences = new HashSet<>();
        while (words.remaining() >= Long.BYTES) {
            assertThat(sequences.add(words.getLong())).as("acknowledged once").isTrue();
        }
        return sequences;
    }

    private static boolean run(List<String> command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // not installed
        }
    }

    /** On CI a missing permission is a failure: there nobody would read that the test was skipped. */
    private static void orSkip(boolean permitted, String why) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(permitted).as(why).isTrue();
        }
        assumeThat(permitted).as(why).isTrue();
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}

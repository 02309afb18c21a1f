package io.emberlog.master.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
    @TempDir
    Path temp;

    private TestEvidence evidence;
    private final List<String> texts = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        evidence = new TestEvidence(temp);
    }

    @AfterEach
    void stop() {
        evidence.close();
    }

    private ReplayReport replay(Path... paths) throws IOException {
        texts.clear();
        numbers.clear();
        Evidence found = Evidence.find(List.of(paths));
        assertThat(found.problems()).isEmpty();
        Replay replay = new Replay(found, false, this::take, (read, total) -> {});
        replay.open();
        return replay.run();
    }

    private void take(LogRecord record) {
        texts.add(record.entry().text(MessageDescriptor.TEMPLATE));
        numbers.add(record.sequence());
    }

    @Test
    void aRingAloneGivesItsRecordsInOrderAndWithoutNumbers() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 30, "a");
        evidence.log(ring, 10, "b");

        ReplayReport report = replay(ring.path());

        assertThat(texts).containsExactly("a", "b");
        assertThat(numbers).containsOnly(LogRecord.UNNUMBERED);
        assertThat(report.findingCount()).isZero();
        assertThat(report.rings()).singleElement().satisfies(part -> {
            assertThat(part.worker()).isEqualTo("md-1");
            assertThat(part.records()).isEqualTo(2);
            assertThat(part.state()).isEqualTo("open");
        });
    }

    @Test
    void ringsAreMergedByTimeAndEachKeepsItsOwnOrder() throws Exception {
        RingFile first = evidence.ring("a");
        RingFile second = evidence.ring("b");
        evidence.log(first, 10, "a10");
        evidence.log(first, 40, "a40");
        evidence.log(first, 20, "a20, after a40");
        evidence.log(second, 15, "b15");
        evidence.log(second, 30, "b30");
        evidence.log(second, 50, "b50");

        replay(evidence.channel());

        assertThat(texts).containsExactly("a10", "b15", "b30", "a40", "a20, after a40", "b50");
    }

    @Test
    void whatTheJournalHasIsNotReadAgainFromTheRing() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 10, "journaled and released");
        evidence.drain(ring, true);
        evidence.log(ring, 20, "journaled");
        evidence.drain(ring, false);
        evidence.log(ring, 30, "ringed");
        evidence.closeJournal();

        replay(evidence.state(), evidence.channel());
        assertThat(texts).containsExactly("journaled and released", "journaled", "ringed");
        assertThat(numbers).containsExactly(0L, 1L, LogRecord.UNNUMBERED);

        replay(evidence.channel());
        assertThat(texts).containsExactly("journaled", "ringed");

        replay(evidence.journalPath());
        assertThat(texts).containsExactly("journaled and released", "journaled");
    }

    @Test
    void tornAndHoleAreCountedAndWhatLiesBehindThemIsRead() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 10, "a");
        evidence.torn(ring, 100);
        evidence.log(ring, 20, "b");
        evidence.hole(ring, 64);
        evidence.log(ring, 30, "c");

        ReplayReport report = replay(ring.path());

        assertThat(texts).containsExactly("a", "b", "c");
        assertThat(report.rings()).singleElement().satisfies(part -> {
            assertThat(part.torn()).isOne();
            assertThat(part.holes()).isOne();
        });
        assertThat(report.findingCount()).isZero();
    }

    @Test
    void aCheckedRingOfAnotherBootIsReadByPositionAndChecksumAndLeftAsItIs() throws Exception {
        RingFile ring = evidence.ringOfOtherBoot("md-1", true);
        evidence.log(ring, 10, "a");
        long lost = ring.tail();
        evidence.log(ring, 20, "lost");
        evidence.log(ring, 30, "b");
        try (RandomAccessFile file = new RandomAccessFile(ring.path().toFile(), "rw")) {
            file.seek(RingDescriptor.HEADER_LENGTH + lost);
            file.writeLong(0);
            file.seek(RingDescriptor.HEADER_LENGTH + ring.capacity());
            file.write(new byte[RingBufferDescriptor.TRAILER_LENGTH]); // head, tail and all
        }
        Path copy = copyOf(ring);
        byte[] before = Files.readAllBytes(copy);

        ReplayReport report = replay(copy);

        assertThat(texts).containsExactly("a", "b");
        assertThat(report.rings().get(0).resynced()).isTrue();
        assertThat(report.rings().get(0).holes()).isEqualTo(1);
        assertThat(report.findings()).isEmpty();
        assertThat(Files.readAllBytes(copy)).isEqualTo(before);
    }

    /** Without the lock, which this process holds. */
    private Path copyOf(RingFile ring) throws IOException {
        return Files.copy(ring.path(), temp.resolve("evidence.ring"));
    }

    @Test
    void anUncheckedRingOfAnotherBootIsReadWithAWarning() throws Exception {
        RingFile ring = evidence.ringOfOtherBoot("md-1", false);
        evidence.log(ring, 10, "a");

        ReplayReport report = replay(copyOf(ring));

        assertThat(texts).containsExactly("a");
        assertThat(report.findings()).singleElement().asString().contains("another boot", "may be altered");
    }

    @Test
    void aRingThatTheJournalEndedIsNotReadAgain() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 10, "a");
        evidence.drain(ring, false);
        evidence.end(ring, 2, 1);
        evidence.closeJournal();

        ReplayReport report = replay(evidence.state(), evidence.channel());

        assertThat(texts).containsExactly("a");
        assertThat(report.journals()).singleElement().satisfies(part -> {
            assertThat(part.ended()).isOne();
            assertThat(part.endedTorn()).isEqualTo(2);
            assertThat(part.endedHoles()).isOne();
        });
    }

    @Test
    void aRingFollowsItsPredecessorAndItsRepeatedRecordIsLeftOut() throws Exception {
        RingFile first = evidence.ring("md-1");
        evidence.log(first, 1, 9, 50, "", "one");
        evidence.log(first, 2, 9, 60, "", "two");
        RingFile second = evidence.ring("md-1", first.identity().ringUuid());
        evidence.log(second, 2, 9, 1, "", "two");
        evidence.log(second, 3, 9, 2, "", "three");

        ReplayReport report = replay(evidence.channel());

        assertThat(texts).containsExactly("one", "two", "three");
        assertThat(report.rings().stream()
                        .mapToLong(ReplayReport.RingPart::doubles)
                        .sum())
                .isOne();
    }

    @Test
    void aRecordRepeatedInTheSuccessorIsKnownFromTheJournalOfAPredecessorThatIsGone() throws Exception {
        RingFile first = evidence.ring("md-1");
        evidence.log(first, 1, 9, 50, "", "one");
        evidence.drain(first, true);
        RingFile second = evidence.ring("md-1", first.identity().ringUuid());
        evidence.log(second, 1, 9, 60, "", "one");
        evidence.log(second, 2, 9, 70, "", "two");
        Files.delete(first.path());
        evidence.closeJournal();

        replay(evidence.state(), evidence.channel());

        assertThat(texts).containsExactly("one", "two");
    }

    @Test
    void ringsThatNameEachOtherAsPredecessorsAreStillReadOnce() throws Exception {
        UUID missing = UUID.randomUUID();
        RingFile a = evidence.ring("a", missing);
        RingFile b = evidence.ring("b", a.identity().ringUuid());
        evidence.log(a, 1, "a");
        evidence.log(b, 2, "b");
        // forged: the predecessor of a becomes b, and the header's checksum no longer holds
        TestEvidence.edit(a.path(), 32, b.identity().ringUuid().getMostSignificantBits(), Long.BYTES);

        ReplayReport report = replay(evidence.channel());

        assertThat(texts).containsExactly("b");
        assertThat(report.findings()).singleElement().asString().contains("header CRC");
    }

    @Test
    void whatTheRingSaysWasJournaledAndIsNotThereIsAFinding() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 10, "a");
        evidence.drain(ring, true);
        evidence.closeJournal();
        Map<String, byte[]> old = contents(evidence.journalPath());
        evidence.journal();
        evidence.log(ring, 20, "b");
        evidence.drain(ring, true);
        evidence.log(ring, 30, "c");
        evidence.closeJournal();
        restore(evidence.journalPath(), old);

        ReplayReport report = replay(evidence.state(), evidence.channel());

        assertThat(texts).containsExactly("a", "c");
        assertThat(report.findings()).singleElement().asString().contains("were journaled, by the ring's header");
    }

    @Test
    void missingNumbersAreReportedAsAGap() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 10, "a");
        evidence.drain(ring, true);
        evidence.skipNumbers(5);
        evidence.log(ring, 20, "b");
        evidence.drain(ring, true);
        evidence.closeJournal();

        ReplayReport report = replay(evidence.state());

        assertThat(numbers).containsExactly(0L, 6L);
        assertThat(report.findings()).singleElement().asString().endsWith("gap: records 1 to 5 are missing");
        assertThat(report.journals().get(0).missing()).isEqualTo(5);
    }

    @Test
    void theRingOfALivingProcessIsNotReadUnlessForced() throws Exception {
        RingFile ring = evidence.livingRing("me");
        evidence.log(ring, 10, "a");

        ReplayReport report = replay(evidence.channel());
        assertThat(texts).isEmpty();
        assertThat(report.rings().get(0).refused())
                .contains("pid " + ProcessHandle.current().pid());

        Replay forced = new Replay(Evidence.find(List.of(ring.path())), true, this::take, (read, total) -> {});
        forced.open();
        forced.run();
        assertThat(texts).containsExactly("a");
    }

    @Test
    void nothingIsChangedInTheEvidence() throws Exception {
        RingFile dead = evidence.ring("dead");
        evidence.log(dead, 10, "a");
        evidence.drain(dead, false);
        evidence.log(dead, 20, "b");
        evidence.torn(dead, 80);
        RingFile broken = evidence.ring("broken");
        TestEvidence.edit(broken.path(), 0, 42, Integer.BYTES);
        Files.move(broken.path(), broken.path().resolveSibling(broken.path().getFileName() + ".quarantined"));
        evidence.livingRing("alive");
        evidence.closeJournal();
        Map<String, String> before = evidence.fingerprint();

        replay(evidence.state(), evidence.channel());
        new Replay(Evidence.find(List.of(evidence.channel())), true, this::take, (read, total) -> {}).open();

        assertThat(evidence.fingerprint()).isEqualTo(before);
    }

    @Test
    void aRingCutToAnyLengthIsReportedAndNeverMore() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 10, "a");
        for (long length : new long[] {0, 1, 4095, 4096, 65_536, ring.length() - 1}) {
            Path copy = temp.resolve("cut-" + length + ".ring");
            Files.copy(ring.path(), copy, StandardCopyOption.REPLACE_EXISTING);
            try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "rw")) {
                file.setLength(length);
            }
            ReplayReport report = replay(copy);
            assertThat(report.findings())
                    .as("cut to " + length)
                    .singleElement()
                    .asString()
                    .contains(copy.toString());
        }
    }

    @Test
    void ringsWithRandomWordsChangedNeitherCrashNorLoopNorInvent() throws Exception {
        RingFile ring = evidence.ring("md-1");
        for (int i = 0; i < 300; i++) {
            evidence.log(ring, i, "record " + i);
        }
        evidence.torn(ring, 72);
        byte[] whole = Files.readAllBytes(ring.path());
        for (long seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            Path copy = temp.resolve("mutated.ring");
            Files.write(copy, whole);
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                long word = random.nextInt(3) == 0
                        ? RingDescriptor.HEADER_LENGTH + ring.capacity() + random.nextInt(192) * 4L
                        : random.nextInt(whole.length / 4) * 4L;
                TestEvidence.putRandom(copy, word, random.nextBoolean() ? random.nextInt() : random.nextInt(512));
            }
            replay(copy);
            assertThat(texts).as("seed " + seed).hasSizeLessThanOrEqualTo(301);
        }
        byte[] noise = new byte[whole.length];
        new Random(1).nextBytes(noise);
        Path random = temp.resolve("random.ring");
        Files.write(random, noise);
        assertThat(replay(random).findings()).singleElement().asString().contains("magic=");
    }

    @Test
    void journalsWithRandomWordsChangedNeitherCrashNorLoopNorInvent() throws Exception {
        RingFile ring = evidence.ring("md-1");
        for (int i = 0; i < 200; i++) {
            evidence.log(ring, i, "record " + i);
            evidence.drain(ring, true);
        }
        evidence.closeJournal();
        Path segment = evidence.segments()[0];
        byte[] whole = Files.readAllBytes(segment);
        int used = 100_000;
        for (long seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            byte[] mutated = whole.clone();
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(used / 4) * 4;
                int value = random.nextBoolean() ? random.nextInt() : random.nextInt(512);
                for (int b = 0; b < 4; b++) {
                    mutated[at + b] = (byte) (value >> 8 * b);
                }
            }
            Files.write(segment, mutated);
            replay(evidence.journalPath());
            assertThat(texts).as("seed " + seed).doesNotHaveDuplicates().allMatch(text -> text.startsWith("record "));
            assertThat(texts.size()).as("seed " + seed).isGreaterThan(180);
        }
    }

    private static Map<String, byte[]> contents(Path directory) throws IOException {
        Map<String, byte[]> contents = new java.util.HashMap<>();
        try (java.util.stream.Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private static void restore(Path directory, Map<String, byte[]> contents) throws IOException {
        for (String name : contents(directory).keySet()) {
            Files.delete(directory.resolve(name));
        }
        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
    }
}

package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
    private static final Checkpoint OLD = checkpoint(0x1234_0000_0007L, 3, 900, "old state");
    private static final Checkpoint NEW = checkpoint(0x1234_0000_0008L, 0, 1000, "new and longer state");

    @TempDir
    Path state;

    private final List<String> broken = new ArrayList<>();
    private Path file;

    @BeforeEach
    void createDirectory() throws IOException {
        CheckpointStore.createDirectory(state);
        file = state.resolve("checkpoints/out.ckpt");
    }

    @Test
    void layoutIsAsDrawn() throws IOException {
        assertThat(CheckpointDescriptor.NAME_OFFSET).isEqualTo(40);
        assertThat(CheckpointDescriptor.DOCUMENT_INDEX_OFFSET % Long.BYTES).isZero();
        assertThat(CheckpointDescriptor.NEXT_SEQUENCE_OFFSET % Long.BYTES).isZero();
        byte[] gate = new GateState(
                        new long[] {1, 2, 3, 4, 5, 6},
                        new long[] {7, 8, 9},
                        "100/s",
                        List.of(new GateState.InForce(10, 11, "level >= warn")))
                .encode();
        Checkpoint full = new Checkpoint(OLD.documentIndex(), OLD.recordsDone(), OLD.nextSequence(), OLD.state(), gate);
        byte[] encoded = CheckpointDescriptor.encode("out", full);
        assertThat(HexFormat.of().formatHex(encoded)).isEqualTo(golden("checkpoint-v2.hex"));
        assertSame(CheckpointDescriptor.decode(encoded), full);
        assertThat(GateState.decode(full.gate()).encode()).isEqualTo(gate);
        assertThat(new String(encoded, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("EMBERCKP");
    }

    @Test
    void aFileOfVersion1IsReadAndHasNoGate() throws IOException {
        Files.write(file, HexFormat.of().parseHex(golden("checkpoint-v1.hex")));
        assertSame(store(CheckpointFiles.REAL).load(), OLD);
        assertThat(CheckpointStore.stored(state).get("out").gate()).isEqualTo(GateState.EMPTY);
        assertThat(broken).isEmpty();
    }

    @Test
    void aGateThatCannotBeReadIsNone() {
        byte[] gate = GateState.EMPTY.encode();
        for (int length = 1; length < gate.length; length++) {
            assertThat(GateState.decode(Arrays.copyOf(gate, length)))
                    .as("%d bytes", length)
                    .isNull();
        }
        gate[0]++;
        assertThat(GateState.decode(gate)).as("another version").isNull();
        assertThat(GateState.decode(new byte[0])).isSameAs(GateState.EMPTY);
    }

    @Test
    void whatIsStoredIsLoadedByTheNextMaster() throws IOException {
        CheckpointStore store = store(CheckpointFiles.REAL);
        assertThat(store.load()).isSameAs(Checkpoint.START);
        assertThat(store.storedIndex()).isEqualTo(-1);
        store.store(OLD);
        store.store(NEW);
        assertThat(store.storedIndex()).isEqualTo(NEW.documentIndex());
        assertSame(store(CheckpointFiles.REAL).load(), NEW);
        assertThat(broken).isEmpty();
    }

    @CrashRow({"K1", "K2", "K3", "K4", "K5"})
    @ParameterizedTest
    @EnumSource(FaultyFiles.Step.class)
    void killedAfterAnyStepOfStoreTheNextStartFindsTheOldOrTheNewOneWhole(FaultyFiles.Step step) throws IOException {
        store(CheckpointFiles.REAL).store(OLD);
        CheckpointStore dying = store(FaultyFiles.killAfter(step));
        assertThatThrownBy(() -> dying.store(NEW)).isInstanceOf(FaultyFiles.Killed.class);

        CheckpointStore next = store(CheckpointFiles.REAL);
        boolean renamed = step.compareTo(FaultyFiles.Step.RENAME) >= 0;
        assertSame(next.load(), renamed ? NEW : OLD);
        assertThat(broken).isEmpty();
        next.store(NEW);
        assertSame(next.load(), NEW);
    }

    @CrashRow("K6")
    @ParameterizedTest
    @EnumSource(
            value = FaultyFiles.Step.class,
            names = {"CREATE", "WRITE_SOME", "FORCE", "RENAME"})
    void aStepThatFailsBeforeTheRenameLeavesTheOldOneAndTheNextStoreBeginsAnew(FaultyFiles.Step step)
            throws IOException {
        store(CheckpointFiles.REAL).store(OLD);
        FaultyFiles files = FaultyFiles.failOnceAt(step);
        CheckpointStore store = store(files);
        assertSame(store.load(), OLD);
        assertThatThrownBy(() -> store.store(NEW)).isInstanceOf(IOException.class);
        assertThat(store.storedIndex()).isEqualTo(OLD.documentIndex());
        assertSame(store(CheckpointFiles.REAL).load(), OLD);

        files.steps.clear();
        store.store(NEW);
        assertThat(files.steps).first().isEqualTo(FaultyFiles.Step.CREATE);
        assertSame(store(CheckpointFiles.REAL).load(), NEW);
    }

    @CrashRow("K7")
    @Test
    void afterAFailedForceOfTheDirectoryEitherMayBeThereAndRetentionKeepsTheOld() throws IOException {
        store(CheckpointFiles.REAL).store(OLD);
        CheckpointStore store = store(FaultyFiles.failOnceAt(FaultyFiles.Step.FORCE_DIRECTORY));
        assertThatThrownBy(store::load).as("a load forces, too").isInstanceOf(IOException.class);
        assertSame(store.load(), OLD);

        CheckpointStore failing = store(FaultyFiles.failAt(FaultyFiles.Step.FORCE_DIRECTORY, 2));
        failing.load();
        assertThatThrownBy(() -> failing.store(NEW)).isInstanceOf(IOException.class);
        assertThat(failing.storedIndex()).isEqualTo(OLD.documentIndex());
        assertSame(failing.load(), NEW);
    }

    @CrashRow({"K8", "K9"})
    @Test
    void aBrokenCheckpointIsSetAsideAndReportedAlsoIfTheFirstTryIsKilled() throws IOException {
        Files.write(file, new byte[] {1, 2, 3});
        assertThatThrownBy(() ->
                        store(FaultyFiles.killBefore(FaultyFiles.Step.RENAME)).load())
                .isInstanceOf(FaultyFiles.Killed.class);
        assertThat(file).exists();
        assertThatThrownBy(() ->
                        store(FaultyFiles.killAfter(FaultyFiles.Step.RENAME)).load())
                .isInstanceOf(FaultyFiles.Killed.class);
        assertThat(file).doesNotExist();
        assertThat(state.resolve("checkpoints/out.ckpt.broken")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(store(CheckpointFiles.REAL).load()).isSameAs(Checkpoint.START);
    }

    @CrashRow("K10")
    @Test
    void aBrokenCheckpointThatCannotBeSetAsideIsReportedAndReplacedByTheNextStore() throws IOException {
        Files.write(file, new byte[] {1, 2, 3});
        CheckpointStore store = store(FaultyFiles.failOnceAt(FaultyFiles.Step.RENAME));
        assertThat(store.load()).isSameAs(Checkpoint.START);
        assertThat(broken).singleElement().asString().contains("cannot be set aside");
        store.store(NEW);
        assertSame(store(CheckpointFiles.REAL).load(), NEW);
    }

    @Test
    void everyChangedByteAndEveryCutIsFound() throws IOException {
        byte[] whole = CheckpointDescriptor.encode("out", OLD);
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 0x10;
            assertThat(CheckpointDescriptor.problem(changed)).as("byte %d", i).isNotNull();
            assertThat(CheckpointDescriptor.problem(Arrays.copyOf(whole, i)))
                    .as("length %d", i)
                    .isNotNull();
        }
        assertThat(CheckpointDescriptor.problem(whole)).isNull();
    }

    @Test
    void theLargestStateFits() throws IOException {
        CheckpointStore store = store(CheckpointFiles.REAL);
        Checkpoint large = new Checkpoint(1, 2, 3, new byte[Checkpoint.MAX_STATE_LENGTH]);
        store.store(large);
        assertSame(store.load(), large);
    }

    @Test
    void theCheckpointOfAnotherHandlerIsNotUsed() throws IOException {
        Files.write(file, CheckpointDescriptor.encode("other", OLD));
        assertThat(store(CheckpointFiles.REAL).load()).isSameAs(Checkpoint.START);
        assertThat(broken).singleElement().asString().contains("belongs to handler other");
    }

    @Test
    void aStoreThatWasClosedStoresNothingAlsoInTheMiddle() throws IOException {
        CheckpointStore[] closing = new CheckpointStore[1];
        closing[0] = store(FaultyFiles.callAfter(FaultyFiles.Step.FORCE, () -> closing[0].close()));
        assertThatThrownBy(() -> closing[0].store(NEW)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> closing[0].store(NEW)).isInstanceOf(IOException.class);
        assertThat(store(CheckpointFiles.REAL).load()).isSameAs(Checkpoint.START);
    }

    /** Else it would be replaced behind the back of the next master. */
    @Test
    void closingWaitsForAReplacementThatHasBegun() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore goesOn = new Semaphore(0);
        CheckpointStore store = store(FaultyFiles.callAfter(FaultyFiles.Step.RENAME, () -> {
            begun.release();
            goesOn.acquireUninterruptibly();
        }));
        AtomicBoolean closed = new AtomicBoolean();
        AtomicBoolean storedBefore = new AtomicBoolean();
        Thread handler = new Thread(() -> {
            try {
                store.store(NEW);
                storedBefore.set(!closed.get());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        handler.start();
        begun.acquireUninterruptibly();
        Thread master = new Thread(() -> {
            store.close();
            closed.set(true);
        });
        master.start();
        await().until(() -> master.getState() == Thread.State.TIMED_WAITING);
        goesOn.release();
        handler.join();
        master.join();

        assertThat(storedBefore).isTrue();
        assertThatThrownBy(() -> store.store(OLD)).isInstanceOf(IOException.class);
        assertSame(store(CheckpointFiles.REAL).load(), NEW);
    }

    @Test
    void theReachCountsHandlersNoLongerConfiguredAndPassesOverBrokenOnes() throws IOException {
        assertThat(CheckpointStore.reach(state.resolve("nowhere"))).isEqualTo(new CheckpointStore.Reach(-1, -1));
        assertThat(CheckpointStore.reach(state)).isEqualTo(new CheckpointStore.Reach(-1, -1));
        store(CheckpointFiles.REAL).store(OLD);
        Files.write(state.resolve("checkpoints/gone.ckpt"), CheckpointDescriptor.encode("gone", NEW));
        Files.write(state.resolve("checkpoints/broken.ckpt"), new byte[100]);
        assertThat(CheckpointStore.reach(state))
                .isEqualTo(new CheckpointStore.Reach(
                        Math.max(OLD.documentIndex(), NEW.documentIndex()),
                        Math.max(OLD.nextSequence(), NEW.nextSequence())));
    }

    @ParameterizedTest
    @CsvSource({"file,file", "a.b-c_9,a.b-c_9", "../etc,%2E.%2Fetc", ".,%2E", "a/b,a%2Fb", "a%2Fb,a%252Fb", "ä,%C3%A4"})
    void aNameGivesAFileNameThatNoOtherNameGives(String name, String safe) {
        assertThat(SafeName.of(name)).isEqualTo(safe);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 201})
    void aNameThatGivesNoFileNameIsRefused(int length) {
        assertThatThrownBy(() -> SafeName.of("x".repeat(length))).isInstanceOf(IllegalArgumentException.class);
    }

    private CheckpointStore store(CheckpointFiles files) {
        return new CheckpointStore(state, "out", files, (what, cause) -> broken.add(what));
    }

    private static Checkpoint checkpoint(long index, int done, long next, String state) {
        return new Checkpoint(index, done, next, state.getBytes(StandardCharsets.US_ASCII));
    }

    private static void assertSame(Checkpoint actual, Checkpoint expected) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }

    private static String golden(String name) throws IOException {
        try (InputStream dump = CheckpointStoreTest.class.getResourceAsStream(name)) {
            return new String(dump.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
        }
    }
}

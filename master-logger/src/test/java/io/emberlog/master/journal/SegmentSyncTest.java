package io.emberlog.master.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is called synced, and what is not. */
class SegmentSyncTest {
    @TempDir
    private Path temp;

    private Path directory;
    private SegmentSync sync;
    private final List<Integer> refusals = new ArrayList<>();
    private IntConsumer refused = refusals::add;

    @BeforeEach
    void create() throws IOException {
        directory = Files.createDirectory(temp.resolve("journal"));
        sync = new SegmentSync(directory, 10, cycle -> refused.accept(cycle));
    }

    private FileChannel segment(String name) throws IOException {
        return FileChannel.open(temp.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Test
    void afterCloseNothingIsCalledSynced() throws IOException {
        sync.add(1, segment("a"));
        sync.appended(11);
        assertThat(sync.sync()).isEqualTo(11);
        sync.appended(12);
        sync.close();
        assertThatThrownBy(sync::sync).isInstanceOf(SegmentSync.ClosedException.class);
        assertThat(sync.synced()).isEqualTo(11);
    }

    @Test
    void aDeviceThatRefusedIsNotAskedAgainSinceItWouldSayYes() throws IOException {
        FileChannel refusing = segment("a");
        sync.add(7, refusing);
        sync.appended(11);
        refusing.close(); // a force of it fails as one that the device refuses
        assertThatThrownBy(sync::sync).isInstanceOf(IOException.class);
        assertThat(refusals).containsExactly(7);
        assertThatThrownBy(sync::sync).isInstanceOf(SegmentSync.ClosedException.class);
        assertThat(sync.synced()).isEqualTo(10);
        assertThat(refusals).containsExactly(7);
    }

    /** An append may fail in the same moment: who then opens the journal again must know of the force that failed as well. */
    @Test
    void whoeverClosesWaitsUntilARefusalIsTold() throws Exception {
        FileChannel refusing = segment("a");
        sync.add(7, refusing);
        sync.appended(11);
        refusing.close();
        AtomicBoolean closed = new AtomicBoolean();
        Thread closing = new Thread(() -> {
            try {
                sync.close();
                closed.set(true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        refused = cycle -> {
            closing.start();
            while (closing.getState() != Thread.State.BLOCKED && closing.getState() != Thread.State.TERMINATED) {
                Thread.onSpinWait();
            }
            assertThat(closed).isFalse();
        };
        assertThatThrownBy(sync::sync).isInstanceOf(IOException.class);
        closing.join();
        assertThat(closed).isTrue();
    }

    @Test
    void theDirectoryIsForcedWithTheDocumentThatGivesASegmentItsName() throws IOException {
        sync.add(1, segment("a"));
        sync.appended(11);
        sync.sync();
        sync.appended(12);
        sync.add(2, segment("b")); // has its blocks, and no name yet
        Files.delete(directory); // a force of it fails
        assertThat(sync.sync()).isEqualTo(12);
        sync.appended(13);
        assertThatThrownBy(sync::sync).isInstanceOf(NoSuchFileException.class);
        assertThat(sync.synced()).isEqualTo(12);
    }

    @Test
    void anEndedSegmentIsKeptUntilItsEndIsForced() throws IOException {
        FileChannel first = segment("a");
        sync.add(1, first);
        sync.appended(11);
        sync.appended(12);
        sync.add(2, segment("b"));
        sync.sync();
        assertThat(first.isOpen())
                .as("its end is written with the next document")
                .isTrue();
        sync.appended(13);
        sync.sync();
        assertThat(first.isOpen()).isFalse();
        assertThat(sync.holdsEnded()).isFalse();
    }
}

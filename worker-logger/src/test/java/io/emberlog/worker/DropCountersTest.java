package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.DropReason;
import io.emberlog.ring.RingSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted stands in one ring once, whatever is thrown around it. */
class DropCountersTest {
    private static final int SEVERITY = 9;

    @TempDir
    Path directory;

    private final DropCounters drops = new DropCounters();
    private ScriptedRing ring;
    private ScriptedRing successor;

    @BeforeEach
    void make() throws Exception {
        ring = ring("first");
        successor = ring("second");
    }

    private ScriptedRing ring(String name) throws Exception {
        return new ScriptedRing(
                MappedRing.creator(directory.resolve("channel"), RingSpec.of(1 << 17), RingChecks.OFF, name, "")
                        .create(null, 1));
    }

    private long in(WorkerRing of) {
        return of.dropped(DropReason.FAILED.code(), SEVERITY);
    }

    private void count() {
        drops.add(ring, DropReason.FAILED, SEVERITY, 1);
    }

    @Test
    void aFullHeapOrStackBehindTheCountDoesNotRepeatIt() {
        ring.afterCount = () -> {
            throw new StackOverflowError();
        };
        count();
        ring.afterCount = () -> {
            throw new OutOfMemoryError();
        };
        count();
        drops.postWaiting(successor);
        assertThat(in(ring)).isEqualTo(2);
        assertThat(in(successor)).isZero();
        assertThat(drops.total(DropReason.FAILED)).isEqualTo(2);
    }

    @Test
    void aCountThatMetACutRingGoesIntoItsSuccessor() {
        ring.afterCount = () -> {
            throw new InternalError("a fault occurred");
        };
        count();
        drops.postWaiting(successor);
        assertThat(in(successor)).isEqualTo(1);
        assertThat(drops.total(DropReason.FAILED)).isEqualTo(1);
    }

    @Test
    void withoutARingCountsWaitForOne() {
        drops.add(null, DropReason.NO_RING, SEVERITY, 3);
        drops.postWaiting(ring);
        drops.postWaiting(successor);
        assertThat(ring.dropped(DropReason.NO_RING.code(), SEVERITY)).isEqualTo(3);
        assertThat(successor.dropped(DropReason.NO_RING.code(), SEVERITY)).isZero();
    }
}

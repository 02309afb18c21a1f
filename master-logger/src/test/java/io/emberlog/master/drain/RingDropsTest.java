package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.DropReason;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingHeader;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingDropsTest {
    @TempDir
    Path temp;

    private RingHeader header;

    @BeforeEach
    void createRing() throws Exception {
        header = new HeldRing(ChannelDirectory.open(temp.resolve("channel")), UUID.randomUUID()).file.header();
    }

    @Test
    void nothingDroppedIsNothingSaid() {
        assertThat(RingDrops.of(header)).isEqualTo(new RingDrops(0, ""));
    }

    @Test
    void eachReasonAndLevelIsCountedAndNamed() {
        header.addDropped(DropReason.RING_FULL.code(), 9, 3);
        header.addDropped(DropReason.RING_FULL.code(), 24, 1);
        header.addDropped(DropReason.CLOSED.code(), 0, 5);
        RingDrops drops = RingDrops.of(header);
        assertThat(drops.total()).isEqualTo(9);
        assertThat(drops.text())
                .contains("3 INFO (ring full), 1 ")
                .endsWith(" (closed)")
                .contains(", 5 ");
    }

    @Test
    void whatALiarWroteIsLeftOutAndTheSumStaysASum() {
        header.addDropped(DropReason.RING_FULL.code(), 9, -7);
        header.addDropped(DropReason.FAILED.code(), 9, Long.MAX_VALUE - 1);
        header.addDropped(DropReason.FAILED.code(), 10, 1);
        assertThat(RingDrops.of(header).total()).isEqualTo(Long.MAX_VALUE);
        header.addDropped(DropReason.FAILED.code(), 11, 1);
        assertThat(RingDrops.of(header).total()).isEqualTo(Long.MAX_VALUE);
        assertThat(RingDrops.of(header).text()).doesNotContain("-7");
    }
}

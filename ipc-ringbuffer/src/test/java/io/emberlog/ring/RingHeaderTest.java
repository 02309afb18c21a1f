package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.Golden;
import io.emberlog.message.WorkerIdentity;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RingHeaderTest {
    private static final WorkerIdentity IDENTITY = new WorkerIdentity(
            new UUID(0x0123456789ABCDEFL, 0xFEDCBA9876543210L),
            "orders-ü",
            4711,
            123456,
            "3c9d0bb2-boot",
            "machine-7",
            "pid:[4026531836]",
            "host-1",
            "com.acme.Main",
            "shop");

    private final VarHandleBuffer page = new VarHandleBuffer(ByteBuffer.allocateDirect(RingDescriptor.HEADER_LENGTH));
    private final RingHeader header = new RingHeader(page);

    private void initialise() {
        header.initialise(
                RingSpec.of(RingDescriptor.MIN_CAPACITY), IDENTITY, new UUID(1, 2), 1_700_000_000_000_000_000L);
    }

    @Test
    void theHeaderPageIsAsItsPictureSays() throws Exception {
        initialise();
        header.addDropped(1, 9, 3);
        header.addDropped(7, 24, 5);
        header.beat();
        assertThat(header.saidGoodbye()).isFalse();
        header.sayGoodbye();
        header.journaledPosition(64);
        header.sealed(128);
        byte[] bytes = new byte[RingDescriptor.HEADER_LENGTH];
        page.getBytes(0, bytes);

        Golden.check("ring-header.hex", bytes, bytes.length);
        assertThat(header.readIdentity(RingDescriptor.fileLength(RingDescriptor.MIN_CAPACITY)))
                .isEqualTo(IDENTITY);
        assertThat(header.predecessor()).isEqualTo(new UUID(1, 2));
        assertThat(header.createdEpochNs()).isEqualTo(1_700_000_000_000_000_000L);
        assertThat(header.dropped(1, 9)).isEqualTo(3);
        assertThat(header.dropped(7, 24)).isEqualTo(5);
        assertThat(header.heartbeatWord()).isEqualTo(1);
        assertThat(header.saidGoodbye()).isTrue();
        assertThat(header.journaledPosition()).isEqualTo(64);
        assertThat(header.realTail()).isEqualTo(128);
        assertThat(header.state()).isEqualTo(RingDescriptor.STATE_SEALED);
    }

    @Test
    void theOffsetsAreThoseOfThePictureAndEveryLongIsAligned() {
        int[] longs = {
            RingDescriptor.MAGIC_OFFSET,
            RingDescriptor.UUID_OFFSET,
            RingDescriptor.PREDECESSOR_OFFSET,
            RingDescriptor.PID_OFFSET,
            RingDescriptor.START_TIME_OFFSET,
            RingDescriptor.CREATED_OFFSET,
            RingDescriptor.REAL_TAIL_OFFSET,
            RingDescriptor.HEARTBEAT_OFFSET,
            RingDescriptor.CONTROL_SEQUENCE_OFFSET,
            RingDescriptor.GOODBYE_OFFSET,
            RingDescriptor.JOURNALED_OFFSET,
            RingDescriptor.SYNCED_OFFSET,
            RingDescriptor.SYNC_REQUEST_OFFSET,
            RingDescriptor.JOURNALED_BATCH_OFFSET,
            RingDescriptor.DROPPED_OFFSET
        };
        assertThat(longs).containsExactly(0, 16, 32, 48, 56, 64, 136, 192, 200, 208, 256, 264, 320, 384, 896);
        for (int offset : longs) {
            assertThat(offset % 8).isZero();
        }
        assertThat(RingDescriptor.VERSION_OFFSET).isEqualTo(8);
        assertThat(RingDescriptor.CAPACITY_OFFSET).isEqualTo(12);
        assertThat(RingDescriptor.SLOT_COUNT_OFFSET).isEqualTo(72);
        assertThat(RingDescriptor.STATE_OFFSET).isEqualTo(128);
        assertThat(RingDescriptor.DRAIN_RESTS_OFFSET).isEqualTo(132);
        assertThat(RingDescriptor.NAME_OFFSET).isEqualTo(2496);
        assertThat(RingDescriptor.TEXTS_END).isEqualTo(3712);
        assertThat(RingDescriptor.HEADER_CRC_OFFSET).isEqualTo(3712);
        assertThat(RingDescriptor.TRAILER_LENGTH).isEqualTo(768);
        assertThat(RingDescriptor.fileLength(65536)).isEqualTo(4096 + 65536 + 768);
        assertThat(RingDescriptor.TAIL_OFFSET % 8).isZero();
        assertThat(RingDescriptor.HEAD_OFFSET % 8).isZero();
    }

    @Test
    void aDropCounterOutOfItsTableIsRefused() {
        assertThatThrownBy(() -> header.addDropped(8, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> header.addDropped(1, 25, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> header.addDropped(-1, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void eachBrokenFieldOfTheHeaderIsNamedWithItsValue() {
        assertBroken(() -> page.putLong(RingDescriptor.MAGIC_OFFSET, 1), "magic=0x1", "0x31474f4c52424d45");
        assertBroken(() -> page.putInt(RingDescriptor.VERSION_OFFSET, 1), "version=1", "(2)");
        assertBroken(() -> page.putInt(RingDescriptor.CAPACITY_OFFSET, 12345), "capacity=12345", "power of two");
        assertBroken(() -> page.putInt(RingDescriptor.CAPACITY_OFFSET, Integer.MIN_VALUE), "capacity=-2147483648");
        assertBroken(() -> page.putInt(RingDescriptor.STAGING_LENGTH_OFFSET, 100), "staging length=100");
        assertBroken(
                () -> page.putInt(RingDescriptor.STAGING_LENGTH_OFFSET, 4096), "staging length=4096", "file length");
        assertBroken(() -> page.putLong(RingDescriptor.PID_OFFSET, 0), "header CRC=0x", "give 0x");
        assertBroken(() -> page.putInt(RingDescriptor.STATE_OFFSET, 9), "state=9", "1 (OPEN)");
        assertBroken(
                () -> {
                    page.putInt(RingDescriptor.SLOT_COUNT_OFFSET, 65);
                    fixCrc();
                },
                "slot count=65",
                "64");
        assertBroken(
                () -> {
                    page.putShort(RingDescriptor.HOST_OFFSET, (short) -1);
                    fixCrc();
                },
                "length=65535",
                "at most 254");
    }

    @Test
    void capacityAndStateAreGoodUpToTheirBounds() throws Exception {
        for (int capacity : new int[] {RingDescriptor.MIN_CAPACITY, RingDescriptor.MAX_CAPACITY}) {
            header.initialise(RingSpec.of(capacity), IDENTITY, null, 1);
            assertThat(header.readIdentity(RingDescriptor.fileLength(capacity))).isEqualTo(IDENTITY);
        }
        header.salvaged();
        header.readIdentity(RingDescriptor.fileLength(RingDescriptor.MAX_CAPACITY));
        assertBroken(() -> page.putInt(RingDescriptor.STATE_OFFSET, 0), "state=0");
        assertBroken(() -> page.putInt(RingDescriptor.STATE_OFFSET, RingDescriptor.STATE_SALVAGED + 1), "state=4");
        assertBroken(
                () -> page.putInt(RingDescriptor.CAPACITY_OFFSET, RingDescriptor.MIN_CAPACITY / 2), "capacity=32768");
    }

    @Test
    void aTextFillsItsPlaceAndWhatIsLongerIsCutAtACharacter() throws Exception {
        String longest = "x".repeat(RingDescriptor.NAME_ROOM - Short.BYTES);
        for (String name : new String[] {longest, longest + "y", longest.substring(1) + "ü"}) {
            WorkerIdentity of = new WorkerIdentity(
                    IDENTITY.ringUuid(), name, 1, 2, "boot", "machine", "pid", "host", "process", "service");
            header.initialise(RingSpec.of(RingDescriptor.MIN_CAPACITY), of, null, 1);
            assertThat(header.readIdentity(RingDescriptor.fileLength(RingDescriptor.MIN_CAPACITY))
                            .name())
                    .isEqualTo(name.endsWith("ü") ? longest.substring(1) : longest);
        }
    }

    @Test
    void aRingIsCheckedByItsFlagAndByNoOther() {
        initialise();
        assertThat(header.spec().checked()).isFalse();
        page.putLong(RingDescriptor.FLAGS_OFFSET, ~RingDescriptor.FLAG_CHECKED);
        assertThat(header.spec().checked()).isFalse();
        page.putLong(RingDescriptor.FLAGS_OFFSET, RingDescriptor.FLAG_CHECKED);
        assertThat(header.spec().checked()).isTrue();
    }

    private void fixCrc() {
        byte[] bytes = new byte[RingDescriptor.FIXED_LENGTH + RingDescriptor.TEXTS_END - RingDescriptor.NAME_OFFSET];
        page.getBytes(0, bytes, 0, RingDescriptor.FIXED_LENGTH);
        page.getBytes(
                RingDescriptor.NAME_OFFSET,
                bytes,
                RingDescriptor.FIXED_LENGTH,
                bytes.length - RingDescriptor.FIXED_LENGTH);
        page.putInt(RingDescriptor.HEADER_CRC_OFFSET, WriterChild.crc(bytes, 0, bytes.length));
    }

    private void assertBroken(Runnable damage, String... words) {
        initialise();
        damage.run();
        assertThatThrownBy(() -> header.readIdentity(RingDescriptor.fileLength(RingDescriptor.MIN_CAPACITY)))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContainingAll(words);
    }
}

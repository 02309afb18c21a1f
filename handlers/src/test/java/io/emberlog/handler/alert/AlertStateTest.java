package io.emberlog.handler.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AlertStateTest {
    private static final WorkerIdentity WORKER =
            new WorkerIdentity(new UUID(1, 2), "md-1", 1, 0, "", "", "", "", "", "");

    private static Group group(long key, int texts) {
        Group group = new Group(key);
        group.level = "ERROR";
        group.severity = 17;
        group.logger = "com.acme.Orders";
        group.message = "m".repeat(texts);
        group.exception = "é".repeat(texts);
        group.breadcrumbs = "\uD83D\uDE00".repeat(texts);
        group.total = 100_000;
        group.told = 60_000;
        group.firstNs = 1_768_473_045_123_456_789L;
        group.lastNs = group.firstNs + 5;
        group.untoldNs = group.firstNs + 3;
        group.beganNs = 1_000;
        group.seenNs = 4_000;
        group.toldNs = 3_000;
        group.intervalNs = 300_000_000_000L;
        group.isAnnounced = true;
        group.workers.add(WORKER, "md-1");
        group.workers.add(WORKER, "md-2");
        return group;
    }

    @Test
    void oneStateIsTheseBytes() throws IOException {
        byte[] state = AlertState.encode(List.of(group(0x0102030405060708L, 2)), 5_000, 1_768_473_045_000_000_000L);
        try (InputStream dump = AlertStateTest.class.getResourceAsStream("alert-state-1.hex")) {
            String expected = new String(dump.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("#.*|\\s", "");
            assertThat(HexFormat.of().formatHex(state)).isEqualTo(expected);
        }
    }

    @Test
    void fieldsAreAlignedFromTheGroupsStart() {
        assertThat(AlertState.GROUP_LENGTH).isEqualTo(84);
    }

    @Test
    void whatWasWrittenIsReadWithItsTimesOnTheNewClock() {
        byte[] state = AlertState.encode(List.of(group(7, 10)), 5_000, 1_000_000);
        Group read = AlertState.decode(state, -900_000, 1_000_600).get(0);
        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("workers", "beganNs", "seenNs", "toldNs")
                .isEqualTo(group(7, 10));
        assertThat(List.of(read.beganNs, read.seenNs, read.toldNs))
                .containsExactly(-900_000L - 600 - 4_000, -900_000L - 600 - 1_000, -900_000L - 600 - 2_000);
        assertThat(read.workers.names()).containsExactly("md-1", "md-2");
        assertThat(read.workers.add(WORKER, "md-2")).isFalse();
        assertThat(read.workers.add(WORKER, "md-3")).isTrue();
    }

    @Test
    void aHundredAndOneGroupsWithAllTheyMayHoldFitAndTheirCountsAreWhole() {
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i <= 100; i++) {
            Group group = group(i, 20_000);
            for (int worker = 0; worker < 200; worker++) {
                group.workers.add(WORKER, ("worker-" + worker).repeat(10));
            }
            groups.add(group);
        }
        byte[] state = AlertState.encode(groups, 5_000, 0);
        assertThat(state.length).isLessThanOrEqualTo(64 * 1024);
        List<Group> read = AlertState.decode(state, 5_000, 0);
        assertThat(read).hasSize(101).allMatch(group -> group.total == 100_000 && group.told == 60_000);
        assertThat(read).allMatch(group -> group.workers.count() == 64 && group.workers.isMore());
        assertThat(read.get(0).message).startsWith("mmm");
        assertThat(read).allMatch(group -> !(group.message + group.exception + group.breadcrumbs).contains("\uFFFD"));
    }

    @Test
    void anyBytesAreReadOrRefused() {
        SplittableRandom random = new SplittableRandom(20260115);
        byte[] whole = AlertState.encode(List.of(group(1, 50), group(2, 5)), 0, 0);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int flips = random.nextInt(8); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            AlertState.decode(bytes, 0, 0); // returns
        }
        assertThat(AlertState.decode(new byte[0], 0, 0)).isNull();
    }
}

package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageLayoutTest {
    @Test
    void aBatchWithEverySectionIsAsItsPictureSays() {
        BatchEncoder encoder = new BatchEncoder(16 * 1024, 64);
        encoder.begin();
        encoder.beginEntry(17, 0x0102030405060708L, 0x1112131415161718L);
        encoder.text(LOGGER, "com.acme.Orders".getBytes(StandardCharsets.UTF_8));
        encoder.text(THREAD_NAME, "main");
        encoder.text(TEMPLATE, "order {} filled: {}");
        encoder.beginArgs();
        encoder.addNull();
        encoder.addBoolean(false);
        encoder.addBoolean(true);
        encoder.addLong(-2);
        encoder.addDouble(1.5);
        encoder.addFloat(-0.25f);
        encoder.addString("ä€😀");
        encoder.addString("x".repeat(70));
        encoder.endArgs();
        encoder.text(LEVEL_NAME, "SEVERE");
        encoder.text(MARKER, "AUDIT");
        encoder.beginPairs(FIELDS);
        encoder.key("n");
        encoder.putLong(1);
        encoder.endPair();
        encoder.key("d");
        encoder.putDouble(2.5);
        encoder.endPair();
        encoder.key("f");
        encoder.putFloat(3.5f);
        encoder.endPair();
        encoder.key("b");
        encoder.putBoolean(true);
        encoder.endPair();
        encoder.key("s");
        encoder.putNullable(null);
        encoder.endPair();
        encoder.endPairs();
        encoder.beginPairs(MDC);
        encoder.key("user");
        encoder.putNullable("ann");
        encoder.endPair();
        encoder.endPairs();
        encoder.text(TRACE_ID, "0af7651916cd43dd8448eb211c80319c");
        encoder.text(SPAN_ID, "b7ad6b7169203331");
        encoder.beginException();
        encoder.beginThrowable(ROOT, 0, "java.lang.IllegalStateException", "broken");
        encoder.frame("com.acme.Orders.fill(Orders.java:42)");
        encoder.frame("com.acme.Main.main(Main.java:7)");
        encoder.endThrowable(0);
        encoder.beginThrowable(SUPPRESSED, 1, "java.io.IOException", null);
        encoder.endThrowable(2);
        encoder.beginThrowable(CAUSE, 1, "java.lang.Error", "why");
        encoder.frame("com.acme.Why.why(Why.java:1)");
        encoder.endThrowable(1);
        encoder.beginThrowable(CIRCULAR, 2, "java.lang.IllegalStateException", "broken");
        encoder.endThrowable(0);
        encoder.endException();
        encoder.caller("Orders.java", null, 42, "fill");
        encoder.bytes(new byte[] {9, 1, 2, 3, 9}, 1, 3);
        encoder.text(MODULE, "orders");
        encoder.endEntry();
        encoder.beginEntry(0, -1, 0);
        encoder.endEntry();
        encoder.finish(63, 0x7172737475767778L);

        Golden.check("log-batch.hex", encoder.buffer(), encoder.length());
        EntryDecoder entry = new EntryDecoder();
        assertThat(entry.wrap(encoder.buffer(), BATCH_HEADER_LENGTH, encoder.length()))
                .isTrue();
        for (int tag = LOGGER; tag <= ORIGINAL_LENGTH; tag++) {
            assertThat(entry.has(tag)).as("tag %d", tag).isTrue();
        }
        assertThat(entry.originalLength()).isEqualTo(70);
    }

    @Test
    void aHeartbeatIsAsItsPictureSays() {
        byte[] bytes = new byte[HEARTBEAT_LENGTH];
        Heartbeat.encode(bytes, 0, 0x0102030405060708L, 0x1112131415161718L, true);

        Golden.check("heartbeat.hex", bytes, bytes.length);
        assertThat(Heartbeat.isValid(bytes, 0, bytes.length)).isTrue();
        assertThat(Heartbeat.isGoodbye(bytes, 0)).isTrue();
        assertThat(Heartbeat.sentEpochNs(bytes, 0)).isEqualTo(0x0102030405060708L);
        assertThat(Heartbeat.nextCheckInEpochNs(bytes, 0)).isEqualTo(0x1112131415161718L);
    }

    @Test
    void aDropReportIsAsItsPictureSays() {
        byte[] bytes = new byte[DropReport.length(2)];
        DropReport.encode(bytes, 0, 0x0102030405060708L, 0x1112131415161718L, 2);
        DropReport.encodeItem(bytes, 0, 0, DropReason.RING_FULL.code(), 9, 3, 4);
        DropReport.encodeItem(bytes, 0, 1, DropReason.CLOSED.code(), 24, 5, 0x0506070809L);

        Golden.check("dropped.hex", bytes, bytes.length);
        assertThat(DropReport.isValid(bytes, 0, bytes.length)).isTrue();
        assertThat(DropReport.reason(bytes, 0, 1)).isEqualTo(7);
        assertThat(DropReport.severity(bytes, 0, 1)).isEqualTo(24);
        assertThat(DropReport.count(bytes, 0, 1)).isEqualTo(5);
        assertThat(DropReport.total(bytes, 0, 1)).isEqualTo(0x0506070809L);
    }

    @Test
    void lengthsAndAlignmentsAreThoseOfThePictures() {
        assertThat(BATCH_HEADER_LENGTH).isEqualTo(16);
        assertThat(ENTRY_HEADER_LENGTH).isEqualTo(24);
        assertThat(HEARTBEAT_LENGTH).isEqualTo(24);
        assertThat(DROPPED_HEADER_LENGTH).isEqualTo(24);
        assertThat(DROPPED_ITEM_LENGTH).isEqualTo(24);
        assertThat(List.of(
                        BATCH_FIRST_SEQUENCE_OFFSET,
                        ENTRY_TIMESTAMP_OFFSET,
                        ENTRY_THREAD_ID_OFFSET,
                        HEARTBEAT_SENT_OFFSET,
                        HEARTBEAT_NEXT_OFFSET,
                        DROPPED_FROM_OFFSET,
                        DROPPED_TO_OFFSET))
                .allMatch(offset -> offset % Long.BYTES == 0);
        assertThat(BatchEncoder.MIN_MAX_LENGTH)
                .as("the encoder serves the smallest ring")
                .isEqualTo(
                        io.emberlog.ring.RingDescriptor.maxPayloadLength(io.emberlog.ring.RingDescriptor.MIN_CAPACITY));
    }
}

package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.MessageDescriptor;
import java.lang.management.ManagementFactory;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final int COUNT = 20_000;

    @Test
    void theOrdinaryRecordMakesNoGarbageInAnyFormat() {
        List<LogRecord> records = List.of(
                Records.plain(0, "order filled"),
                Records.plain(7, "order filled"),
                Records.template("{} at {} for {}", 42L, 101.25, "ada"),
                Records.record(3, 9, encoder -> {
                    encoder.text(MessageDescriptor.TEMPLATE, "filled");
                    encoder.beginPairs(MessageDescriptor.FIELDS);
                    encoder.key("venue");
                    encoder.putNullable("XETRA ]");
                    encoder.endPair();
                    encoder.endPairs();
                    encoder.beginPairs(MessageDescriptor.MDC);
                    encoder.key("venue");
                    encoder.putLong(42);
                    encoder.endPair();
                    encoder.endPairs();
                    encoder.caller("Orders.java", null, 42, "com.acme.Orders.fill");
                }));
        List<String> formats = new ArrayList<>(Format.NAMES);
        formats.add(
                "%d{HH:mm:ss.SSS} %-5level [%.10thread] %logger{8} %class{5} %method %mdc{venue} %kvp %worker %pid - %msg%n");
        formats.add("%(asctime)s %(created).3f %(levelname)-8s %(name)20s %(lineno)05d %(fields)s - %(message)s");
        for (String name : formats) {
            Format format = Format.of(name, ZoneOffset.UTC);
            Utf8Buffer out = new Utf8Buffer(4096);
            run(format, records, out);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                least = Math.min(least, allocated(() -> run(format, records, out)));
            }
            // the measuring itself may allocate a little; a byte a record would be 40,000
            assertThat(least).as(name).isLessThan(COUNT / 10);
        }
    }

    private static void run(Format format, List<LogRecord> records, Utf8Buffer out) {
        for (int i = 0; i < COUNT; i++) {
            for (int r = 0; r < records.size(); r++) {
                out.clear();
                format.format(records.get(r), out);
            }
        }
    }

    private static long allocated(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}

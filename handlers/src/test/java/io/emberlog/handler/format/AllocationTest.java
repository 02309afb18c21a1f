package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import java.lang.management.ManagementFactory;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final int COUNT = 20_000;

    @Test
    void theOrdinaryRecordMakesNoGarbageInAnyFormat() {
        List<LogRecord> records =
                List.of(Records.plain(0, "order filled"), Records.template("{} at {} for {}", 42L, 101.25, "ada"));
        for (String name : Format.NAMES) {
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

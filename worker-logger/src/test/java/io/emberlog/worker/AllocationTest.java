package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forms that promise no garbage make none: by the thread's own counter, over a million calls each. */
class AllocationTest {
    private static final int CALLS = 1_000_000;
    private static final int ROUNDS = 3;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path temp;

    private static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    private static long allocatedBy(IntConsumer call) {
        for (int i = 0; i < 100_000; i++) {
            call.accept(i); // buffers grow, templates enter their table, code is compiled
        }
        long overhead = allocated();
        overhead = allocated() - overhead;
        long least = Long.MAX_VALUE;
        // compilation that comes late (a trap, a newly linked call) allocates once; what a call makes, it makes each
        // time
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            long before = allocated();
            for (int i = 0; i < CALLS; i++) {
                call.accept(i);
            }
            least = Math.min(least, allocated() - before - overhead);
        }
        return least;
    }

    @Test
    void garbageFreeFormsMakeNoGarbage() {
        makeNoGarbage(new WorkerFixture(temp, Overflow.drop(), 1 << 26));
    }

    @Test
    void norDoTheyInBatchedMode() {
        WorkerFixture fixture = new WorkerFixture(temp, Overflow.drop(), 1 << 26, 64 * 1024, RingChecks.OFF);
        makeNoGarbage(fixture);
        assertThat(fixture.log.metrics().batches()).isGreaterThan(100);
    }

    private static void makeNoGarbage(WorkerFixture fixture) {
        fixture.step(0);
        WorkerLogger log = fixture.log.logger("com.acme.Orders");
        String text = "XLON";
        Object object = "object";
        LogBatch batch = log.batch();
        Map<String, IntConsumer> forms = Map.ofEntries(
                Map.entry("literal", i -> log.info("literal")),
                Map.entry("long", i -> log.info("{}", (long) i)),
                Map.entry("double", i -> log.info("{}", i * 0.5)),
                Map.entry("float", i -> log.info("{}", 1.5f)),
                Map.entry("Object", i -> log.info("{}", object)),
                Map.entry("boolean", i -> log.info("{}", (Object) Boolean.TRUE)),
                Map.entry("long, long", i -> log.info("{} {}", i, 2L)),
                Map.entry("long, double", i -> log.info("{} {}", i, 0.5)),
                Map.entry("long, Object", i -> log.info("{} {}", i, text)),
                Map.entry("double, long", i -> log.info("{} {}", 0.5, i)),
                Map.entry("double, double", i -> log.info("{} {}", 0.5, 1.5)),
                Map.entry("double, Object", i -> log.info("{} {}", 0.5, text)),
                Map.entry("Object, long", i -> log.info("{} {}", text, i)),
                Map.entry("Object, double", i -> log.info("{} {}", text, 0.5)),
                Map.entry("Object, Object", i -> log.info("{} {}", text, object)),
                Map.entry("disabled", i -> log.debug("{} {}", i, 0.5)),
                Map.entry("explicit batch", i -> {
                    batch.info("{}", i);
                    batch.info("{} {}", text, 0.5);
                    batch.publish();
                }),
                Map.entry("dropped", i -> log.info("{}", i)),
                Map.entry(
                        "fluent",
                        i -> log.atWarn()
                                .arg(i)
                                .arg(0.5)
                                .arg(text)
                                .arg(true)
                                .kv("venue", text)
                                .kv("size", i)
                                .marker("AUDIT")
                                .trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
                                .caller("A.java", "com/acme/A.java", 7, "com.acme.A.run")
                                .log("{} {} {} {}")));
        fixture.fill(); // code that runs for the first time is linked, and linking allocates
        // the ring fills up on the way: a call that drops makes no garbage either, and drains keep both kinds coming
        forms.forEach((name, form) -> {
            fixture.drain(0);
            assertThat(allocatedBy(form)).as(name).isZero();
        });
        assertThat(log.metrics().appended()).isGreaterThan(1_000_000);
        assertThat(log.metrics().droppedTotal()).isPositive();
    }

    @Test
    void checkedRecordsMakeNoGarbage() {
        WorkerFixture fixture = new WorkerFixture(temp, Overflow.drop(), 1 << 26, 0, RingChecks.ON);
        fixture.step(0);
        WorkerLogger log = fixture.log.logger("com.acme.Orders");
        fixture.fill();
        fixture.drain(0);
        assertThat(allocatedBy(i -> log.info("{} {}", i, "XLON"))).isZero();
        assertThat(log.metrics().appended()).isGreaterThan(100_000);
        assertThat(log.metrics().droppedTotal()).isPositive();
    }
}

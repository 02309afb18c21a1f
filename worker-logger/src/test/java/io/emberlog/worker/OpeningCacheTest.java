package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpeningCacheTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final String THREAD = "main";

    private final OpeningCache cache = new OpeningCache();
    private final byte[] encoded = "0123456789".repeat(50).getBytes(StandardCharsets.US_ASCII);

    @Test
    void anOpeningIsKeptWhenItComesAgain() {
        String text = "order {} filled";
        assertThat(call(null, THREAD, text)).isNull();
        assertThat(call(null, THREAD, text)).isNull();
        assertThat(call(null, THREAD, text)).asString(StandardCharsets.US_ASCII).isEqualTo("3456789");
        assertThat(call(null, THREAD, text)).isSameAs(call(null, THREAD, text));
    }

    @Test
    void anotherLoggerThreadOrTextOfTheSameContentIsAnother() {
        byte[] logger = {1};
        String text = "order {} filled";
        for (int i = 0; i < 3; i++) {
            call(logger, THREAD, text);
        }
        assertThat(call(logger, THREAD, text)).isNotNull();
        assertThat(call(null, THREAD, text)).isNull();
        assertThat(call(logger.clone(), THREAD, text)).isNull();
        assertThat(call(logger, "other", text)).isNull();
        assertThat(call(logger, THREAD, new String(text.toCharArray()))).isNull();
        assertThat(call(logger, THREAD, text)).isNotNull();
    }

    @Test
    void aLongOneIsNotKept() {
        for (int i = 0; i < 10; i++) {
            cache.met(null, THREAD, "long", encoded, 0, 385);
        }
        assertThat(cache.get(null, THREAD, "long")).isNull();
    }

    @Test
    void openingsThatShareAPlaceDoNotTakeItFromEachOtherForEver() {
        String[] sharing = IntStream.range(0, 100_000)
                .mapToObj(i -> "text " + i)
                .filter(text -> place(text) == place("text 0"))
                .limit(3)
                .toArray(String[]::new);
        for (int run = 1; run <= 8; run++) { // A B A B, then A A B B, and so on
            for (int i = 0; i < 1_000; i++) {
                allocatedBy(run, sharing);
            }
            assertThat(allocatedBy(run, sharing)).as("runs of " + run).isZero();
        }
    }

    @Test
    void anOpeningThatIsNotUsedAnyMoreGivesWay() {
        String old = "text 0";
        for (int i = 0; i < 3; i++) {
            call(null, THREAD, old);
        }
        String successor = IntStream.range(1, 100_000)
                .mapToObj(i -> "text " + i)
                .filter(text -> place(text) == place(old))
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < 10; i++) {
            call(null, THREAD, successor);
        }
        assertThat(call(null, THREAD, successor)).isNotNull();
    }

    private byte[] call(byte[] logger, String thread, String template) {
        byte[] kept = cache.get(logger, thread, template);
        if (kept == null) {
            cache.met(logger, thread, template, encoded, 3, 10);
        }
        return kept;
    }

    private long allocatedBy(int run, String[] texts) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (String text : texts) {
            for (int i = 0; i < run; i++) {
                call(null, THREAD, text);
            }
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static int place(String text) {
        int hash = text.hashCode();
        return (hash ^ hash >>> 16) & 63;
    }
}

package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class Utf8CacheTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Utf8Cache cache = new Utf8Cache();

    @Test
    void aStringIsKeptWhenItComesAgain() {
        String text = "order {} filled";
        assertThat(cache.get(text)).isNull();
        assertThat(cache.get(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(cache.get(text)).isSameAs(cache.get(text));
        assertThat(cache.get(new String(text.toCharArray()))).isNull();
    }

    @Test
    void stringsThatShareAPlaceDoNotTakeItFromEachOtherForEver() {
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
    void aStringThatIsNotUsedAnyMoreGivesWay() {
        String old = "text 0";
        cache.get(old);
        cache.get(old);
        String successor = IntStream.range(1, 100_000)
                .mapToObj(i -> "text " + i)
                .filter(text -> place(text) == place(old))
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < 10; i++) {
            cache.get(successor);
        }
        assertThat(cache.get(successor)).isNotNull();
    }

    private long allocatedBy(int run, String[] texts) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (String text : texts) {
            for (int i = 0; i < run; i++) {
                cache.get(text);
            }
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static int place(String text) {
        int hash = text.hashCode();
        return (hash ^ hash >>> 16) & 63;
    }
}

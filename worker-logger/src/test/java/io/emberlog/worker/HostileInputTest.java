package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input that would break a careless logger: nothing throws, and each call leaves one readable record. */
class HostileInputTest {
    @TempDir
    Path temp;

    private WorkerFixture worker;
    private WorkerLogger log;

    @BeforeEach
    void open() {
        worker = new WorkerFixture(temp, Overflow.drop(), 1 << 20);
        worker.step(0);
        log = worker.log;
    }

    private List<String> messages() {
        return RingContents.only(worker.directory).messages();
    }

    private RingContents.Entry only() {
        assertThat(RingContents.only(worker.directory).entries).hasSize(1);
        return RingContents.only(worker.directory).entries.get(0);
    }

    @Test
    void nullsAreTexts() {
        assertThat(log.info(null)).isTrue();
        assertThat(log.info(null, 1L)).isTrue();
        assertThat(log.info("{}", (Object) null)).isTrue();
        assertThat(log.info("{}", (Object[]) null)).isTrue();
        assertThat(log.log(null, "no level")).isTrue();
        assertThat(log.logger(null).info("no logger")).isTrue();
        assertThat(log.at(null)
                        .arg((Object) null)
                        .arg((java.util.function.Supplier<?>) null)
                        .kv(null, (Object) null)
                        .marker(null)
                        .cause(null)
                        .mdc(null, null)
                        .bytes(null)
                        .trace(null, null)
                        .caller(null, null, 0, null)
                        .log(null))
                .isTrue();
        assertThat(messages()).containsExactly("null", "null", "null", "null", "no level", "no logger", "null");
    }

    @Test
    void wrongArgumentCountsAreKept() {
        assertThat(log.info("{} {} {}", "only one")).isTrue();
        assertThat(log.info("{}", "one", "two", "three")).isTrue();
        assertThat(log.info("none", 1, 2)).isTrue();
        assertThat(log.info("{}", new Object[0])).isTrue();
        List<RingContents.Entry> entries = RingContents.only(worker.directory).entries;
        assertThat(entries.get(0).args()).containsExactly("only one");
        assertThat(entries.get(1).args()).containsExactly("one", "two", "three");
        assertThat(entries.get(2).args()).containsExactly(1L, 2L);
        assertThat(entries.get(3).args()).isEmpty();
    }

    @Test
    void moreArgumentsThanARecordHoldsAreCutAndMarked() {
        Object[] args = new Object[300];
        Arrays.fill(args, 7);
        assertThat(log.info("{}", args)).isTrue();
        assertThat(only().args()).hasSize(255);
        assertThat(only().originalLength()).isZero();
    }

    @Test
    void throwingToStringIsRenderedAsWhatItThrew() {
        Object bad = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("secret");
            }
        };
        Object silent = new Object() {
            @Override
            public String toString() {
                return null;
            }
        };
        assertThat(log.info("{} {}", bad, silent)).isTrue();
        assertThat(log.atInfo()
                        .kv("bad", bad)
                        .arg(bad)
                        .arg(() -> {
                            throw new IllegalArgumentException();
                        })
                        .log("{} {}"))
                .isTrue();
        assertThat(messages())
                .containsExactly(
                        "[FAILED toString(): java.lang.IllegalStateException] null",
                        "[FAILED toString(): java.lang.IllegalStateException] "
                                + "[FAILED get(): java.lang.IllegalArgumentException]");
    }

    @Test
    void loggingFromToStringWorksInItsOwnRecord() {
        Object chatty = new Object() {
            @Override
            public String toString() {
                log.info("inner {}", 1L);
                log.atInfo().arg(2).log("inner {}");
                return "outer";
            }
        };
        assertThat(log.info("this is {}", chatty)).isTrue();
        assertThat(log.atInfo().arg(3).arg(chatty).log("{} {}")).isTrue();
        assertThat(messages()).containsExactly("inner 1", "inner 2", "this is outer", "inner 1", "inner 2", "3 outer");
    }

    @Test
    void collectionsAndArraysThatContainThemselvesEnd() {
        List<Object> first = new ArrayList<>();
        List<Object> second = new ArrayList<>(List.of(first));
        first.add(second);
        Object[] array = {1, new int[] {2, 3}, null, "x"};
        array[2] = array;
        assertThat(log.info("{}", (Object) first)).isTrue();
        assertThat(log.info("{}", (Object) array)).isTrue();
        assertThat(messages())
                .containsExactly("[FAILED toString(): java.lang.StackOverflowError]", "[1, [2, 3], [...], x]");
    }

    @Test
    void concurrentModificationIsRenderedAsSuch() {
        Map<String, Object> map = new HashMap<>();
        map.put("a", new Object() {
            @Override
            public String toString() {
                map.put("b" + map.size(), 1);
                return "a";
            }
        });
        map.put("z", 1);
        assertThat(log.info("{}", (Object) map)).isTrue();
        assertThat(messages().get(0)).contains(ConcurrentModificationException.class.getName());
    }

    @Test
    void hostileTextIsCarriedOrCutNeverRefused() {
        String lone = "a\uD800b\uDC00";
        String nul = "a\0b\u001b[31m\r\n";
        String huge = "€".repeat(10 << 20);
        assertThat(log.info(lone)).isTrue();
        assertThat(log.info(nul)).isTrue();
        assertThat(log.info(huge)).isTrue();
        assertThat(log.info("{} {}", huge, huge)).isTrue();
        List<RingContents.Entry> entries = RingContents.only(worker.directory).entries;
        assertThat(entries.get(0).template()).isEqualTo("a\uFFFDb\uFFFD");
        assertThat(entries.get(1).template()).isEqualTo(nul);
        assertThat(entries.get(2).template()).isEqualTo("€".repeat(4096 / 3));
        assertThat(entries.get(2).originalLength()).isEqualTo(3L * (10 << 20));
        assertThat(entries.get(3).originalLength()).isEqualTo(3L * (10 << 20));
    }

    @Test
    void loneSurrogateInATemplateUsedOftenStaysTheSame() {
        for (int i = 0; i < 5; i++) {
            assertThat(log.info("\uD800 {}", i)).isTrue();
        }
        assertThat(messages()).containsExactly("\uFFFD 0", "\uFFFD 1", "\uFFFD 2", "\uFFFD 3", "\uFFFD 4");
    }

    @Test
    void everyThingAtOnceAtItsLargestStillFits() {
        String big = "x".repeat(200_000);
        byte[] bytes = new byte[1 << 20];
        LogEntry entry = log.at(new Level("custom", 11))
                .marker(big)
                .trace(big, big)
                .cause(new Exception(big))
                .bytes(bytes)
                .caller(big, big, 1, big);
        for (int i = 0; i < 1000; i++) {
            entry.arg(big).kv(big, big).mdc(big, big);
        }
        assertThat(entry.log(big)).isTrue();
        assertThat(only().level()).isEqualTo("CUSTOM");
    }

    @Test
    void entryUsedAfterItsEndDoesNothing() {
        LogEntry entry = log.atInfo();
        assertThat(entry.log("one")).isTrue();
        assertThat(entry.arg(1).log("two")).isFalse();
        assertThat(messages()).containsExactly("one");
    }

    @Test
    void entryThatFailedIsCountedOnceAndLeavesNothingBehind() {
        LogEntry entry = log.atWarn().arg(1).kv("key", "value").marker("M").cause(new Exception());
        entry.fail();
        entry.fail();
        assertThat(entry.arg(2).log("ended already")).isFalse();
        log.atDebug().fail();
        LogEntry again = log.atInfo();
        assertThat(again).as("it is used again").isSameAs(entry);
        assertThat(again.log("fine")).isTrue();
        entry.fail();
        assertThat(log.metrics().dropped()).isEqualTo(Map.of(DropReason.FAILED, 1L));
        RingContents.Entry fine = RingContents.only(worker.directory).entries.get(0);
        assertThat(fine.message()).isEqualTo("fine");
        assertThat(fine.args()).isNull();
        assertThat(fine.fields()).isEmpty();
        assertThat(fine.marker()).isNull();
        assertThat(fine.exception()).isNullOrEmpty();
    }

    @Test
    void aBatchWithAnEntryThatFailedIsRefused() {
        try (LogBatch batch = log.batch()) {
            batch.info("one");
            batch.at(Level.ERROR).arg(1).fail();
            assertThat(batch.publish()).isFalse();
            assertThat(log.metrics().dropped()).isEqualTo(Map.of(DropReason.REFUSED, 2L));
            batch.info("two");
            assertThat(batch.publish()).isTrue();
        }
        assertThat(messages()).containsExactly("two");
    }

    @Test
    void entryNeverEndedLeavesNothingBehind() {
        for (int i = 0; i < 1000; i++) {
            log.atInfo().arg(i);
        }
        assertThat(log.info("fine")).isTrue();
        assertThat(only().message()).isEqualTo("fine");
    }
}

package io.emberlog.worker.slf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.DropReason;
import io.emberlog.worker.RingContents;
import io.emberlog.worker.WorkerLogger;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.BasicMarkerFactory;

/** What an error does to a call: it stays there, is counted at the call's level, and leaves nothing to the next one. */
class ErrorsInACallTest {
    private static final Marker AUDIT = MarkerFactory.getMarker("AUDIT");

    @TempDir
    Path temp;

    private WorkerLogger worker;
    private EmberlogLogger log;
    /** What reading the context throws; null for nothing. */
    private Supplier<? extends Error> broken;

    private final ThreadMdcAdapter mdc = new ThreadMdcAdapter() {
        @Override
        Map<String, String> current() {
            if (broken != null) {
                throw broken.get();
            }
            return super.current();
        }
    };

    @BeforeEach
    void open() {
        worker = WorkerLogger.builder()
                .name("errors")
                .directory(temp.resolve("channel"))
                .ringSize(1 << 23)
                .level(io.emberlog.message.Level.INFO)
                .caller(false)
                .open();
        log = new EmberlogLogger("a.b", new LazyWorker(() -> worker), mdc);
    }

    static Stream<Supplier<? extends Error>> errors() {
        return Stream.of(() -> new OutOfMemoryError("Java heap space"), StackOverflowError::new, InternalError::new);
    }

    private List<RingContents.Entry> entries() {
        return RingContents.all(temp.resolve("channel")).stream()
                .flatMap(ring -> ring.entries.stream())
                .toList();
    }

    private void assertFailed(int severity, long count) {
        await().until(() -> RingContents.only(temp.resolve("channel")).drops.stream()
                        .filter(drop -> drop.reason() == DropReason.FAILED.code() && drop.severity() == severity)
                        .mapToLong(RingContents.Dropped::count)
                        .sum()
                == count);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorInsideACallStaysThereAndIsCountedAtItsLevel(Supplier<? extends Error> error) {
        broken = error;
        assertThatCode(() -> {
                    log.info("{} {}", 1, "not to be seen again");
                    log.info("literal");
                    log.warn(AUDIT, "marked", new Exception("not to be seen again"));
                    log.atError().addKeyValue("k", "not to be seen again").log("fluent");
                    log.atError().addMarker(AUDIT).addArgument(1).log("fluent {}");
                    log.debug("disabled");
                    log.atDebug().log("disabled");
                })
                .doesNotThrowAnyException();
        broken = null;
        log.info("whole");
        log.atInfo().log("whole");

        assertThat(worker.metrics().dropped()).isEqualTo(Map.of(DropReason.FAILED, 5L));
        assertFailed(9, 2);
        assertFailed(13, 1);
        assertFailed(17, 2);
        assertThat(entries()).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.template()).isEqualTo("whole");
            assertThat(entry.args()).isNull();
            assertThat(entry.fields()).isEmpty();
            assertThat(entry.marker()).isNull();
            assertThat(entry.exception()).isNullOrEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anEventOfTheApplicationMayThrowWhereverItIsAsked(Supplier<? extends Error> error) {
        List<String> broken = List.of(
                "getLevel", "getMarkers", "getKeyValuePairs", "getMessage", "getCallerBoundary", "getArgumentArray");
        for (String method : broken) {
            assertThatCode(() -> log.log(event(Map.of(), method, error)))
                    .as(method)
                    .doesNotThrowAnyException();
        }
        List<Object> throwing = new AbstractList<>() {
            @Override
            public Object get(int index) {
                throw error.get();
            }

            @Override
            public Iterator<Object> iterator() {
                throw error.get();
            }

            @Override
            public int size() {
                return 2;
            }
        };
        assertThatCode(() -> {
                    log.log(event(Map.of("getMarkers", throwing), null, error));
                    log.log(event(Map.of("getKeyValuePairs", throwing), null, error));
                    log.log(null);
                })
                .doesNotThrowAnyException();
        assertThat(worker.metrics().dropped()).isEqualTo(Map.of(DropReason.FAILED, broken.size() + 3L));
        assertFailed(9, broken.size() + 3L);
    }

    private static LoggingEvent event(Map<String, Object> values, String throwing, Supplier<? extends Error> error) {
        return (LoggingEvent) java.lang.reflect.Proxy.newProxyInstance(
                ErrorsInACallTest.class.getClassLoader(),
                new Class<?>[] {LoggingEvent.class},
                (proxy, method, args) -> {
                    if (method.getName().equals(throwing)) {
                        throw error.get();
                    }
                    return values.get(method.getName());
                });
    }

    @Test
    void whatIsNullInAnEventIsLeftOut() {
        KeyValuePair pair = new KeyValuePair("key", 1);
        log.log(event(
                Map.of(
                        "getLevel", Level.WARN,
                        "getMarkers", Arrays.asList(AUDIT, null),
                        "getKeyValuePairs", Arrays.asList(null, pair, new KeyValuePair(null, null))),
                null,
                null));
        log.log(event(Map.of(), null, null));
        assertThat(worker.metrics().droppedTotal()).isZero();
        assertThat(entries().get(0).level()).isEqualTo("WARN");
        assertThat(entries().get(0).marker()).isEqualTo("AUDIT,null");
        assertThat(entries().get(0).fields()).containsEntry("key", 1L).containsKey("null");
        assertThat(entries().get(1).level()).isEqualTo("INFO");
        assertThat(entries().get(1).template()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("errors")
    @SuppressWarnings({"unchecked", "rawtypes"})
    void whatTheApplicationsObjectsThrowStandsInTheRecord(Supplier<? extends Error> error) {
        Object thrower = new Object() {
            @Override
            public String toString() {
                throw error.get();
            }
        };
        Object silent = new Object() {
            @Override
            public String toString() {
                return null;
            }
        };
        Map raw = new HashMap<>();
        raw.put(thrower, "key throws");
        raw.put("value throws", thrower);
        raw.put(silent, silent);
        mdc.setContextMap(raw);
        Marker marker = (Marker) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Marker.class}, (proxy, method, args) -> {
                    throw error.get();
                });
        log.info(marker, "{}", thrower);
        mdc.clear();

        String name = error.get().getClass().getName();
        assertThat(worker.metrics().droppedTotal()).isZero();
        assertThat(entries().get(0).marker()).isEqualTo("[FAILED getName(): " + name + "]");
        assertThat(entries().get(0).args()).containsExactly("[FAILED toString(): " + name + "]");
        assertThat(entries().get(0).mdc())
                .containsEntry("value throws", "[FAILED toString(): " + name + "]")
                .containsEntry("[FAILED toString(): " + name + "]", "key throws")
                .containsEntry("null", "null");
    }

    @Test
    void anErrorBeforeThereIsAnEntryIsCountedByTheRoot() {
        int[] asked = new int[1];
        LazyWorker starting = new LazyWorker(() -> worker) {
            @Override
            WorkerLogger get() {
                if (asked[0]++ < 2) {
                    throw new OutOfMemoryError();
                }
                return super.get();
            }
        };
        EmberlogLogger first = new EmberlogLogger("first", starting, mdc);
        assertThatCode(() -> first.info("at the shortage")).doesNotThrowAnyException();
        first.info("over");
        assertThat(worker.metrics().dropped()).isEqualTo(Map.of(DropReason.FAILED, 1L));
        assertThat(entries()).extracting(RingContents.Entry::template).containsExactly("over");
    }

    /** Java itself ends a call that has no stack for its first frames; further in, it returns, and is logged or counted. */
    @Test
    void callsAtTheEndOfAStackReturnAndAreLoggedOrCounted() {
        Marker own = new BasicMarkerFactory().getDetachedMarker("OWN");
        StackOverflowError[] ends = new StackOverflowError[4];
        int[] returned = new int[1];
        for (int round = 0; round < ends.length; round++) {
            int at = round;
            Thread deep = new Thread(
                    null, () -> ends[at] = recurse(own, returned), "deep", 256 * 1024 + 1024L * round); // not by a page
            deep.start();
            await().until(() -> !deep.isAlive());
        }
        long logged = worker.metrics().appended();
        // until there is a successor of the ring that an overflow may have cost; also counts what was left to be
        // counted
        await().until(() -> {
            log.info("after");
            returned[0]++;
            return worker.metrics().appended() > logged;
        });
        assertThat(ends)
                .doesNotContainNull()
                .noneMatch(end -> Arrays.stream(end.getStackTrace())
                        .skip(1)
                        .takeWhile(frame -> !frame.getMethodName().equals("recurse"))
                        .anyMatch(frame -> frame.getMethodName().equals("handleNormalizedLoggingCall")));
        assertThat(worker.metrics().dropped()).containsKey(DropReason.FAILED);
        // the housekeeper adds what its counters could only note
        await().untilAsserted(() -> assertThat(
                        entries().size() + worker.metrics().droppedTotal())
                .as("of %d calls; dropped: %s", returned[0], worker.metrics().dropped())
                .isGreaterThanOrEqualTo(returned[0]));
    }

    /** @return what ended the deepest call; at the end nothing is called */
    private StackOverflowError recurse(Marker marker, int[] returned) {
        try {
            log.warn(marker, "deep {} {}", 1, "two");
            returned[0]++;
            return recurse(marker, returned);
        } catch (StackOverflowError end) {
            return end;
        }
    }
}

package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.Level;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every form of every level, called and read back; the fluent form with all it can carry. */
class LevelMethodsTest {
    private static final Map<Class<?>, Object> SAMPLES =
            Map.of(long.class, 7L, double.class, 2.5, float.class, 1.5f, char.class, 'c', Object.class, "object");

    @TempDir
    Path temp;

    private WorkerFixture worker;

    @BeforeEach
    void open() {
        worker = new WorkerFixture(temp, Overflow.drop(), 1 << 20);
        worker.step(0);
        worker.log.setLevel(Level.TRACE);
    }

    private static List<Method> forms(String name) {
        return Arrays.stream(LevelMethods.class.getDeclaredMethods())
                .filter(method -> method.getName().equals(name) && Modifier.isPublic(method.getModifiers()))
                .toList();
    }

    @Test
    void everyFormOfEveryLevelIsThereAndLogsWhatItIsGiven() throws ReflectiveOperationException {
        for (String name :
                List.of("trace", "debug", "info", "notice", "warn", "error", "critical", "alert", "emergency")) {
            List<Method> forms = forms(name);
            assertThat(forms).as(name).hasSize(2 + 5 + 9);
            for (Method form : forms) {
                check(form, name);
            }
        }
        assertThat(forms("log")).hasSize(2 + 5 + 9);
    }

    private void check(Method form, String name) throws ReflectiveOperationException {
        List<Object> arguments = new ArrayList<>(List.of("{} {}"));
        List<Object> expected = new ArrayList<>();
        for (int i = 1; i < form.getParameterCount(); i++) {
            Class<?> type = form.getParameterTypes()[i];
            Object sample = type.isArray() ? new Object[] {1, 2, "three"} : SAMPLES.get(type);
            arguments.add(sample);
            expected.addAll(
                    type.isArray()
                            ? List.of(1L, 2L, "three")
                            : List.of(sample instanceof Character c ? c.toString() : sample));
        }
        assertThat(form.invoke(worker.log, arguments.toArray()))
                .as(form.toString())
                .isEqualTo(true);
        List<RingContents.Entry> entries = RingContents.only(worker.directory).entries;
        RingContents.Entry last = entries.get(entries.size() - 1);
        assertThat(last.level()).isEqualTo(name.toUpperCase(Locale.ROOT));
        assertThat(last.severity()).isEqualTo(Level.parse(name).severity());
        assertThat(last.args()).as(form.toString()).isEqualTo(expected.isEmpty() ? null : expected);
    }

    @Test
    void customLevelsAndFatalCarryTheirNames() {
        Level trade = new Level("trade", 11);
        assertThat(worker.log.log(trade, "one")).isTrue();
        assertThat(worker.log.log(trade, "two {}", 2L)).isTrue();
        assertThat(worker.log.at(trade).log("three")).isTrue();
        assertThat(worker.log.log(Level.FATAL, "four {} {} {}", 1, 2, 3)).isTrue();
        assertThat(RingContents.only(worker.directory).entries.stream()
                        .map(entry -> entry.level() + " " + entry.severity()))
                .containsExactly("TRADE 11", "TRADE 11", "TRADE 11", "FATAL 21");
    }

    @Test
    void fluentFormCarriesEverything() {
        byte[] payload = {1, 2, 3};
        boolean ringed = worker.log
                .logger("com.acme.Orders")
                .atNotice()
                .arg(1L)
                .arg(2.5)
                .arg(1.5f)
                .arg(true)
                .arg('c')
                .arg("text")
                .arg(() -> "lazy")
                .kv("long", 1)
                .kv("double", 2.5)
                .kv("float", 1.5f)
                .kv("boolean", false)
                .kv("char", 'c')
                .kv("object", List.of(1, 2))
                .kv("lazy", () -> 3)
                .mdc("user", "ada")
                .marker("AUDIT")
                .trace("t", "s")
                .cause(new IllegalStateException("why"))
                .bytes(payload)
                .location()
                .log("{} {} {} {} {} {} {}");
        assertThat(ringed).isTrue();
        RingContents.Entry entry = RingContents.only(worker.directory).entries.get(0);
        assertThat(entry.logger()).isEqualTo("com.acme.Orders");
        assertThat(entry.thread()).isEqualTo(Thread.currentThread().getName());
        assertThat(entry.message()).isEqualTo("1 2.5 1.5 true c text lazy");
        assertThat(entry.fields())
                .isEqualTo(new TreeMap<>(Map.of(
                        "long", 1L, "double", 2.5, "float", 1.5f, "boolean", false, "char", "c", "object", "[1, 2]",
                        "lazy", 3L)));
        assertThat(entry.mdc()).isEqualTo(new TreeMap<>(Map.of("user", "ada")));
        assertThat(entry.marker()).isEqualTo("AUDIT");
        assertThat(entry.exception().get(0)).isEqualTo("0 0 java.lang.IllegalStateException: why");
        assertThat(entry.bytes()).isEqualTo(payload);
        assertThat(entry.caller().get(0)).isEqualTo("LevelMethodsTest.java");
        assertThat(entry.caller().get(1)).isEqualTo("io/emberlog/worker/LevelMethodsTest.java");
        assertThat(entry.caller().get(3)).isEqualTo(getClass().getName() + ".fluentFormCarriesEverything");
        assertThat(entry.originalLength()).isEqualTo(-1);
    }

    @Test
    void suppliersOfADisabledLevelAreNotAsked() {
        worker.log.setLevel(Level.WARN);
        assertThat(worker.log
                        .atInfo()
                        .arg(() -> {
                            throw new AssertionError();
                        })
                        .kv("k", () -> {
                            throw new AssertionError();
                        })
                        .cause(new Exception())
                        .location()
                        .log("x"))
                .isFalse();
        assertThat(worker.log.metrics().droppedTotal()).isZero();
    }

    @Test
    void threadOrderIsTheOrderInTheRing() throws InterruptedException {
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(
                    () -> {
                        for (int i = 0; i < 500; i++) {
                            worker.log.info("{}", i);
                        }
                    },
                    "writer-" + t);
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        List<RingContents.Entry> entries = RingContents.only(worker.directory).entries;
        assertThat(entries).hasSize(2000);
        for (Thread thread : threads) {
            List<RingContents.Entry> own = entries.stream()
                    .filter(entry -> entry.thread().equals(thread.getName()))
                    .toList();
            assertThat(own.stream().map(RingContents.Entry::message))
                    .isSortedAccordingTo((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
            assertThat(own.stream().map(RingContents.Entry::timestampNs)).isSorted();
        }
        Map<Integer, List<Long>> bySlot = new TreeMap<>();
        entries.forEach(entry ->
                bySlot.computeIfAbsent(entry.slot(), s -> new ArrayList<>()).add(entry.sequence()));
        bySlot.forEach((slot, sequences) -> {
            for (int i = 0; i < sequences.size(); i++) {
                assertThat(sequences.get(i)).as("slot " + slot).isEqualTo(i + 1L);
            }
        });
    }
}

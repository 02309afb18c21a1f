package io.emberlog.worker.slf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.emberlog.ring.control.Clock;
import io.emberlog.ring.control.ControlPageWriter;
import io.emberlog.ring.control.LevelRule;
import io.emberlog.worker.RingContents;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.spi.LocationAwareLogger;

/** SLF4J as an application uses it, found by its own service loader; each test has a logger name of its own. */
class EmberlogSlf4jTest {
    private static Path channel;

    @BeforeAll
    static void settings() throws IOException {
        channel = Files.createTempDirectory("emberlog-slf4j-").resolve("channel");
        System.setProperty("emberlog.dir", channel.toString());
        System.setProperty("emberlog.name", "slf4j");
        System.setProperty("emberlog.level", "DEBUG,quiet=WARN,quiet.loud=TRACE");
        System.setProperty("emberlog.caller", "true");
    }

    @AfterEach
    void clear() {
        MDC.clear();
    }

    private static List<RingContents.Entry> entries(Logger logger) {
        return RingContents.only(channel).entries.stream()
                .filter(entry -> logger.getName().equals(entry.logger()))
                .toList();
    }

    private static RingContents.Entry only(Logger logger) {
        assertThat(entries(logger)).hasSize(1);
        return entries(logger).get(0);
    }

    @Test
    void providerIsFound() {
        assertThat(LoggerFactory.getILoggerFactory()).isInstanceOf(EmberlogLoggerFactory.class);
        assertThat(LoggerFactory.getLogger("provider")).isNotInstanceOf(NOPLogger.class);
        assertThat(LoggerFactory.getLogger("provider")).isSameAs(LoggerFactory.getLogger("provider"));
        assertThat(LoggerFactory.getLogger(EmberlogSlf4jTest.class).getName())
                .isEqualTo(EmberlogSlf4jTest.class.getName());
    }

    @Test
    void levelsAreMapped() {
        Logger log = LoggerFactory.getLogger("levels");
        log.trace("trace");
        log.debug("debug");
        log.info("info");
        log.warn("warn");
        log.error("error");
        assertThat(log.isTraceEnabled()).isFalse();
        assertThat(log.isDebugEnabled()).isTrue();
        assertThat(log.isEnabledForLevel(Level.WARN)).isTrue();
        assertThat(entries(log).stream().map(entry -> entry.level() + " " + entry.severity()))
                .containsExactly("DEBUG 5", "INFO 9", "WARN 13", "ERROR 17");
    }

    @Test
    void levelsByLoggerNameFollowTheSettingsAndTheControlPage() throws Exception {
        Logger quiet = LoggerFactory.getLogger("quiet.Room");
        Logger loud = LoggerFactory.getLogger("quiet.loud.Room");
        assertThat(quiet.isInfoEnabled()).isFalse();
        assertThat(quiet.isWarnEnabled()).isTrue();
        assertThat(loud.isTraceEnabled()).isTrue();
        quiet.info("not logged");
        loud.trace("logged");
        assertThat(entries(quiet)).isEmpty();
        assertThat(only(loud).level()).isEqualTo("TRACE");

        ControlPageWriter page = new ControlPageWriter(channel);
        Clock clock = Clock.ofThisProcess();
        page.change(
                clock,
                (holding, sequence) -> List.of(
                        new LevelRule("quiet", "slf4*", io.emberlog.message.Level.DEBUG, sequence, 0, 0, 0, 0)));
        await(() -> quiet.isDebugEnabled() && !loud.isTraceEnabled()); // the loggers change one after the other
        quiet.atDebug().log("logged");
        assertThat(only(quiet).level()).isEqualTo("DEBUG");

        page.change(clock, (holding, sequence) -> List.of());
        await(() -> loud.isTraceEnabled() && !quiet.isInfoEnabled());
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            Thread.onSpinWait();
        }
    }

    @Test
    void argumentsStayTyped() {
        Logger log = LoggerFactory.getLogger("arguments");
        log.info("{}", 1);
        log.info("{} {}", 2L, 2.5);
        log.info("{} {} {}", 'c', true, 1.5f);
        log.info("{}", (Object) new int[] {1, 2});
        log.info("literal {}");
        log.info("{}", new Object[] {null});
        assertThat(entries(log).stream().map(RingContents.Entry::args))
                .containsExactly(
                        List.of(1L),
                        List.of(2L, 2.5),
                        List.of("c", true, 1.5f),
                        List.of("[1, 2]"),
                        null,
                        Arrays.asList((Object) null));
    }

    @Test
    void throwablesFollowTheRulesOfSlf4j() {
        Logger log = LoggerFactory.getLogger("throwables");
        Exception boom = new IllegalStateException("boom");
        log.error("a", boom);
        log.error("b {}", 1, boom);
        log.error("c {} {}", 1, 2, boom);
        log.error("d {} {}", 1, boom);
        log.error("e {}", (Object) boom);
        List<RingContents.Entry> entries = entries(log);
        for (int i = 0; i < 4; i++) {
            assertThat(entries.get(i).exception().get(0)).isEqualTo("0 0 java.lang.IllegalStateException: boom");
        }
        assertThat(entries.get(3).args()).containsExactly(1L);
        assertThat(entries.get(4).args()).containsExactly("java.lang.IllegalStateException: boom");
    }

    @Test
    void markersGoAlong() {
        Logger log = LoggerFactory.getLogger("markers");
        Marker audit = MarkerFactory.getMarker("AUDIT");
        log.info(audit, "one");
        log.atInfo()
                .addMarker(audit)
                .addMarker(MarkerFactory.getMarker("SECURITY"))
                .log("two");
        assertThat(entries(log).stream().map(RingContents.Entry::marker)).containsExactly("AUDIT", "AUDIT,SECURITY");
        assertThat(log.isInfoEnabled(audit)).isTrue();
    }

    @Test
    void fluentCallsCarryKeyValuesCauseAndArguments() {
        Logger log = LoggerFactory.getLogger("fluent");
        log.atWarn()
                .addKeyValue("order", 42)
                .addKeyValue("venue", () -> "XLON")
                .addArgument(7L)
                .addArgument(() -> "lazy")
                .setCause(new IllegalArgumentException("why"))
                .setMessage("rejected {} {}")
                .log();
        log.atTrace().addKeyValue("not", "issued").log("never");
        RingContents.Entry entry = only(log);
        assertThat(entry.level()).isEqualTo("WARN");
        assertThat(entry.message()).isEqualTo("rejected 7 lazy");
        assertThat(entry.fields()).isEqualTo(new TreeMap<>(Map.of("order", 42L, "venue", "XLON")));
        assertThat(entry.exception().get(0)).isEqualTo("0 0 java.lang.IllegalArgumentException: why");
        assertThat(entry.caller().get(3)).asString().endsWith("fluentCallsCarryKeyValuesCauseAndArguments");
    }

    @Test
    void contextOfTheThreadGoesAlongAndIsNotInherited() throws InterruptedException {
        Logger log = LoggerFactory.getLogger("mdc");
        MDC.put("user", "ada");
        MDC.put("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736");
        MDC.MDCCloseable request = MDC.putCloseable("request", "r1");
        log.info("with");
        assertThat(MDC.get("request")).isEqualTo("r1");
        request.close();
        assertThat(MDC.get("request")).isNull();
        Thread child = new Thread(() -> log.info("child"));
        child.start();
        child.join();
        assertThat(entries(log).get(0).mdc()).containsEntry("user", "ada").containsEntry("request", "r1");
        assertThat(entries(log).get(1).mdc()).isEmpty();
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void aContextThatHoldsWhatItShouldNotBreaksNoCall() {
        Logger log = LoggerFactory.getLogger("context.raw");
        java.util.Map raw = new java.util.HashMap<>();
        raw.put(null, "no key");
        raw.put("number", 7);
        raw.put("nothing", null);
        MDC.setContextMap(raw);
        try {
            log.info("logged");
        } finally {
            MDC.clear();
        }
        assertThat(entries(log)).hasSize(1);
        assertThat(entries(log).get(0).mdc()).containsEntry("number", "7").containsEntry("null", "no key");
    }

    @Test
    void contextAdapterKeepsToItsContract() {
        assertThat(MDC.getCopyOfContextMap()).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> MDC.put(null, "x"));
        MDC.put("a", null);
        assertThat(MDC.get("a")).isNull();
        MDC.setContextMap(Map.of("b", "1"));
        Map<String, String> copy = MDC.getCopyOfContextMap();
        MDC.put("b", "2");
        assertThat(copy).containsExactly(Map.entry("b", "1"));
        MDC.remove("b");
        assertThat(MDC.getCopyOfContextMap()).isNull();
        MDC.pushByKey("stack", "x");
        MDC.pushByKey("stack", "y");
        assertThat(MDC.getMDCAdapter().getCopyOfDequeByKey("stack")).containsExactly("y", "x");
        assertThat(MDC.popByKey("stack")).isEqualTo("y");
        MDC.getMDCAdapter().clearDequeByKey("stack");
        assertThat(MDC.getMDCAdapter().getCopyOfDequeByKey("stack")).isEmpty();
    }

    @Test
    void callerIsTheApplicationsOwnLine() {
        Logger log = LoggerFactory.getLogger("caller");
        log.info("here");
        RingContents.Entry entry = only(log);
        assertThat(entry.caller().get(0)).isEqualTo("EmberlogSlf4jTest.java");
        assertThat(entry.caller().get(3)).isEqualTo(getClass().getName() + ".callerIsTheApplicationsOwnLine");
        assertThat(log).isNotInstanceOf(LocationAwareLogger.class);
    }

    @Test
    void hostileCallsDoNotThrow() {
        Logger log = LoggerFactory.getLogger("hostile");
        log.info(null);
        log.info(null, (Object) null);
        log.info("{}", (Object[]) null);
        log.info((Marker) null, "no marker");
        log.atInfo().log();
        log.atInfo().addKeyValue(null, (Object) null).log("null key");
        log.info("{}", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException();
            }
        });
        assertThat(entries(log)).hasSize(7);
    }

    @Test
    void wrongSettingIsOneMessageAndNoException() {
        LazyWorker lazy = new LazyWorker(() -> {
            throw new IllegalArgumentException("emberlog.level=LOUD is not valid");
        });
        Logger log = new EmberlogLoggerFactory(lazy, new ThreadMdcAdapter()).getLogger("x");
        log.info("nothing");
        log.atInfo().log("nothing");
        assertThat(log.isErrorEnabled()).isFalse();
    }

    @Test
    void aShortageAtTheFirstCallIsNotTheCallsAffairAndMayBeOverLater() {
        int[] tries = new int[1];
        LazyWorker lazy = new LazyWorker(() -> {
            if (tries[0]++ == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return WorkerLogger.builder().open();
        });
        Logger log = new EmberlogLoggerFactory(lazy, new ThreadMdcAdapter()).getLogger("shortage");
        log.info("at the shortage");
        log.info("not tried again at once");
        assertThat(tries[0]).isEqualTo(1);
        Awaitility.await().until(() -> log.isInfoEnabled());
        assertThat(tries[0]).isEqualTo(2);
    }

    @Test
    void workerIsOpenedAtFirstUseOnly() {
        boolean[] opened = new boolean[1];
        LazyWorker lazy = new LazyWorker(() -> {
            opened[0] = true;
            throw new IllegalArgumentException("not here");
        });
        Logger log = new EmberlogLoggerFactory(lazy, new ThreadMdcAdapter()).getLogger("x");
        assertThat(opened[0]).isFalse();
        log.info("now");
        assertThat(opened[0]).isTrue();
    }
}

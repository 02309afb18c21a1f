package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.emberlog.message.Level;
import io.emberlog.ring.control.LevelTable;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Levels by logger name: from settings, from the application, from the control page; and what they hold on to. */
class LoggerLevelsTest {
    @TempDir
    Path directory;

    private WorkerFixture worker;
    private WorkerLogger acme;
    private WorkerLogger pool;

    @BeforeEach
    void open() {
        worker = new WorkerFixture(directory);
        worker.step(0);
        acme = worker.log.logger("com.acme.Orders");
        pool = worker.log.logger("com.acme.db.Pool");
    }

    private static WorkerSettings settings(Map<Setting<?>, Object> builder, String property, String variable) {
        return WorkerSettings.resolve(
                builder,
                key -> key.equals("emberlog.level") ? property : null,
                key -> key.equals("EMBERLOG_LEVEL") ? variable : null);
    }

    @Test
    void eachLoggersLevelComesFromTheBuilderElseThePropertyElseTheEnvironment() {
        Map<Setting<?>, Object> builder = Map.of(Setting.LEVEL, LevelText.parse("com.acme=TRACE"));
        assertThat(settings(builder, "com.acme=WARN,org=ERROR", "DEBUG,org=INFO,net=5")
                        .levels())
                .hasToString("DEBUG,com.acme=TRACE,net=DEBUG,org=ERROR");
        assertThat(settings(Map.of(), null, " com.acme = debug , audit:14 ").levels())
                .hasToString("AUDIT,com.acme=DEBUG");
        assertThat(settings(Map.of(), null, "*=WARN").levels()).hasToString("WARN");
        assertThat(settings(Map.of(), "com.acme=DEBUG", null).levels()).hasToString("INFO,com.acme=DEBUG");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "loud; level 'loud' is not known",
                "INFO,com.acme=debgu; did you mean DEBUG?",
                "INFO,WARN; two levels without a logger",
                "a=INFO,a=WARN; logger a is named twice",
                "=INFO; names no logger in front of its '='",
                "INFO,; level '' is not known",
                "a b=INFO; logger 'a b' must have at most 200 characters and no space"
            })
    void aWrongLevelNamesTheItem(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Map.of(), null, text))
                .withMessageContaining("EMBERLOG_LEVEL=" + text)
                .withMessageContaining(message);
    }

    @Test
    void aChangeReachesTheLoggersBelowThatHaveNoneOfTheirOwnNowAndLater() {
        worker.log.logger("com.acme").setLevel(Level.DEBUG);
        assertThat(acme.isEnabled(Level.DEBUG)).isTrue();
        assertThat(pool.debug("seen")).isTrue();
        assertThat(worker.log.isEnabled(Level.DEBUG)).isFalse();
        assertThat(worker.log.logger("com.acmeware").isEnabled(Level.DEBUG)).isFalse();
        assertThat(worker.log.logger("com.acme.later.Made").level()).isEqualTo(Level.DEBUG);

        worker.log.logger("com.acme.db").setLevel(Level.ERROR);
        worker.log.setLevel(Level.TRACE);
        assertThat(pool.isEnabled(Level.WARN)).isFalse();
        assertThat(acme.isEnabled(Level.TRACE)).isFalse();
        assertThat(worker.log.logger("org").isEnabled(Level.TRACE)).isTrue();

        worker.log.logger("com.acme.db").resetLevel();
        worker.log.logger("com.acme").resetLevel();
        worker.log.resetLevel();
        assertThat(pool.level()).isEqualTo(Level.INFO);
        assertThat(pool.isEnabled(Level.DEBUG)).isFalse();
    }

    @Test
    void thePageWinsAsLongAsItLastsAndThenTheLevelsOfThatMomentAreBack() {
        worker.log.logger("com.acme.db").setLevel(Level.ERROR);
        worker.worker.pageLevels.set(LevelTable.of(Map.of("com.acme", Level.DEBUG)));
        assertThat(pool.isEnabled(Level.DEBUG)).as("also over a longer name").isTrue();
        assertThat(acme.isEnabled(Level.DEBUG)).isTrue();
        assertThat(worker.log.isEnabled(Level.DEBUG)).isFalse();

        worker.log.logger("com.acme.db").setLevel(Level.ALERT);
        worker.log.setLevel(Level.WARN);
        assertThat(pool.isEnabled(Level.DEBUG)).isTrue();
        assertThat(worker.log.isEnabled(Level.INFO)).isFalse();

        worker.worker.pageLevels.set(LevelTable.EMPTY);
        assertThat(pool.level()).isEqualTo(Level.ALERT);
        assertThat(pool.isEnabled(Level.CRITICAL)).isFalse();
        assertThat(acme.isEnabled(Level.INFO)).isFalse();
    }

    @Test
    void notsetIsTheLowestOfAll() {
        assertThat(worker.log.log(Level.NOTSET, "unspecified")).isFalse();
        worker.log.setLevel(Level.NOTSET);
        assertThat(worker.log.log(Level.NOTSET, "unspecified")).isTrue();
        assertThat(worker.log.trace("all")).isTrue();
    }

    @Test
    void aLoggerIsTheSameOneWhileItIsInUseAndNothingIsKeptOfItAfterwards() {
        assertThat(worker.log.logger("com.acme.Orders")).isSameAs(acme);
        assertThat(worker.log.logger(null)).isSameAs(worker.log).isSameAs(acme.logger(""));
        LoggerLevels levels = worker.log.levels();
        for (int i = 0; i < 10_000; i++) {
            worker.log.logger("session." + i).info("once");
        }
        awaitCollected("loggers that nobody uses", () -> levels.size() <= 3);
        assertThat(acme.isEnabled(Level.INFO)).isTrue();
    }

    @Test
    void opensThatNobodyUsesAreNotHeldByTheWorkerWhetherTheyWereClosedOrNot() {
        WorkerSettings settings = settings(Map.of(), null, null);
        for (int i = 0; i < 1_000; i++) {
            WorkerLogger log = WorkerLogger.of(worker.worker, settings);
            log.logger("child").info("x");
            if (i % 2 == 0) {
                log.close();
            }
        }
        awaitCollected("opens that nobody uses", () -> worker.worker.pageLevels.size() == 1);
    }

    private static void awaitCollected(String what, java.util.function.BooleanSupplier gone) {
        long start = System.nanoTime();
        while (!gone.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as(what).isLessThan(TimeUnit.SECONDS.toNanos(20));
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The field is not volatile: a loop of checks must see a change all the same. */
    @Test
    void aLoopOfLevelChecksSeesAChange() throws InterruptedException {
        Thread loop = new Thread(() -> {
            while (!acme.isEnabled(Level.TRACE)) {
                Thread.onSpinWait();
            }
        });
        loop.setDaemon(true);
        loop.start();
        long start = System.nanoTime();
        while (System.nanoTime() - start < 300_000_000L) {
            Thread.onSpinWait(); // until the loop is compiled
        }
        acme.setLevel(Level.TRACE);
        loop.join(20_000);
        assertThat(loop.isAlive()).isFalse();
    }
}

package io.emberlog.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of SPEC W2, and levels of an application's own. */
class LevelTest {
    @ParameterizedTest
    @CsvSource({
        "notset, 0",
        "trace, 1",
        "debug, 5",
        "stream, 7",
        "info, 9",
        "notice, 10",
        "logon, 10",
        "logout, 10",
        "trade, 11",
        "schedule, 11",
        "report, 12",
        "warn, 13",
        "warning, 13",
        "error, 17",
        "critical, 18",
        "alert, 19",
        "emergency, 21",
        "fatal, 21"
    })
    void everyNameOfTheTableIsKnownInAnyCaseAndKeepsItsName(String name, int severity) {
        Level level = Level.parse(name);
        assertThat(level).isEqualTo(new Level(name, severity)).isSameAs(Level.parse(" " + name.toUpperCase() + " "));
        assertThat(Level.known()).contains(level);
        Level read = level.needsName() ? level : Level.canonical(severity);
        assertThat(read).as("what a reader of the record makes of it").isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({
        "7, DEBUG, 7",
        "14, WARN, 14",
        "24, EMERGENCY, 24",
        "0, NOTSET, 0",
        "AUDIT:14, AUDIT, 14",
        "a.b-c_1:0, A.B-C_1, 0"
    })
    void numbersAndNamesWithNumbersAreLevels(String text, String name, int severity) {
        assertThat(Level.parse(text)).isEqualTo(new Level(name, severity));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "25", "-1", "AUDIT", "AUDIT:25", "AUDIT:", ":14", "A B:1", "1A:1", "AUDIT:1:2", "123456789"})
    void whatIsNoLevelSaysWhatWouldBe(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Level.parse(text))
                .withMessageStartingWith("level '" + text + "' is not known")
                .withMessageContaining("one of NOTSET, TRACE, DEBUG, STREAM, INFO")
                .withMessageEndingWith("a severity 0-24, or NAME:SEVERITY for one of your own");
    }

    @ParameterizedTest
    @CsvSource({"debgu, DEBUG", "eror, ERROR", "shedule, SCHEDULE", "warnig, WARNING", "infos, INFO"})
    void aMisspeltNameIsGuessed(String text, String guess) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Level.parse(text))
                .withMessageContaining("; did you mean " + guess + "?; one of");
    }

    @Test
    void onlyALevelThatItsSeverityDoesNotNameNeedsItsName() {
        for (int severity = 0; severity <= Level.MAX_SEVERITY; severity++) {
            Level canonical = Level.canonical(severity);
            assertThat(canonical.needsName()).isFalse();
            assertThat(new Level("OTHER", severity).needsName()).isTrue();
            if (canonical.severity() != severity) {
                assertThat(new Level(canonical.name(), severity).needsName()).isTrue();
            }
        }
    }

    @Test
    void allKnownLevelsAreInOrderOfSeverityAndThenOfName() {
        assertThat(Level.known())
                .isSortedAccordingTo(Comparator.comparingInt(Level::severity).thenComparing(Level::name));
    }

    @Test
    void aNameHasThirtyTwoCharactersAtMost() {
        assertThat(new Level("n".repeat(32), 24).name()).isEqualTo("N".repeat(32));
        assertThatThrownBy(() -> new Level("n".repeat(33), 24)).hasMessageContaining("1 to 32");
        assertThat(Level.parse("X:24").severity()).isEqualTo(24);
        assertThat(Level.parse("24").severity()).isEqualTo(24);
        assertThatThrownBy(() -> Level.parse("X:25")).hasMessageContaining("'X:25' is not known");
        assertThatThrownBy(() -> Level.parse("25")).hasMessageContaining("'25' is not known");
    }

    @Test
    void registeredLevelsAreKnownByName() {
        Level settlement = Level.register("settlement", 14);
        assertThat(settlement).isEqualTo(new Level("SETTLEMENT", 14)).isSameAs(Level.parse("Settlement"));
        assertThat(settlement.needsName()).isTrue();
        assertThat(Level.register("SETTLEMENT", 14)).isSameAs(settlement);
        assertThat(Level.register("trade", 11)).isSameAs(Level.TRADE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Level.register("settlement", 15))
                .withMessage("level name=SETTLEMENT severity=15 is known with severity 14 in this process");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Level.register("debug", 6))
                .withMessageContaining("known with severity 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "a b", "x:1", "x,y", "x=y", "ä", "abcdefghijklmnopqrstuvwxyzabcdefg"})
    void namesThatASettingCouldNotSpellAreNotRegistered(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Level.register(name, 1))
                .withMessageContaining("level name=");
    }

    /** A loop that registers must end before the heap does. In a class loader of its own: what is registered stays. */
    @Test
    void registrationIsBounded() throws Exception {
        URL classes = Level.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Method register = loader.loadClass(Level.class.getName()).getMethod("register", String.class, int.class);
            for (int i = 0; i < 256; i++) {
                register.invoke(null, "level" + i, 3);
            }
            register.invoke(null, "level0", 3);
            assertThatThrownBy(() -> register.invoke(null, "level256", 3))
                    .hasRootCauseMessage("level name=level256 is one more than the 256 that a process may register;"
                            + " use new Level(name, severity)");
        }
    }
}

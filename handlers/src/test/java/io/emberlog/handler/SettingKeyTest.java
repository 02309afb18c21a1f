package io.emberlog.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingKeyTest {
    private static final String SIZES = "allowed: bytes as a number, or text like \"64 KiB\", \"100 MB\", \"4 GiB\"";
    private static final String DURATIONS =
            "allowed: a number with a unit (ns, us, ms, s, m, h, d), like \"250 ms\", \"1 s\", \"5 m\"";

    @ParameterizedTest
    @CsvSource({
        "64 KiB,65536",
        "64KiB,65536",
        "64 kib,65536",
        "100 MB,100000000",
        "4 GiB,4294967296",
        "1.5 MiB,1572864",
        "2 TiB,2199023255552",
        "2 TB,2000000000000",
        "3 GB,3000000000",
        "7 kB,7000",
        "12 B,12",
        "12,12"
    })
    void sizesAreBytesOrCarryAUnit(String text, long bytes) {
        assertThat(SettingKey.size("size", "A size.").parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "KiB", "4 GIG", "-1 KiB", "1 K", "1,5 MB", "9999999 TiB", "0x10", "1 2 MB"})
    void whatIsNoSizeIsRefusedWithAnExample(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.size("size", "A size.").parse(text))
                .withMessage('"' + text + "\" is not a size; " + SIZES);
    }

    @ParameterizedTest
    @CsvSource({
        "5 ns,5",
        "250 us,250000",
        "250 ms,250000000",
        "0.5 s,500000000",
        "5m,300000000000",
        "5 min,300000000000",
        "2 h,7200000000000",
        "1 d,86400000000000"
    })
    void durationsCarryAUnit(String text, long nanos) {
        assertThat(SettingKey.duration("wait", "A wait.").parse(text)).isEqualTo(Duration.ofNanos(nanos));
    }

    @Test
    void aDurationWithoutUnitIsRefused() {
        SettingKey key = SettingKey.duration("wait", "A wait.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse("5"))
                .withMessage("\"5\" is not a duration; " + DURATIONS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse(5L))
                .withMessage("5 is not a duration; " + DURATIONS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse("5 S"))
                .withMessage("\"5 S\" is not a duration; " + DURATIONS);
    }

    @ParameterizedTest
    @CsvSource({
        "notset,0",
        "Trace,1",
        "debug,5",
        "INFO,9",
        "warning,13",
        "warn,13",
        "fatal,21",
        "emergency,21",
        "24,24",
        "stream,7",
        "logon,10",
        "schedule,11",
        "report,12",
        "audit:14,14"
    })
    void levelsAreNamesOrNumbersAsText(String text, int severity) {
        assertThat(SettingKey.level("level", "A level.").parse(text)).isEqualTo(severity);
    }

    @Test
    void levelsAreNumbersFrom0To24() {
        SettingKey key = SettingKey.level("level", "A level.");
        assertThat(key.parse(13L)).isEqualTo(13);
        for (Object wrong : List.of(25L, -1L)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> key.parse(wrong))
                    .withMessage(wrong + " is not a level; allowed: notset, trace, debug, stream, info, notice,"
                            + " logon, logout, trade, schedule, report, warn, warning, error, critical, alert,"
                            + " emergency, fatal, or a number from 0 to 24; for one of your own its number, or"
                            + " name:number");
        }
    }

    @Test
    void pathsAreNotExpanded() {
        SettingKey key = SettingKey.path("path", "A file.");
        assertThat(key.parse("logs/app.log")).isEqualTo(Path.of("logs/app.log"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse("~/app.log"))
                .withMessage("\"~/app.log\": ~ is not expanded; allowed: the full path, or one relative to the"
                        + " configuration file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse("$HOME/app.log"))
                .withMessage("\"$HOME/app.log\": variables are not expanded; allowed: the full path, or one relative to"
                        + " the configuration file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse(""))
                .withMessage("\"\" is empty; allowed: a path in quotes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse("a\0b"))
                .withMessageStartingWith("\"a\\u0000b\" is not a path (");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "app-file", "_x.1", "A9"})
    void namesFitIntoFileNames(String name) {
        assertThat(SettingKey.name("name", "A name.").parse(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "é", "a\n"})
    void whatCouldLeaveItsDirectoryIsNoName(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.name("name", "A name.").parse(name))
                .withMessageEndingWith(" is not a name; allowed: 1 to 64 letters, digits, '-', '_' or '.',"
                        + " not starting with '.', in quotes");
    }

    @Test
    void eachTypeTakesItsOwnKindOfValueOnly() {
        assertThat(SettingKey.bool("on", "On.").parse(true)).isEqualTo(true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.bool("on", "On.").parse("true"))
                .withMessage("\"true\" is not true or false; allowed: true or false, without quotes");
        assertThat(SettingKey.integer("n", "N.").parse(7)).isEqualTo(7L);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.integer("n", "N.").parse(1.5))
                .withMessage("1.5 is not a whole number; allowed: a whole number");
        assertThat(SettingKey.string("s", "S.").parse("x")).isEqualTo("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.string("s", "S.").parse(5L))
                .withMessage("5 is not text; allowed: text in quotes");
        assertThat(SettingKey.strings("l", "L.").parse(List.of("a", "b"))).isEqualTo(List.of("a", "b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.strings("l", "L.").parse(List.of("a", 1L)))
                .withMessage("[a, 1] is not a list; allowed: a list of texts, like [\"a\", \"b\"]");
    }

    @Test
    void aChoiceNamesWhatThereIs() {
        SettingKey key = SettingKey.choice("format", "A format.", "human", "json");
        assertThat(key.parse("json")).isEqualTo("json");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse("xml"))
                .withMessage("\"xml\" is unknown; allowed: human, json");
    }

    @Test
    void boundsAreInclusiveAndNamedAsTheyWereDeclared() {
        SettingKey key = SettingKey.size("buffer", "A buffer.").between("4 KiB", "1 MiB");
        assertThat(key.parse("4 KiB")).isEqualTo(4096L);
        assertThat(key.parse("1 MiB")).isEqualTo(1L << 20);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse(4095L))
                .withMessage("4095 is too small; allowed: 4 KiB to 1 MiB");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key.parse("2 MiB"))
                .withMessage("\"2 MiB\" is too large; allowed: 4 KiB to 1 MiB");
        SettingKey count =
                SettingKey.integer("keep_files", "Files.").unit("files").between("1", "1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> count.parse(0L))
                .withMessage("0 is too small; allowed: 1 to 1000 files");
    }

    @Test
    void secretsByReferenceAreRefusedRatherThanTakenLiterally() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.string("token", "A token.").parse("env:TOKEN"))
                .withMessage("\"env:TOKEN\": env: and file: references are for secrets only; allowed: the value"
                        + " itself");
    }

    @ParameterizedTest
    @CsvSource({
        "65536,64 KiB",
        "100000000,100 MB",
        "0,0 B",
        "4294967296,4 GiB",
        "1000,1 kB",
        "1001,1001 B",
    })
    void sizesAreWrittenAsShortAsTheyCanBeRead(long bytes, String text) {
        SettingKey key = SettingKey.size("size", "A size.");
        assertThat(key.text(bytes)).isEqualTo('"' + text + '"');
        assertThat(key.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"PT8S,8 s", "PT0.5S,500 ms", "PT1M,1 m", "PT24H,1 d", "PT0.000001S,1 us", "PT1.5S,1500 ms"})
    void durationsAreWrittenAsShortAsTheyCanBeRead(Duration duration, String text) {
        SettingKey key = SettingKey.duration("wait", "A wait.");
        assertThat(key.text(duration)).isEqualTo('"' + text + '"');
        assertThat(key.parse(text)).isEqualTo(duration);
    }

    @Test
    void otherValuesAreWrittenAsTheFileWouldHaveThem() {
        assertThat(SettingKey.level("l", "L.").text(13)).isEqualTo("\"warn\"");
        assertThat(SettingKey.level("l", "L.").text(14)).isEqualTo("14");
        assertThat(SettingKey.path("p", "P.").text(Path.of("/a\"b"))).isEqualTo("\"/a\\\"b\"");
        assertThat(SettingKey.strings("t", "T.").text(List.of("a", "b"))).isEqualTo("[\"a\", \"b\"]");
        assertThat(SettingKey.bool("b", "B.").text(true)).isEqualTo("true");
        SettingKey age = SettingKey.duration("age", "An age.").orOff();
        assertThat(age.text(age.parse("off"))).isEqualTo("\"off\"");
        assertThat(SettingKey.string("s", "S.").text("x\u001b")).isEqualTo("\"x\\u001B\"");
    }

    @Test
    void aDeclarationThatContradictsItselfFailsWhereItStands() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.size("size", "A size.")
                        .between("4 KiB", "8 KiB")
                        .orElse("1 KiB"))
                .withMessage("\"1 KiB\" is too small; allowed: 4 KiB to 8 KiB");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.size("size", "A size.").between("4 KB?", "8 KiB"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.path("path", "A path.").between("1", "2"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.path("path", "A path.").orElse("x").required())
                .withMessage("path is required and has a default; choose one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.path("Path", "A path."))
                .withMessage("name=Path must be lower_case_with_underscores");
    }

    @Test
    void aPlaceThatKnowsOnlyTextCanGiveEveryType() {
        assertThat(SettingKey.bool("on", "On.").parseText("true")).isEqualTo(true);
        assertThat(SettingKey.integer("n", "N.").parseText("7")).isEqualTo(7L);
        assertThat(SettingKey.size("n", "N.").parseText("7")).isEqualTo(7L);
        assertThat(SettingKey.strings("l", "L.").parseText("a,b")).isEqualTo(List.of("a", "b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.bool("on", "On.").parseText("yes"))
                .withMessageStartingWith("\"yes\" is not true or false");
    }

    @Test
    void whatATerminalCouldObeyIsEscapedInMessages() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.size("size", "A size.").parse("\u001b[2J\n\u202e"))
                .withMessageStartingWith("\"\\u001B[2J\\u000A\\u202E\" is not a size");
    }

    @Test
    void aDurationThatMayBeOffTakesTheWordAndNamesItWhenItRefusesAnother() {
        SettingKey age = SettingKey.duration("max_age", "How old.")
                .between("1 m", "10 d")
                .orOff()
                .orElse("off");
        assertThat(age.parse("off")).isEqualTo(Duration.ZERO);
        assertThat(age.parse("2 h")).isEqualTo(Duration.ofHours(2));
        assertThat(age.text(Duration.ZERO)).isEqualTo("\"off\"");
        assertThat(age.allowed()).isEqualTo("off, or 1 m to 10 d");
        for (Object wrong : new Object[] {"never", "0 s", "11 d", 5L, true}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> age.parse(wrong))
                    .withMessageEndingWith("; allowed: off, or 1 m to 10 d");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SettingKey.size("max", "Bytes.").orOff())
                .withMessageContaining("cannot be off");
    }

    /** A handler's settings are read twice: as the file has them, and typed. */
    @Test
    void offIsReadAgainAsItWasRead() {
        SettingKey key = SettingKey.duration("max_age", "Age.")
                .between("1 m", "1 d")
                .orOff()
                .orElse("off");
        Object off = key.parse("off");
        assertThat(key.parse(off)).isEqualTo(off);
        assertThatThrownBy(() -> key.parse("0 s")).hasMessageContaining("too small");
    }
}

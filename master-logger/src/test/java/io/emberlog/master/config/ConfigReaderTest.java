package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigReaderTest {
    @TempDir
    private Path directory;

    private Map<String, String> environment = Map.of("XDG_STATE_HOME", "/state");

    @Test
    void everySettingOfAFileArrives() throws Exception {
        MasterConfig config = read("""
                [channel]
                directory = "rings/blue"
                [journal]
                directory = "/var/lib/emberlog/blue"
                max_size = "1 GiB"
                min_free = 0
                segment_size = 16777216
                [master]
                drain_budget = "64 KiB"
                reorder_window = "50 ms"
                idle = "yield"
                stop_deadline = "2 s"
                heartbeat_grace = "250 ms"
                hung_after = "1 m"
                [[handlers]]
                type = "console"
                [[handlers]]
                name = "audit"
                type = "file"
                min_level = "warn"
                path = "audit/../audit.log"
                format = "json"
                keep_files = 3
                tags = ["x", "y"]
                """);

        assertThat(config.channel().directory()).isEqualTo(directory.resolve("rings/blue"));
        assertThat(config.channel().name()).isEqualTo("blue");
        assertThat(config.journal())
                .isEqualTo(new JournalConfig(
                        Path.of("/var/lib/emberlog/blue"),
                        1L << 30,
                        Duration.ZERO,
                        0,
                        16L << 20,
                        Duration.ofSeconds(1),
                        JournalConfig.NO_LEVEL));
        assertThat(config.master())
                .isEqualTo(new MasterSettings(
                        65_536,
                        Duration.ofMillis(50),
                        IdleMode.YIELD,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(250),
                        Duration.ofMinutes(1)));
        assertThat(config.handlers()).hasSize(2);
        HandlerConfig console = config.handlers().get(0);
        assertThat(console.name()).isEqualTo("console");
        assertThat(console.route().minSeverity()).isZero();
        assertThat(console.settings().level(TestHandlers.STDERR_FROM)).isEqualTo(13);
        HandlerConfig audit = config.handlers().get(1);
        assertThat(audit.name()).isEqualTo("audit");
        assertThat(audit.type()).isEqualTo("file");
        assertThat(audit.route().minSeverity()).isEqualTo(13);
        assertThat(audit.settings().handlerName()).isEqualTo("audit");
        assertThat(audit.settings().path(TestHandlers.PATH)).isEqualTo(directory.resolve("audit.log"));
        assertThat(audit.settings().string(TestHandlers.FORMAT)).isEqualTo("json");
        assertThat(audit.settings().integer(TestHandlers.KEEP_FILES)).isEqualTo(3);
        assertThat(audit.settings().size(TestHandlers.ROTATE_SIZE)).isEqualTo(100_000_000);
        assertThat(audit.settings().strings(TestHandlers.TAGS)).containsExactly("x", "y");
    }

    @Test
    void withoutAFileThereIsAConsoleAndAFileBesideTheStateDirectory() throws Exception {
        MasterConfig config = reader().defaults(Map.of());

        assertThat(config.channel().directory()).isAbsolute().endsWithRaw(Path.of("default"));
        assertThat(config.journal())
                .isEqualTo(new JournalConfig(
                        Path.of("/state/emberlog/default"),
                        4L << 30,
                        Duration.ZERO,
                        256L << 20,
                        64L << 20,
                        Duration.ofSeconds(1),
                        JournalConfig.NO_LEVEL));
        assertThat(config.master())
                .isEqualTo(new MasterSettings(
                        256 << 10,
                        Duration.ZERO,
                        IdleMode.BACKOFF,
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(500)));
        assertThat(config.handlers()).extracting(HandlerConfig::name).containsExactly("console", "file");
        assertThat(config.handlers().get(1).settings().path(TestHandlers.PATH))
                .isEqualTo(Path.of("/state/emberlog/default.log"));
    }

    @Test
    void aFileWithoutHandlersHasTheDefaultOnesAndAnEmptyListHasNone() throws Exception {
        assertThat(read("[channel]\ndirectory = \"/dev/shm/c/green\"\n").handlers())
                .extracting(HandlerConfig::name)
                .containsExactly("console", "file");
        assertThat(read("handlers = []\n").handlers()).isEmpty();
    }

    @Test
    void aFlagBeatsTheEnvironmentAndTheEnvironmentBeatsTheFile() throws Exception {
        String file = """
                [journal]
                max_size = "1 GiB"
                min_free = "1 GiB"
                segment_size = "2 MiB"
                [[handlers]]
                type = "file"
                path = "a.log"
                """;
        environment = Map.of("EMBERLOG_JOURNAL_MAX_SIZE", "2 GiB", "EMBERLOG_JOURNAL_MIN_FREE", "2 GiB");
        MasterConfig config = read(
                file,
                Map.of(
                        "journal.max_size",
                        "3GiB",
                        "handlers.file.keep_files",
                        "9",
                        "handlers.file.create",
                        "false",
                        "handlers.file.min_level",
                        "error"));

        assertThat(config.journal().maxSizeBytes()).isEqualTo(3L << 30);
        assertThat(config.journal().minFreeBytes()).isEqualTo(2L << 30);
        assertThat(config.journal().segmentSizeBytes()).isEqualTo(2L << 20);
        HandlerConfig handler = config.handlers().get(0);
        assertThat(handler.route().minSeverity()).isEqualTo(17);
        assertThat(handler.settings().integer(TestHandlers.KEEP_FILES)).isEqualTo(9);
        assertThat(handler.settings().bool(TestHandlers.CREATE)).isFalse();
    }

    @Test
    void theMasterMeetsItsWorkersAtTheDirectoryTheyRead() throws Exception {
        environment = Map.of("EMBERLOG_DIR", "/run/blue", "EMBERLOG_NAME", "a worker's business");
        assertThat(reader().defaults(Map.of()).channel().directory()).isEqualTo(Path.of("/run/blue"));
    }

    @Test
    void allProblemsComeAtOnceInTheOrderOfTheFile() {
        assertProblems(
                """
                [master]
                drain_bugdet = "1 KiB"
                heartbeat_grace = "1"
                [journal]
                max_size = "4 GIG"
                segment_size = "2 GiB"
                [[handlers]]
                type = "file"
                colour = true
                """,
                "FILE:2:1: master.drain_bugdet: unknown key \"drain_bugdet\"; did you mean drain_budget?",
                "FILE:3:1: master.heartbeat_grace: \"1\" is not a duration; allowed: a number with a unit (ns, us, ms,"
                        + " s, m, h, d), like \"250 ms\", \"1 s\", \"5 m\"",
                "FILE:5:1: journal.max_size: \"4 GIG\" is not a size; allowed: bytes as a number, or text like"
                        + " \"64 KiB\", \"100 MB\", \"4 GiB\"",
                "FILE:6:1: journal.segment_size: \"2 GiB\" is too large; allowed: 1 MiB to 1 GiB",
                "FILE:7:1: handlers.file.path: is missing; allowed: a path in quotes",
                "FILE:9:1: handlers.file.colour: unknown key \"colour\"; allowed: name, type, min_level, max_level, filter, sample, rate_limit, redact, path, format,"
                        + " rotate_size, keep_files, flush_after, create, tags, note");
    }

    static Stream<Arguments> oneProblem() {
        return Stream.of(
                Arguments.of(
                        "[journals]\nmax_size = 1",
                        "FILE:1:1: journals: unknown section \"journals\"; did you mean journal?"),
                Arguments.of(
                        "[metrics]\n",
                        "FILE:1:1: metrics: unknown section \"metrics\"; allowed: channel, journal, master, handlers"),
                Arguments.of(
                        "max_size = 1", "FILE:1:1: max_size: stands outside its section; write it under [journal]"),
                Arguments.of(
                        "[master]\nmax_size = 1",
                        "FILE:2:1: master.max_size: belongs to another section; write it under [journal]"),
                Arguments.of(
                        "[journal]\nmaxSize = 1",
                        "FILE:2:1: journal.maxSize: unknown key \"maxSize\"; did you mean max_size?"),
                Arguments.of(
                        "journal = 1", "FILE:1:1: journal: is not a section; allowed: [journal] with its keys below"),
                Arguments.of(
                        "[channel.directory]\nx = 1",
                        "FILE:1:1: channel.directory: is a table; allowed: a path in quotes"),
                Arguments.of(
                        "[handlers]\ntype = \"file\"",
                        "FILE:1:1: handlers: is not a list; allowed: one [[handlers]] for each handler"),
                Arguments.of(
                        "handlers = [1]",
                        "FILE:1:13: handlers: holds something else than tables; allowed: [[handlers]]"),
                Arguments.of(
                        "[[handlers]]\nname = \"x\"", "FILE:1:1: handlers.type: is missing; allowed: console, file"),
                Arguments.of(
                        "[[handlers]]\ntype = \"fiel\"",
                        "FILE:2:1: handlers.type: unknown handler type \"fiel\"; did you mean file?"),
                Arguments.of(
                        "[[handlers]]\ntype = \"tcp\"",
                        "FILE:2:1: handlers.type: \"tcp\" is not available in this version; allowed: console,"
                                + " file"),
                Arguments.of(
                        "[[handlers]]\ntype = \"email\"",
                        "FILE:2:1: handlers.type: \"email\" needs the artifact io.emberlog:handlers-mail on the class"
                                + " path; allowed: console, file"),
                Arguments.of(
                        "[[handlers]]\ntype = \"console\"\n[[handlers]]\ntype = \"console\"",
                        "FILE:3:1: handlers.name: \"console\" is taken by the handler at line 1; allowed: a name of"
                                + " its own for each handler"),
                Arguments.of(
                        "[[handlers]]\ntype = \"console\"\nname = \"../x\"",
                        "FILE:3:1: handlers.name: \"../x\" is not a name; allowed: 1 to 64 letters, digits, '-', '_'"
                                + " or '.', not starting with '.', in quotes"),
                Arguments.of(
                        "[[handlers]]\ntype = \"console\"\nmin_level = \"loud\"",
                        "FILE:3:1: handlers.console.min_level: \"loud\" is not a level; allowed: notset, trace, debug,"
                                + " stream, info, notice, logon, logout, trade, schedule, report, warn, warning, error,"
                                + " critical, alert, emergency, fatal, or a number from 0 to 24; for one of your own"
                                + " its number, or name:number"),
                Arguments.of(
                        "[[handlers]]\ntype = \"console\"\nworker = \"md-*\"",
                        "FILE:3:1: handlers.console.worker: is not available in this version; write it as filter ="
                                + " 'worker ~ \"md-*\"'"),
                Arguments.of(
                        "[journal]\nmax_size = \"64 MiB\"\nsegment_size = \"64 MiB\"",
                        "FILE:2:1: journal.max_size: 67108864 bytes hold less than two segments of 67108864 bytes;"
                                + " allowed: at least twice journal.segment_size"),
                Arguments.of(
                        "[journal]\n\"a\\u001b[2Jb\" = 1",
                        "FILE:2:1: journal.a\\u001B[2Jb: unknown key \"a\\u001B[2Jb\"; allowed: directory, max_size,"
                                + " max_age, min_free, segment_size, sync, sync_level"));
    }

    @ParameterizedTest
    @MethodSource("oneProblem")
    void aProblemIsNamedWithItsPlaceAndWhatIsAllowed(String file, String problem) {
        assertProblems(file, problem);
    }

    @Test
    void everyLaterSettingIsRefusedByName() {
        for (String key : ConfigKeys.laterKeys()) {
            String section = key.substring(0, key.indexOf('.'));
            String name = key.substring(key.indexOf('.') + 1);
            String file = section.equals("handlers")
                    ? "[[handlers]]\ntype = \"console\"\n" + name + " = 1\n"
                    : "[" + section + "]\n" + name + " = 1\n";
            assertThat(problems(file, Map.of()))
                    .as(key)
                    .singleElement()
                    .asString()
                    .contains("is not available in this version; ");
        }
        for (String type : ConfigKeys.LATER_TYPES) {
            assertThat(problems("[[handlers]]\ntype = \"" + type + "\"\n", Map.of()))
                    .singleElement()
                    .asString()
                    .contains("is not available in this version; ");
        }
    }

    @Test
    void brokenTomlIsReportedInTheSameForm() {
        assertThat(problems("[channel]\ndirectory = \n[journal\nmax_size = 1\n", Map.of()))
                .hasSizeGreaterThan(1)
                .first()
                .asString()
                .startsWith("FILE:2:13: Unexpected end of line");
        assertThat(problems("[journal]\nmax_size = 1\nmax_size = 2\n", Map.of()))
                .singleElement()
                .asString()
                .startsWith("FILE:3:1: max_size previously defined at line 2");
    }

    @Test
    void wrongVariablesAndFlagsAreNamed() {
        environment = Map.of("EMBERLOG_JOURNAL_MAX_SIZE", "lots", "EMBERLOG_JOURNAL_MAXSIZE", "1 GiB");
        assertThat(problems(
                        "[journal]\nmin_free = 5\n",
                        Map.of("journal.max_sise", "1", "master.metrics", "on", "handlers.nobody.path", "x")))
                .containsExactlyInAnyOrder(
                        "EMBERLOG_JOURNAL_MAXSIZE: unknown variable \"EMBERLOG_JOURNAL_MAXSIZE\"; did you mean"
                                + " EMBERLOG_JOURNAL_MAX_SIZE?",
                        "EMBERLOG_JOURNAL_MAX_SIZE: journal.max_size: \"lots\" is not a size; allowed: bytes as a"
                                + " number, or text like \"64 KiB\", \"100 MB\", \"4 GiB\"",
                        "--set: handlers.nobody.path: names no setting of a handler of this configuration; allowed:"
                                + " handlers.NAME.KEY",
                        "--set: journal.max_sise: unknown key \"journal.max_sise\"; did you mean journal.max_size?",
                        "--set: master.metrics: is not available in this version; remove it; 'emberlog stat --json'"
                                + " prints the figures");
    }

    @Test
    void aVariableOfAHandlerBeatsTheFileAndAFlagBeatsBoth() throws Exception {
        String file = """
                [[handlers]]
                name = "my-app.1"
                type = "file"
                path = "a.log"
                keep_files = 1
                """;
        environment =
                Map.of("EMBERLOG_HANDLERS_MY_APP_1_KEEP_FILES", "2", "EMBERLOG_HANDLERS_MY_APP_1_CREATE", "false");
        MasterConfig config = read(file, Map.of("handlers.my-app.1.create", "true"));
        assertThat(config.setting("handlers.my-app.1.keep_files").orElseThrow())
                .hasToString("handlers.my-app.1.keep_files = 2")
                .extracting(EffectiveSetting::origin)
                .isEqualTo(SettingOrigin.variable("EMBERLOG_HANDLERS_MY_APP_1_KEEP_FILES"));
        assertThat(config.setting("handlers.my-app.1.create").orElseThrow().origin())
                .isEqualTo(SettingOrigin.FLAG);
        assertThat(config.handlers().get(0).settings().integer(TestHandlers.KEEP_FILES))
                .isEqualTo(2);
    }

    @Test
    void aVariableThatCouldMeanTwoHandlersIsRefused() {
        environment = Map.of("EMBERLOG_HANDLERS_A_B_STDERR_FROM", "error");
        assertThat(problems("""
                        [[handlers]]
                        name = "a-b"
                        type = "console"
                        [[handlers]]
                        name = "a.b"
                        type = "console"
                        """, Map.of()))
                .containsExactly(
                        "EMBERLOG_HANDLERS_A_B_STDERR_FROM: handlers.a.b.stderr_from: could be"
                                + " handlers.a-b.stderr_from, too; allowed: --set, or a handler's name that tells the two apart");
    }

    @Test
    void variablesOfWorkersAndOthersAreNobodysBusinessButNearMissesAreNamed() throws Exception {
        environment = Map.of(
                "EMBERLOG_NAME", "x",
                "EMBERLOG_LEVEL", "info",
                "EMBERLOG_RING_SIZE", "1M",
                "EMBERLOG_JAVA_OPTS", "-Xmx1g",
                "EMBERLOG_WHATEVER_ELSE", "y");
        assertThat(read("").handlers()).hasSize(2);
        environment = Map.of(
                "EMBERLOG_MASTR_HUNG_AFTER", "1 s",
                "EMBERLOG_JOURNAL_COLOUR", "blue",
                "EMBERLOG_HANDLERS_NOBODY_PATH", "/x");
        assertThat(problems("", Map.of()))
                .hasSize(3)
                .anyMatch(p -> p.equals("EMBERLOG_MASTR_HUNG_AFTER: unknown variable \"EMBERLOG_MASTR_HUNG_AFTER\";"
                        + " did you mean EMBERLOG_MASTER_HUNG_AFTER?"))
                .anyMatch(p -> p.startsWith("EMBERLOG_JOURNAL_COLOUR: unknown variable ")
                        && p.contains("EMBERLOG_DIR, EMBERLOG_HANDLERS_"))
                .anyMatch(p -> p.startsWith("EMBERLOG_HANDLERS_NOBODY_PATH: names no setting of a handler"));
    }

    @Test
    void everySettingKnowsWhereItComesFrom() throws Exception {
        environment = Map.of("EMBERLOG_JOURNAL_MIN_FREE", "2 GiB", "XDG_STATE_HOME", "/state");
        MasterConfig config = read("[journal]\nmax_size = \"1 GiB\"\n", Map.of("master.hung_after", "2 s"));
        assertThat(config.settings())
                .extracting(
                        EffectiveSetting::toString, setting -> setting.origin().kind())
                .contains(
                        org.assertj.core.groups.Tuple.tuple("journal.max_size = \"1 GiB\"", SettingOrigin.Kind.FILE),
                        org.assertj.core.groups.Tuple.tuple(
                                "journal.min_free = \"2 GiB\"", SettingOrigin.Kind.ENVIRONMENT),
                        org.assertj.core.groups.Tuple.tuple("master.hung_after = \"2 s\"", SettingOrigin.Kind.FLAG),
                        org.assertj.core.groups.Tuple.tuple(
                                "journal.segment_size = \"64 MiB\"", SettingOrigin.Kind.DEFAULT),
                        org.assertj.core.groups.Tuple.tuple(
                                "journal.directory = \"/state/emberlog/default\"", SettingOrigin.Kind.DEFAULT),
                        org.assertj.core.groups.Tuple.tuple(
                                "handlers.file.path = \"/state/emberlog/default.log\"", SettingOrigin.Kind.DEFAULT));
    }

    @Test
    void theWrongKindOfFileIsRefused() throws Exception {
        Path file = directory.resolve("x.toml");
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> reader().read(file, Map.of()));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> reader().read(directory, Map.of()));
        Files.write(file, new byte[] {'a', (byte) 0xFF});
        assertThat(problemsOf(file)).containsExactly("FILE: is not UTF-8; allowed: a TOML file");
        byte[] large = new byte[(1 << 20) + 1];
        Arrays.fill(large, (byte) '\n');
        Files.write(file, large);
        assertThat(problemsOf(file))
                .containsExactly("FILE: is larger than 1 MiB; allowed: a TOML file of at most that size");
    }

    @Test
    void aByteOrderMarkIsSkipped() throws Exception {
        assertThat(read("\uFEFF[journal]\nmax_size = \"1 GiB\"\n").journal().maxSizeBytes())
                .isEqualTo(1L << 30);
    }

    @Test
    void aHandlerTypeMayNotRedefineWhatAllHandlersHave() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new HandlerType("x", List.of(ConfigKeys.HANDLER_MIN_LEVEL)))
                .withMessage("handler type=x declares min_level, which every handler already has; rename it");
    }

    private ConfigReader reader() {
        return new ConfigReader(TestHandlers.TYPES, environment);
    }

    private MasterConfig read(String toml) throws Exception {
        return read(toml, Map.of());
    }

    private MasterConfig read(String toml, Map<String, String> flags) throws Exception {
        return reader().read(Files.writeString(directory.resolve("x.toml"), toml), flags);
    }

    private void assertProblems(String toml, String... problems) {
        assertThat(problems(toml, Map.of())).containsExactly(problems);
    }

    private List<String> problems(String toml, Map<String, String> flags) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read(toml, flags));
        assertThat(refused).as("accepted: %s", toml).isNotNull();
        return lines(refused);
    }

    private List<String> problemsOf(Path file) {
        return lines(catchThrowableOfType(ConfigException.class, () -> reader().read(file, Map.of())));
    }

    private List<String> lines(ConfigException refused) {
        List<String> lines = refused.problems().stream()
                .map(problem ->
                        problem.toString().replace(directory.resolve("x.toml").toString(), "FILE"))
                .toList();
        assertThat(refused.getMessage().lines().collect(Collectors.toSet()))
                .isEqualTo(refused.problems().stream()
                        .map(ConfigProblem::toString)
                        .collect(Collectors.toUnmodifiableSet()));
        assertThat(Set.copyOf(lines)).hasSameSizeAs(lines);
        return lines;
    }
}

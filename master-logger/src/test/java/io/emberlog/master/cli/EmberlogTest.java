package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.config.TestHandlers;
import io.emberlog.master.replay.TestEvidence;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmberlogTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("XDG_STATE_HOME", "/state", "EMBERLOG_DIR", "/rings");

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<MasterConfig> ran = new ArrayList<>();
    private MasterRunner runner = config -> {
        ran.add(config);
        return ExitCodes.DONE;
    };

    @Test
    void aValidFileExitsWith0AndNamesTheHandlers() throws Exception {
        Path file =
                file("[[handlers]]\ntype = \"console\"\n[[handlers]]\nname = \"app\"\ntype = \"file\"\npath = \"x\"\n");

        assertThat(emberlog("validate", file.toString())).isZero();
        assertThat(emberlog("validate", "--config", file.toString())).isZero();
        assertThat(out).hasToString((file + ": valid; handlers: console, app (file)\n").repeat(2));
        assertThat(err).hasToString("");
    }

    @Test
    void aWrongFileExitsWith2AndOneLineForEachProblem() throws Exception {
        Path file = file("[journal]\nmax_sise = 1\nmin_free = true\n");

        assertThat(emberlog("validate", file.toString())).isEqualTo(2);
        assertThat(out).hasToString("");
        assertThat(err.toString().lines())
                .hasSize(2)
                .first()
                .isEqualTo(file + ":2:1: journal.max_sise: unknown key \"max_sise\"; did you mean max_size?");
    }

    @Test
    void whatAMasterWouldRefuseOfTheRealHandlersIsRefusedWithItsPlaceAndAllOfIt() throws Exception {
        Path file = file("""
                [[handlers]]
                name = "one"
                type = "file"
                path = "t7.log"
                [[handlers]]
                name = "two"
                type = "file"
                path = "./t7.log"
                [[handlers]]
                name = "tree"
                type = "file"
                path = "lg/{worker}"
                [[handlers]]
                name = "missing"
                type = "file"
                create = false
                path = "lh/{worker}.log"
                """);
        CommandLineRun validate = CommandLineRun.piped();
        assertThat(validate.run("validate", file)).isEqualTo(ExitCodes.USAGE);
        assertThat(validate.out()).isEmpty();
        Path log = directory.resolve("t7.log");
        assertThat(validate.err().lines())
                .containsExactly(
                        file + ":8:1: handlers.two.path: " + log + " and " + log
                                + " of the handler one may be one file or a rotated one,"
                                + " or have one overflow file; allowed: a directory of its own, or another ending",
                        file
                                + ":12:1: handlers.tree.path: \"{worker}\" ends in a placeholder, or not in a letter; allowed:"
                                + " a file name that ends like {worker}.log, since rotated files end in .1, .2",
                        file + ":16:1: handlers.missing.create: false goes with one file; allowed: true, as path has"
                                + " placeholders");
        assertThat(validate.run("validate", file, "--set", "handlers.two.path=/tmp/{wrker}.log"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(validate.err())
                .contains("--set: handlers.two.path: \"{wrker}.log\" has the unknown placeholder {wrker};")
                .doesNotContain("may be one file");
    }

    @Test
    void aWrongPatternIsToldAtItsPlaceWithItsColumn() throws Exception {
        Path file = file("""
                [[handlers]]
                type = "console"
                format = "pattern"
                pattern = '%d{HH:mm:ss.SSS} [%thred] %msg%n'
                [[handlers]]
                type = "file"
                path = "app.log"
                pattern = "%(message)s"
                """);
        CommandLineRun validate = CommandLineRun.piped();
        assertThat(validate.run("validate", file)).isEqualTo(ExitCodes.USAGE);
        List<String> problems = validate.err().lines().toList();
        assertThat(problems).hasSize(2);
        assertThat(problems.get(0))
                .startsWith(file
                        + ":4:1: handlers.console.pattern: column 19 of \"%d{HH:mm:ss.SSS} [%thred] %msg%n\": %thred is"
                        + " not known; did you mean %thread? allowed: d, level, ");
        assertThat(problems.get(1))
                .isEqualTo(file
                        + ":8:1: handlers.file.pattern: format is \"human\", which has none; allowed: with format ="
                        + " \"pattern\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--level", "--since", "--grep", "--nothing"})
    void whatIsQuotedOfACommandLineCommandsNoTerminal(String option) {
        assertThat(emberlog("replay", option, "(\u001b[2J\u009b2J\u202e", directory.toString()))
                .isEqualTo(2);
        assertThat(err.toString().replace("\n", "").codePoints()).noneMatch(c -> c < ' ' || c == 0x9b || c == 0x202e);
    }

    /** What each exits with where the output takes all is its own; here nothing was printed, and that is what counts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "validate --print-reference",
                "validate FILE",
                "master --validate",
                "config show",
                "config show --json",
                "stat --channel DIR --state DIR --sample 10ms",
                "stat --channel DIR --state DIR --sample 10ms --json",
                "stat --channel DIR --state DIR --watch 10ms --count 2",
                "top --channel DIR --state DIR --interval 10ms --count 2",
                "loss --channel DIR --state DIR",
                "errors --state DIR",
                "level get --channel DIR",
                "version",
                "--version",
                "--help",
                "stat --help",
                "generate-completion"
            })
    void anOutputThatTakesNothingExitsWith4AndAReaderThatWentAwayIsNothing(String line) throws Exception {
        try (TestEvidence evidence = new TestEvidence(directory)) {
            RingFile ring = evidence.ring("md-1");
            evidence.log(ring, 17, 1, "com.acme", "went wrong");
            evidence.drain(ring, false);
        }
        Path file = file("");
        String[] words = line.replace("FILE", file.toString())
                .replace("--channel DIR", "--channel " + directory.resolve("channel"))
                .replace("--state DIR", "--state " + directory.resolve("state"))
                .split(" ");
        assertThat(runInto("No space left on device", words)).isEqualTo(ExitCodes.IO);
        assertThat(err).hasToString("emberlog: cannot write the output: No space left on device\n");
        err.getBuffer().setLength(0);
        assertThat(runInto("Broken pipe", words)).isIn(ExitCodes.DONE, ExitCodes.FINDINGS);
        assertThat(err).hasToString("");
    }

    private int runInto(String failure, String... words) {
        Output failing = Output.of(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(failure);
            }
        });
        Terminal terminal = new Terminal(
                new PrintWriter(new OutputStreamWriter(failing, StandardCharsets.UTF_8)),
                new PrintWriter(err),
                false,
                false,
                false,
                failing);
        return Emberlog.run(terminal, ENVIRONMENT, TestHandlers.TYPES, runner, words);
    }

    @Test
    void aSettingWithoutItsValueIsNamed() {
        assertThat(emberlog("config", "show", "--set", "journal.max_size")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString())
                .startsWith("emberlog: Value for option '--set' (KEY=VALUE) should be in KEY=VALUE format but was"
                        + " journal.max_size");
    }

    @Test
    void aMissingFileExitsWith2AndAnUnreadableOneWith4() {
        assertThat(emberlog("validate", "/nowhere/x.toml")).isEqualTo(2);
        assertThat(err).hasToString("emberlog: /nowhere/x.toml: there is no such file\n");
        assertThat(emberlog("master", "--config", directory.toString())).isEqualTo(4);
        assertThat(err.toString()).contains("emberlog: " + directory + ": cannot be used: ");
    }

    @Test
    void theReferenceFileIsPrintedAndValid() throws Exception {
        assertThat(emberlog("validate", "--print-reference")).isZero();
        Path file = file(out.toString());
        assertThat(emberlog("validate", file.toString())).isZero();
    }

    @Test
    void theMasterRunsWithTheFileItWasGiven() throws Exception {
        Path file = file("[journal]\nmax_size = \"1 GiB\"\n[[handlers]]\ntype = \"console\"\n");

        assertThat(emberlog("master", "--config", file.toString(), "--set", "journal.min_free=1 MB"))
                .isZero();
        assertThat(ran).singleElement().satisfies(config -> {
            assertThat(config.channel().directory()).isEqualTo(Path.of("/rings"));
            assertThat(config.journal().maxSizeBytes()).isEqualTo(1L << 30);
            assertThat(config.journal().minFreeBytes()).isEqualTo(1_000_000);
            assertThat(config.handlers()).extracting(HandlerConfig::name).containsExactly("console");
        });
        assertThat(err).hasToString("");
    }

    @Test
    void aMasterTakesItsDirectoriesFromFlagsOfTheirOwn() {
        assertThat(emberlog("master", "--channel", "/c", "--state", "/s")).isZero();
        assertThat(ran).singleElement().satisfies(config -> {
            assertThat(config.channel().directory()).isEqualTo(Path.of("/c"));
            assertThat(config.journal().directory()).isEqualTo(Path.of("/s"));
        });
    }

    @Test
    void whatIsShownIsAFileThatMeansTheSame() throws Exception {
        Path file = file("""
                [journal]
                max_size = "1 GiB"
                [[handlers]]
                type = "file"
                path = "/a b/x.log"
                min_level = 14
                tags = ["a", "b\\"c"]
                """);
        assertThat(emberlog("config", "show", "-c", file.toString(), "--set", "master.hung_after=2 s"))
                .isZero();
        assertThat(out.toString())
                .contains("[journal]\n", "max_size = \"1 GiB\"\n", "segment_size = \"64 MiB\"\n")
                .contains("hung_after = \"2 s\"\n", "[[handlers]]\n", "path = \"/a b/x.log\"\n", "min_level = 14\n")
                .contains("#note is not set\n");
        String shown = out.toString();
        out.getBuffer().setLength(0);
        assertThat(emberlog("config", "show", "-c", file(shown).toString()))
                .as(err.toString())
                .isZero();
        assertThat(out).hasToString(shown);
    }

    @Test
    void theOriginOfEachValueIsShownOnRequest() throws Exception {
        Path file = file("[journal]\nmax_size = \"1 GiB\"\n");
        assertThat(emberlog("config", "show", "--origin", "-c", file.toString(), "--set", "master.hung_after=2 s"))
                .isZero();
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +# ", " # ")))
                .contains(
                        "directory = \"/rings\" # EMBERLOG_DIR",
                        "max_size = \"1 GiB\" # " + file + ":2:1",
                        "min_free = \"256 MiB\" # default",
                        "hung_after = \"2 s\" # --set");
    }

    @Test
    void theConfigurationIsShownAsJsonOnRequest() throws Exception {
        Path file = file("[[handlers]]\ntype = \"file\"\npath = \"x\"\n");
        assertThat(emberlog("config", "show", "--json", "-c", file.toString())).isZero();
        assertThat(out.toString())
                .startsWith("[{\"key\":\"channel.directory\",\"value\":\"/rings\",\"kind\":\"environment\",")
                .contains(
                        "{\"key\":\"handlers.file.keep_files\",\"value\":7,\"kind\":\"default\",\"origin\":\"default\","
                                + "\"live\":true,\"secret\":false}")
                .contains("\"key\":\"journal.segment_size\",\"value\":\"64 MiB\",\"kind\":\"default\","
                        + "\"origin\":\"default\",\"live\":false,")
                .contains(".tags\",\"value\":[\"a\",\"b\\\"c\\\\\"],");
    }

    @Test
    void theMasterWithoutAFileSaysWhereThingsAre() {
        assertThat(emberlog("master")).isZero();
        assertThat(ran).hasSize(1);
        assertThat(err)
                .hasToString("emberlog: no --config given; channel /rings, state /state/emberlog/rings, handlers"
                        + " console, file\n");
    }

    @Test
    void theMasterOnlyValidatesOnRequest() throws Exception {
        assertThat(emberlog("master", "--validate")).isZero();
        assertThat(out).hasToString("defaults: valid; handlers: console, file\n");
        assertThat(emberlog("master", "--validate", "-c", file("handlers = []").toString()))
                .isZero();
        assertThat(out.toString()).endsWith(": valid; handlers: none, records are journaled only\n");
        assertThat(emberlog("master", "--validate", "-c", file("[x]").toString()))
                .isEqualTo(2);
        assertThat(ran).isEmpty();
    }

    @Test
    void theMastersOwnExitCodeIsThatOfTheProcess() {
        runner = config -> ExitCodes.ANOTHER_MASTER;
        assertThat(emberlog("master")).isEqualTo(3);
    }

    @Test
    void whatAMasterThrowsBecomesOneLineAndACode() {
        runner = config -> {
            throw new CliException(ExitCodes.ANOTHER_MASTER, "another master runs: pid 7");
        };
        assertThat(emberlog("master", "--set", "master.stop_deadline=1 s")).isEqualTo(3);
        assertThat(err.toString().lines()).last().isEqualTo("emberlog: another master runs: pid 7");
        runner = config -> {
            throw new UncheckedIOException(new NoSuchFileException("/gone"));
        };
        assertThat(emberlog("master")).isEqualTo(4);
        assertThat(err.toString().lines()).last().isEqualTo("emberlog: /gone: there is no such file");
        runner = config -> {
            throw new IllegalStateException("a bug");
        };
        assertThat(emberlog("master")).isEqualTo(70);
        assertThat(err.toString())
                .contains("internal error: java.lang.IllegalStateException: a bug")
                .doesNotContain("\tat ");
    }

    @Test
    void onlyDebugPrintsAStackTrace() {
        runner = config -> {
            throw new CliException(ExitCodes.IO, "disk is gone", new IllegalStateException("because"));
        };
        assertThat(emberlog("master", "--debug")).isEqualTo(4);
        assertThat(err.toString())
                .contains("\tat io.emberlog.master.cli")
                .contains("Caused by: ")
                .contains("because");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--no-such-option",
                "validate",
                "config",
                "config show x",
                "validate --print-reference x.toml",
                "master x",
                "--set a"
            })
    void aWrongCommandLineExitsWith2AndPointsToTheHelp(String line) {
        assertThat(emberlog(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(out).hasToString("");
        assertThat(err.toString().lines()).hasSize(2).first().asString().startsWith("emberlog: ");
        assertThat(err.toString().lines()).last().asString().matches("Try 'emberlog.* --help'\\.");
    }

    @Test
    void aMisspeltCommandIsGuessed() {
        assertThat(emberlog("validat")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("emberlog: there is no command or argument validat; did you mean validate");
    }

    @Test
    void aConfigurationThatIsNoArgumentIsGuessedToBeAnOption() {
        assertThat(emberlog("master", "my.toml")).isEqualTo(2);
        assertThat(err.toString()).contains("argument my.toml; did you mean --config=my.toml?");
    }

    @ParameterizedTest
    @CsvSource({"--version", "-V", "version"})
    void theVersionIsOfTheBuild(String argument) {
        assertThat(emberlog(argument)).isZero();
        assertThat(out.toString()).matches("emberlog \\d+\\.\\d+\\.\\d+ \\(Java \\d+.*\\)\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "master ", "validate ", "config ", "config show ", "version ", "generate-completion "})
    void everyCommandHasHelp(String command) {
        assertThat(emberlog((command + "--help").split(" "))).isZero();
        assertThat(out.toString()).startsWith("Usage: emberlog " + command).contains("-h, --help");
        assertThat(err).hasToString("");
    }

    @Test
    void theHelpNamesEveryCommandAlsoThoseTheLauncherRoutes() {
        emberlog("--help");
        assertThat(out.toString())
                .contains("  master ", "  validate ", "  version ", "  generate-completion ", "  demo ", "  bench ");
    }

    @Test
    void theCompletionScriptKnowsCommandsAndOptions() {
        assertThat(emberlog("generate-completion")).isZero();
        assertThat(out.toString())
                .startsWith("#!/usr/bin/env bash")
                .contains("--print-reference")
                .contains("master");
    }

    @Test
    void colourIsForTerminalsThatWantIt() {
        assertThat(Terminal.colour(Map.of("TERM", "xterm"), true)).isTrue();
        assertThat(Terminal.colour(Map.of("TERM", "xterm"), false)).isFalse();
        assertThat(Terminal.colour(Map.of("TERM", "xterm", "NO_COLOR", "1"), true))
                .isFalse();
        assertThat(Terminal.colour(Map.of("TERM", "xterm", "NO_COLOR", ""), true))
                .isTrue();
        assertThat(Terminal.colour(Map.of("TERM", "dumb"), true)).isFalse();
        assertThat(Terminal.colour(Map.of(), true)).isFalse();
        emberlog("--help");
        emberlog("--nonsense");
        assertThat(out.toString() + err).doesNotContain("\u001b");
        Terminal colourful = new Terminal(new PrintWriter(out), new PrintWriter(err), true, true);
        Emberlog.run(colourful, ENVIRONMENT, TestHandlers.TYPES, runner, "--help");
        assertThat(out.toString()).contains("\u001b[");
    }

    private Path file(String toml) throws Exception {
        return Files.writeString(Files.createTempFile(directory, "emberlog", ".toml"), toml);
    }

    private int emberlog(String... arguments) {
        Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false, false);
        return Emberlog.run(terminal, ENVIRONMENT, TestHandlers.TYPES, runner, arguments);
    }

    @Test
    void validateTellsWhatIsInTheWayAndAMasterStartsAllTheSame() throws IOException {
        Path file = Files.writeString(
                directory.resolve("blocked.toml"), "[[handlers]]\ntype = \"file\"\npath = \"" + directory + "\"\n");
        CommandLineRun command = CommandLineRun.piped();
        assertThat(command.run("validate", file)).isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains(":3:1: handlers.file.path: " + directory + " is a directory; allowed: ");
        assertThat(command.run("master", "-c", file))
                .as("it got as far as the runner")
                .isEqualTo(ExitCodes.INTERNAL);
    }
}

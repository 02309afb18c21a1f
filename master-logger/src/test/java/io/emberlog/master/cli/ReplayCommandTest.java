package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.format.Format;
import io.emberlog.master.replay.TestEvidence;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.json.JsonFactory;

class ReplayCommandTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path temp;

    private TestEvidence evidence;
    private final CommandLineRun command = CommandLineRun.piped();

    @BeforeEach
    void start() throws IOException {
        evidence = new TestEvidence(temp);
    }

    @AfterEach
    void stop() {
        evidence.close();
    }

    private RingFile journalAndRing() throws Exception {
        RingFile ring = evidence.ring("md-1");
        evidence.log(ring, 9, 1 * SECOND, "com.acme.Orders", "filled 1");
        evidence.log(ring, 17, 2 * SECOND, "com.acme.Risk", "limit reached");
        evidence.drain(ring, true);
        evidence.log(ring, 9, 3 * SECOND, "com.acme.Orders", "filled 2");
        evidence.closeJournal();
        return ring;
    }

    @Test
    void journalAndRingArePrintedOnceAndInOrder() throws Exception {
        journalAndRing();

        assertThat(command.run("replay", evidence.state(), evidence.channel())).isZero();
        assertThat(command.lines()).hasSize(3);
        assertThat(command.lines().get(0)).endsWith("INFO  md-1 [main] com.acme.Orders - filled 1");
        assertThat(command.lines().get(1)).endsWith("ERROR md-1 [main] com.acme.Risk - limit reached");
        assertThat(command.lines().get(2)).endsWith("INFO  md-1 [main] com.acme.Orders - filled 2");
        assertThat(command.err()).isEmpty();
    }

    @Test
    void aChannelWhoseRingsHaveAllGoneIsFineBesideAJournal() throws Exception {
        journalAndRing();
        Path ended = Files.createDirectory(temp.resolve("ended"));
        Files.createFile(ended.resolve("master.lock"));

        assertThat(command.run("replay", evidence.state(), ended)).isZero();
        assertThat(command.lines()).hasSize(2);
        assertThat(command.err()).isEmpty();
    }

    @Test
    void jsonHasANumberOnlyWhereTheJournalGaveOne() throws Exception {
        journalAndRing();

        assertThat(command.run("replay", "--format", "json", evidence.state(), evidence.channel()))
                .isZero();
        assertThat(command.lines().get(1)).startsWith("{\"seq\":1,\"time\":\"1970-01-01T00:00:02.000000000Z\"");
        assertThat(command.lines().get(2)).startsWith("{\"time\":\"1970-01-01T00:00:03.000000000Z\"");
        for (String line : command.lines()) {
            try (JsonParser parser =
                    new JsonFactory().createParser(tools.jackson.core.ObjectReadContext.empty(), line)) {
                while (parser.nextToken() != null) {
                    continue;
                }
            }
        }
    }

    @Test
    void columnsShowADashForARecordWithoutNumber() throws Exception {
        journalAndRing();

        command.run("replay", "--format=columns", evidence.state(), evidence.channel());
        assertThat(command.lines().get(0)).startsWith("0          1970-01-01T00:00:01.000Z host ");
        assertThat(command.lines().get(2)).startsWith("-          1970-01-01T00:00:03.000Z host ");
    }

    @Test
    void everyFilterNarrowsWhatIsPrinted() throws Exception {
        journalAndRing();
        Map<String, String> onlyRisk =
                Map.of("--level", "warn", "--logger", "*.Risk", "--grep", "limit|margin", "--worker", "md-*");
        onlyRisk.forEach((option, value) -> {
            if (!option.equals("--worker")) {
                assertThat(command.run("replay", option, value, evidence.state(), evidence.channel()))
                        .isZero();
                assertThat(command.lines())
                        .as(option)
                        .singleElement()
                        .asString()
                        .contains("limit reached");
            }
        });
        command.run("replay", "--worker", "md-*", evidence.state());
        assertThat(command.lines()).hasSize(2);
        command.run("replay", "--worker", "other", evidence.state());
        assertThat(command.lines()).isEmpty();
        command.run(
                "replay",
                "--since",
                "1970-01-01T00:00:02Z",
                "--until",
                "1970-01-01T00:00:03Z",
                evidence.state(),
                evidence.channel());
        assertThat(command.lines()).singleElement().asString().contains("limit reached");
    }

    @Test
    void aFilterThatCannotBeReadExitsWith2AndSaysWhatIsAllowed() {
        assertThat(command.run("replay", "--level", "loud", temp)).isEqualTo(2);
        assertThat(command.err()).startsWith("emberlog: --level: level 'loud' is not known; one of NOTSET, TRACE");
        assertThat(command.run("replay", "--grep", "(", temp)).isEqualTo(2);
        assertThat(command.err()).startsWith("emberlog: --grep: regex");
        assertThat(command.run("replay", "--until", "soon", temp)).isEqualTo(2);
        assertThat(command.err()).startsWith("emberlog: --until: time \"soon\" is not known; allowed: ");
        assertThat(command.run("replay", "--format", "xml", temp)).isEqualTo(2);
        assertThat(command.err())
                .startsWith("emberlog: --format xml is not known; one of human, json, ecs, otel, syslog,"
                        + " columns, or a pattern like '%d %-5level %msg'");
        assertThat(command.run("replay", "--format", "%d %mgs", temp)).isEqualTo(2);
        assertThat(command.err())
                .startsWith("emberlog: --format: column 4 of \"%d %mgs\": %mgs is not known; did you mean %msg?");
        assertThat(command.run("replay")).isEqualTo(2);
    }

    @Test
    void aPathThatIsNothingOfOursIsOneLineThatNamesIt() throws Exception {
        assertThat(command.run("replay", temp.resolve("nowhere"))).isEqualTo(2);
        assertThat(command.err())
                .isEqualTo("emberlog: " + temp.resolve("nowhere") + ": there is no such file or directory\n");

        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertThat(command.run("replay", empty)).isEqualTo(2);
        assertThat(command.err())
                .isEqualTo("emberlog: " + empty
                        + ": holds neither a journal (*.cq4, or journal/ with them) nor rings (*.ring)\n");

        Files.createFile(empty.resolve("master.lock"));
        assertThat(command.run("replay", empty)).isEqualTo(2);
        assertThat(command.err()).contains("holds neither a journal");

        Path text = Files.writeString(temp.resolve("notes.txt"), "not a ring\n".repeat(20_000));
        assertThat(command.run("replay", text)).isEqualTo(4);
        assertThat(command.err().lines()).first().asString().startsWith("emberlog: " + text + ": magic=0x");

        Path nothing = Files.createFile(temp.resolve("empty.ring"));
        assertThat(command.run("replay", nothing)).isEqualTo(4);
        assertThat(command.err().lines()).first().asString().contains("file length=0 is not that of a ring");

        journalAndRing();
        assertThat(command.run("replay", evidence.segments()[0])).isEqualTo(2);
        assertThat(command.err()).contains("is a part of a journal; name its directory, " + evidence.journalPath());
    }

    @Test
    void oneUnreadableRingDoesNotHideTheOthers() throws Exception {
        journalAndRing();
        Path garbage = Files.write(evidence.channel().resolve("garbage.ring"), new byte[100_000]);

        assertThat(command.run("replay", evidence.state(), evidence.channel())).isEqualTo(4);
        assertThat(command.lines()).hasSize(3);
        assertThat(command.err()).contains(garbage.toString());
    }

    @Test
    void aRingInUseIsRefusedByNameAndLeftOutOfADirectory() throws Exception {
        RingFile ring = evidence.livingRing("me");
        evidence.log(ring, SECOND, "mine");

        assertThat(command.run("replay", ring.path())).isEqualTo(2);
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).contains("the ring of worker me is in use", "--force");

        assertThat(command.run("replay", evidence.channel())).isEqualTo(1);
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).contains("not read, its owner lives");

        assertThat(command.run("replay", "--force", evidence.channel())).isZero();
        assertThat(command.lines()).singleElement().asString().endsWith("mine");
    }

    @Test
    void damageIsSummedUpOnStderrAndCallsCutShortAreNoFailure() throws Exception {
        RingFile ring = journalAndRing();
        evidence.torn(ring, 64);
        evidence.hole(ring, 64);

        assertThat(command.run("replay", evidence.channel())).isZero();
        assertThat(command.err())
                .isEqualTo("emberlog: 1 record, 1 printed; in rings 1 torn and 1 hole (calls that a kill cut short);"
                        + " nothing missing\n");
    }

    @Test
    void verifyReportsAWholeJournalAndExitsWith0() throws Exception {
        journalAndRing();

        assertThat(command.run("replay", "--verify", evidence.state(), evidence.channel()))
                .isZero();
        assertThat(command.out())
                .contains("journal  " + evidence.journalPath())
                .contains("1 segment, 1 document, 2 records, seq 0 to 1")
                .contains("damaged 0, gaps 0, missing 0; rings ended 0 (torn 0, holes 0)")
                .contains("worker md-1, pid 4194303, open")
                .contains("not journaled 1 record,")
                .endsWith("whole    1 journal, 1 ring, 3 records, 0 findings\n");
        assertThat(command.err()).isEmpty();
    }

    @Test
    void verifyExitsWith1OnATornRegionAGapABrokenRingAndAQuarantinedOne() throws Exception {
        RingFile ring = journalAndRing();
        evidence.torn(ring, 64);
        assertThat(command.run("replay", "--verify", evidence.channel())).isEqualTo(1);
        assertThat(command.out()).contains("torn 1, holes 0").contains("damaged  0 journals, 1 ring, 1 record");

        Path garbage = Files.write(temp.resolve("garbage.ring"), new byte[100_000]);
        assertThat(command.run("replay", "--verify", garbage)).isEqualTo(1);
        assertThat(command.out()).contains("unreadable").contains("finding  " + garbage);

        RingFile other = evidence.ring("other");
        Path aside = other.path().resolveSibling(other.path().getFileName() + ".quarantined");
        Files.move(other.path(), aside);
        assertThat(command.run("replay", "--verify", aside)).isEqualTo(1);
        assertThat(command.out()).contains("worker other, pid 4194303, open, quarantined");

        evidence.skipNumbers(2);
        evidence.journal();
        RingFile late = evidence.ring("late");
        evidence.log(late, SECOND, "x");
        evidence.drain(late, true);
        evidence.closeJournal();
        assertThat(command.run("replay", "--verify", evidence.state())).isEqualTo(1);
        assertThat(command.out()).contains("gaps 1, missing 2").contains("gap: records 2 to 3 are missing");
    }

    @Test
    void recordsLookAsAPatternSays() throws Exception {
        journalAndRing();

        command.run("replay", "--format", "%-5level %logger{0}: %msg%n", evidence.state(), evidence.channel());
        assertThat(command.lines())
                .containsExactly("INFO  Orders: filled 1", "ERROR Risk: limit reached", "INFO  Orders: filled 2");
        command.run("replay", "--format", "%(levelname)s:%(name)s:%(message)s", evidence.state(), evidence.channel());
        assertThat(command.lines()).startsWith("INFO:com.acme.Orders:filled 1");
    }

    @Test
    void nothingAWorkerWroteCanCommandTheTerminal() throws Exception {
        RingFile ring = evidence.ring("evil\u001b[2J\n");
        evidence.log(ring, 9, SECOND, "a\u0007b", "\u001b]0;owned\u0007\r\u0085\u2028\u202e");
        evidence.torn(ring, 64);

        List<String> formats = new ArrayList<>(Format.NAMES);
        formats.add("%d %-5level [%thread] %logger{9} %worker - %msg%n");
        formats.add("%(asctime)s %(levelname)-8s %(name)s %(worker)s %(message)s");
        for (String format : formats) {
            command.run("replay", "--format", format, evidence.channel());
            assertHarmless(command.out() + command.err());
        }
        command.run("replay", "--verify", evidence.channel());
        assertHarmless(command.out());
    }

    private static void assertHarmless(String text) {
        assertThat(text.codePoints().filter(c -> c != '\n'))
                .noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x202E);
    }

    @Test
    void aTerminalGetsColourUnlessItIsTurnedOffAndAPipeNoneUnlessItIsAskedFor() throws Exception {
        journalAndRing();
        CommandLineRun terminal = CommandLineRun.onATerminal();
        terminal.run("replay", evidence.state());
        assertThat(terminal.out()).contains("\u001b[1;31mERROR\u001b[0m");
        assertThat(terminal.err()).contains("2 records, 2 printed; nothing missing");
        terminal.run("replay", "--color=never", evidence.state());
        assertThat(terminal.out()).doesNotContain("\u001b");
        command.run("replay", "--color=always", evidence.state());
        assertThat(command.out()).contains("\u001b[1;31mERROR\u001b[0m");
    }

    @Test
    void aReaderThatGoesAwayEndsItQuietlyAndAFullDiskDoesNot() throws Exception {
        journalAndRing();
        assertThat(runInto("Broken pipe")).isEqualTo("0 ");
        assertThat(runInto("No space left on device"))
                .isEqualTo("4 emberlog: cannot write the output: No space left on device\n");
    }

    private String runInto(String failure) {
        StringWriter err = new StringWriter();
        OutputStream failing = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(failure);
            }
        };
        Terminal place =
                new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(err), false, false, false, failing);
        int code = Emberlog.run(
                place,
                Map.of(),
                List.of(),
                config -> 0,
                "replay",
                evidence.state().toString());
        return code + " " + err;
    }

    @Test
    void withSinceJournalFilesThatAreOlderAsAWholeAreNotEvenRead() throws Exception {
        RingFile ring = evidence.ring("md-1");
        String filler = "x".repeat(7_000);
        for (int hour = 0; hour < 120; hour++) {
            evidence.log(ring, hour * 3_600 * SECOND, "hour " + hour + ". " + filler);
            evidence.drain(ring, true, hour * 3_600 * SECOND);
        }
        evidence.closeJournal();
        Path[] segments = evidence.segments();
        assertThat(segments.length).isGreaterThan(2);
        Files.write(segments[0], new byte[300_000]);

        assertThat(command.run("replay", evidence.state()))
                .as("the first file is destroyed")
                .isEqualTo(1);
        assertThat(command.run("replay", "--since", "1970-01-05T20:00:00Z", evidence.state()))
                .isZero();
        assertThat(command.lines()).hasSize(4).first().asString().contains("hour 116.");
        assertThat(command.lines()).last().asString().contains("hour 119.");
        assertThat(command.err()).isEmpty();
    }

    @Test
    void outputIsAFileThatIsThereWholeOrNotAtAllAndNeverOverAnother() throws Exception {
        journalAndRing();
        Path target = temp.resolve("export.json");
        Map<String, String> before = evidence.fingerprint();

        assertThat(command.run("replay", evidence.state(), evidence.channel(), "-o", target, "--format", "json"))
                .isZero();
        assertThat(command.out()).isEmpty();
        assertThat(Files.readAllLines(target)).hasSize(3).allMatch(line -> line.startsWith("{\""));
        byte[] first = Files.readAllBytes(target);

        assertThat(command.run("replay", evidence.state(), "-o", target)).isEqualTo(2);
        assertThat(command.err()).isEqualTo("emberlog: " + target + ": is there already; --overwrite replaces it\n");
        assertThat(target).hasBinaryContent(first);
        Path link = Files.createSymbolicLink(temp.resolve("dangling"), temp.resolve("nowhere"));
        assertThat(command.run("replay", evidence.state(), "-o", link)).isEqualTo(2);

        assertThat(command.run("replay", evidence.state(), "-o", target, "--overwrite", "--level", "error"))
                .isZero();
        assertThat(Files.readAllLines(target)).singleElement().asString().endsWith("limit reached");
        assertThat(command.run("replay", evidence.state(), "-o", temp.resolve("no/such/dir/x")))
                .isEqualTo(4);
        assertThat(command.run("replay", evidence.state(), "--overwrite")).isEqualTo(2);
        assertThat(command.run("replay", evidence.state(), "--verify", "-o", target))
                .isEqualTo(2);
        Files.delete(target);
        Files.delete(link);
        Map<String, String> after = evidence.fingerprint();
        before.remove("");
        after.remove("");
        assertThat(after).as("the evidence, and no file left over").isEqualTo(before);
    }

    @Test
    void aFailedExportLeavesNothing() throws Exception {
        RingFile ring = evidence.livingRing("me");
        evidence.log(ring, SECOND, "mine");
        Path target = temp.resolve("export.log");

        assertThat(command.run("replay", ring.path(), "-o", target)).isEqualTo(2);
        try (var files = Files.list(temp)) {
            assertThat(files).noneMatch(file -> file.toString().contains("export"));
        }
    }

    private Path configuration() throws IOException {
        return Files.writeString(temp.resolve("m.toml"), """
                [channel]
                directory = "channel"
                [journal]
                directory = "state"
                [[handlers]]
                name = "app"
                type = "file"
                path = "app.log"
                min_level = "warn"
                [[handlers]]
                name = "all"
                type = "file"
                path = "all.json"
                format = "json"
                """);
    }

    @Test
    void recordsAreDeliveredAgainToTheHandlerNamedExactlyAsSelectedUnderTheSameIds() throws Exception {
        journalAndRing();
        Path config = configuration();
        evidence.checkpoint("all", 1);
        command.run("replay", "--format=json", evidence.state(), evidence.channel());
        List<String> all = command.lines();
        Map<String, String> before = evidence.fingerprint();

        assertThat(command.run(
                        "replay",
                        evidence.state(),
                        evidence.channel(),
                        "--logger=*.Orders",
                        "--to=all",
                        "-c",
                        config,
                        "--set",
                        "handlers.all.path=" + temp.resolve("again.json")))
                .isZero();

        assertThat(Files.readAllLines(temp.resolve("again.json"))).containsExactly(all.get(0), all.get(2));
        assertThat(command.err()).contains("2 delivered to handler all, 0 rejected");
        assertThat(temp.resolve("app.log")).as("only the one named").doesNotExist();
        Files.delete(temp.resolve("again.json"));
        Map<String, String> after = evidence.fingerprint();
        before.remove("");
        after.remove("");
        assertThat(after).as("evidence and checkpoints").isEqualTo(before);
    }

    @Test
    void aHandlerThatIsNotThereOrWouldWriteIntoAFileOfTheMastersIsRefused() throws Exception {
        journalAndRing();
        Path config = configuration();
        assertThat(command.run("replay", evidence.state(), "--to", "nobody", "-c", config))
                .isEqualTo(2);
        assertThat(command.err())
                .isEqualTo("emberlog: --to nobody: there is no such handler; the configuration has app, all\n");
        assertThat(command.run("replay", evidence.state(), "--to", "app", "-c", config))
                .isEqualTo(2);
        assertThat(command.err()).contains("app.log is the master's", "--set handlers.app.path=FILE");
        assertThat(command.run(
                        "replay",
                        evidence.state(),
                        "--to=app",
                        "-c",
                        config,
                        "--set=handlers.app.path=" + temp.resolve("x/../all.json")))
                .as("another handler's file")
                .isEqualTo(2);
        assertThat(command.run("replay", evidence.state(), "-c", config)).isEqualTo(2);
        assertThat(temp.resolve("app.log")).doesNotExist();
        assertThat(temp.resolve("all.json")).doesNotExist();
    }
}

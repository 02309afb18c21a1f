package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.master.config.HandlerType;
import io.emberlog.master.replay.TestEvidence;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.RingFile;
import java.io.IOException;
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

/** {@code explain}, {@code silence} and {@code --where}, with a handler type that tells people. */
class RouteCommandTest {
    private static final long SECOND = 1_000_000_000L;

    private static final List<HandlerType> TYPES = List.of(
            new HandlerType("file", List.of(SettingKey.path("path", "The file.").required())),
            new HandlerType("chat", List.of(), new HandlerType.Rules() {
                @Override
                public void check(HandlerSettings settings) {
                    // any will do
                }

                @Override
                public String conflict(HandlerSettings one, HandlerSettings other, String otherName) {
                    return null;
                }

                @Override
                public boolean alerts() {
                    return true;
                }
            }));

    @TempDir
    private Path temp;

    private TestEvidence evidence;
    private Path config;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws IOException {
        evidence = new TestEvidence(temp);
        Files.createDirectories(evidence.state());
        config = Files.writeString(temp.resolve("emberlog.toml"), """
                [channel]
                directory = "%s"
                [journal]
                directory = "%s"
                [[handlers]]
                name = "app"
                type = "file"
                path = "app.log"
                redact = ["secrets"]
                [[handlers]]
                name = "pager"
                type = "chat"
                min_level = "warn"
                max_level = "error"
                filter = 'worker ~ "md-*" and not logger ~ "noisy.*"'
                rate_limit = "10/m"
                [[handlers]]
                name = "sampled"
                type = "chat"
                sample = "1/1000000"
                """.formatted(evidence.channel(), evidence.state()));
    }

    @AfterEach
    void stop() {
        evidence.close();
    }

    private int run(Object... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>();
        for (Object word : words) {
            all.add(word.toString());
        }
        Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false, false);
        return Emberlog.run(terminal, Map.of(), TYPES, each -> ExitCodes.INTERNAL, all.toArray(String[]::new));
    }

    private List<String> lines() {
        return out.toString()
                .lines()
                .map(line -> line.replaceAll(" +", " ").strip())
                .toList();
    }

    @Test
    void explainNamesTheConditionThatDecided() {
        assertThat(run(
                        "explain",
                        "-c",
                        config,
                        "--level",
                        "warn",
                        "--worker",
                        "md-1",
                        "--message",
                        "password={}",
                        "--arg",
                        "hunter2"))
                .isZero();
        assertThat(lines())
                .contains(
                        "HANDLER GETS IT WHY",
                        "app yes redacts args[0]",
                        "pager yes rate_limit 10/m: unless it is used up; it has left out 0 records so far",
                        "sampled yes sample 1/1000000: which ones depends on their ids");
        run("explain", "-c", config, "--level", "info", "--worker", "md-1");
        assertThat(lines()).contains("pager no min_level: INFO (9) is below warn (13)");
        run("explain", "-c", config, "--level", "critical", "--worker", "md-1");
        assertThat(lines()).contains("pager no max_level: CRITICAL (18) is above error (17)");
        run("explain", "-c", config, "--level", "warn", "--worker", "md-1", "--logger", "noisy.x");
        assertThat(lines()).contains("pager no filter: does not hold: not logger ~ \"noisy.*\"");
        run("explain", "-c", config, "--level", "warn", "--worker", "gw-1");
        assertThat(lines()).contains("pager no filter: does not hold: worker ~ \"md-*\"");
    }

    @Test
    void explainLooksARecordOfTheJournalUpByItsNumber() throws Exception {
        RingFile ring = evidence.ring("md-7");
        for (int i = 0; i < 5; i++) {
            int number = i;
            evidence.log(ring, 13, i * SECOND, entry -> {
                entry.text(MessageDescriptor.LOGGER, number == 3 ? "noisy.x" : "app");
                entry.text(MessageDescriptor.TEMPLATE, "record " + number);
            });
        }
        evidence.drain(ring, true);
        evidence.closeJournal();
        assertThat(run("explain", "-c", config, "--sequence", 3, "--json")).isZero();
        assertThat(out.toString())
                .startsWith("{\"seq\":3,\"id\":\"")
                .contains(
                        "\"worker\":\"md-7\",\"handlers\":[{\"name\":\"app\",\"taken\":true,\"notes\":[],\"redacts\":[]},"
                                + "{\"name\":\"pager\",\"taken\":false,\"decided_by\":\"filter\",\"detail\":\"does not hold: not"
                                + " logger ~ \\\"noisy.*\\\"\",\"notes\":[],\"redacts\":[]},{\"name\":\"sampled\",\"taken\":false,"
                                + "\"decided_by\":\"sample\"");
        assertThat(run("explain", "-c", config, "--sequence", 99)).isEqualTo(ExitCodes.IO);
        assertThat(err.toString()).contains("record 99 is not in the journal").contains("whose last is 4");
    }

    @Test
    void explainWithoutARecordOrWithTwoSaysWhatIsMissing() throws IOException {
        assertThat(run("explain", "-c", config)).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("which record? --sequence N, or what it is");
        assertThat(run("explain", "-c", config, "--sequence", 1, "--level", "warn"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(run("explain", "-c", config, "--sequence", 1)).isEqualTo(ExitCodes.IO);
        Files.writeString(config, "handlers = []\n[journal]\ndirectory = \"" + evidence.state() + "\"\n");
        assertThat(run("explain", "-c", config, "--level", "warn"))
                .as("nobody gets it")
                .isEqualTo(ExitCodes.FINDINGS);
    }

    @Test
    void aSilenceIsAddedListedExplainedAndRemoved() {
        assertThat(run("silence", "list", "-c", config)).isZero();
        assertThat(out.toString()).isEqualTo("no silence\n");
        assertThat(run(
                        "silence",
                        "add",
                        "-c",
                        config,
                        "logger ~ 'com.acme.*'",
                        "--for",
                        "2h",
                        "--reason",
                        "known since noon"))
                .isZero();
        assertThat(out.toString())
                .startsWith("silence 1 until ")
                .endsWith(" for handlers pager, sampled: logger ~ \"com.acme.*\"\n");
        assertThat(run("silence", "add", "-c", config, "level < warn", "--for", "1m", "--handler", "app", "--json"))
                .isZero();
        assertThat(out.toString()).contains("\"id\":2").contains("\"handlers\":[\"app\"]");

        run("silence", "list", "-c", config);
        assertThat(lines()).hasSize(3);
        assertThat(lines().get(1))
                .isEqualTo("1 119 min not yet pager 0, sampled 0 logger ~ \"com.acme.*\" known since noon");
        run("silence", "list", "-c", config, "--json");
        assertThat(out.toString())
                .contains("{\"id\":1,\"expression\":\"logger ~ \\\"com.acme.*\\\"\",\"from\":")
                .contains(
                        "\"reason\":\"known since noon\",\"in_force\":false,\"handlers\":[{\"name\":\"pager\",\"records\":0}");

        run("explain", "-c", config, "--level", "warn", "--worker", "md-1", "--logger", "com.acme.X");
        assertThat(lines()).contains("pager no silence: 1: logger ~ \"com.acme.*\"");

        assertThat(run("silence", "remove", "-c", config, 1)).isZero();
        assertThat(out.toString()).isEqualTo("silence 1 is removed\n");
        assertThat(run("silence", "remove", "-c", config, 1)).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("there is no silence 1; there is 2");
    }

    @Test
    void aSilenceThatMutesNobodyOrCannotBeReadIsRefused() throws IOException {
        assertThat(run("silence", "add", "-c", config, "lvel = warn", "--for", "2h"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("column 1 of").contains("did you mean level?");
        assertThat(run("silence", "add", "-c", config, "true", "--for", "2h", "--handler", "pagr"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString())
                .contains("--handler pagr: no handler of that name; the configuration has app, pager, sampled");
        assertThat(run("silence", "add", "-c", config, "true")).isEqualTo(ExitCodes.USAGE);
        assertThat(run("silence", "add", "-c", config, "true", "--for", "2y")).isEqualTo(ExitCodes.USAGE);
        assertThat(run("silence", "-c", config)).isEqualTo(ExitCodes.USAGE);
        Files.writeString(
                config,
                "[journal]\ndirectory = \"" + evidence.state()
                        + "\"\n[[handlers]]\ntype = \"file\"\npath = \"a.log\"\n");
        assertThat(run("silence", "add", "-c", config, "true", "--for", "2h")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString())
                .contains("no handler of the configuration tells people; name one with --handler: file");
        assertThat(run("silence", "list", "-c", config, "--state", temp.resolve("nowhere")))
                .isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void noMoreSilencesThanACheckpointHasRoomFor() {
        for (int i = 0; i < 32; i++) {
            assertThat(run("silence", "add", "-c", config, "true", "--for", "2h"))
                    .isZero();
        }
        assertThat(run("silence", "add", "-c", config, "true", "--for", "2h")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("there are 32 silences, and no more are allowed; remove one");
    }

    @Test
    void whereSelectsWorkersInStat() throws Exception {
        evidence.ring("md-1");
        evidence.ring("gw-1");
        assertThat(run("stat", "-c", config, "--sample", "10ms", "--where", "worker ~ 'md-*' and pid > 0"))
                .isZero();
        assertThat(out.toString()).contains("md-1").doesNotContain("gw-1");
        assertThat(run("stat", "-c", config, "--where", "level = warn")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString())
                .contains(
                        "--where: column 1 of \"level = warn\": unknown name \"level\"; allowed: worker, service, host,"
                                + " process, pid");
        assertThat(run("stat", "-c", config, "--where", "field.x = 1")).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void whereSelectsInReplayTailAndErrors() throws Exception {
        RingFile ring = evidence.ring("md-7");
        for (int i = 0; i < 6; i++) {
            int number = i;
            evidence.log(ring, 17, i * SECOND, entry -> {
                entry.text(MessageDescriptor.TEMPLATE, "record " + number);
                entry.beginPairs(MessageDescriptor.FIELDS);
                entry.key("n");
                entry.putLong(number);
                entry.endPair();
                entry.endPairs();
            });
        }
        evidence.drain(ring, true);
        evidence.closeJournal();
        String where = "field.n > 1 and field.n != 3";
        assertThat(run("replay", evidence.state(), "--where", where)).isZero();
        assertThat(lines()).hasSize(3).allMatch(line -> line.contains("record "));
        assertThat(run("tail", "-c", config, "--no-follow", "--where", where, "--grep", "4|5"))
                .isZero();
        assertThat(lines()).hasSize(2);
        assertThat(run("errors", "-c", config, "--where", where)).isZero();
        assertThat(lines()).last().isEqualTo("3 records, 1 distinct cause");
        assertThat(run("tail", "-c", config, "--no-follow", "--where", "fild.n > 1"))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString())
                .contains("--where: column 1 of \"fild.n > 1\"")
                .contains("did you mean field.KEY?");
    }
}

package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.replay.TestEvidence;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code emberlog level} says and refuses; the tests with real workers are in samples (LevelsTest). */
class LevelCommandTest {
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

    private int level(String verb, Object... more) {
        Object[] words = new Object[more.length + 4];
        Object[] first = {"level", verb, "--channel", evidence.channel()};
        System.arraycopy(first, 0, words, 0, 4);
        System.arraycopy(more, 0, words, 4, more.length);
        return command.run(words);
    }

    @Test
    void setTellsHowManyWorkersTookItOverAndGetWhatIsInForce() throws IOException {
        RingFile one = evidence.livingRing("md-1");
        evidence.ring("md-dead");
        evidence.livingRing("gw-1");
        one.header().controlSequence(1);

        assertThat(level("set", "com.acme=debug", "com.acme.db=AUDIT:14", "--worker", "md-*", "--for", "10m"))
                .isZero();
        assertThat(command.lines())
                .containsExactly(
                        "set com.acme=DEBUG com.acme.db=AUDIT in workers md-*, for 10 min", "in force in 1 worker");
        one.header().controlSequence(2);
        level("set", "warn", "--worker", "md-1");
        assertThat(command.lines()).first().isEqualTo("set *=WARN in workers md-1, until it is unset");

        assertThat(level("get")).isZero();
        assertThat(command.lines().get(2)).matches("LOGGER +LEVEL +WORKER +SET +LEFT");
        assertThat(command.lines().get(3)).matches("com.acme +DEBUG +md-\\* +\\S+Z +9 min");
        assertThat(command.lines().get(5)).matches("\\* +WARN +md-1 +\\S+Z +until unset");
        assertThat(command.lines().get(8)).matches("gw-1 +\\d+ +no +its own");
        assertThat(command.lines().get(9)).matches("md-1 +\\d+ +yes +WARN,com.acme=DEBUG,com.acme.db=AUDIT");

        level("get", "--worker", "gw-*");
        assertThat(command.out()).contains("no level is set from here").doesNotContain("md-1");

        level("get", "--json");
        assertThat(command.out())
                .contains("\"sequence\":2,\"rules\":[{\"logger\":\"com.acme\",\"level\":\"DEBUG\",\"severity\":5,"
                        + "\"worker\":\"md-*\",\"set\":\"")
                .contains("\"for_seconds\":600,\"left_seconds\":5")
                .contains("{\"logger\":\"*\",\"level\":\"WARN\",\"severity\":13,\"worker\":\"md-1\",\"set\":\"")
                .contains(
                        "\"taken_over\":true,\"levels\":{\"*\":\"WARN\",\"com.acme\":\"DEBUG\",\"com.acme.db\":\"AUDIT\"}}")
                .contains("\"taken_over\":false,\"levels\":{}}");
    }

    @Test
    void aWorkerThatDoesNotTakeItOverIsNamedAndTheExitCodeSaysSo() throws IOException {
        evidence.livingRing("stuck\u001b[2J");
        assertThat(level("set", "com.acme=DEBUG")).isEqualTo(ExitCodes.FINDINGS);
        assertThat(command.out()).contains("in force in 0 of 1 worker");
        assertThat(command.err())
                .contains("not taken over within 2.0 s")
                .contains("stuck")
                .doesNotContain("\u001b");
    }

    @Test
    void noWorkerOfThatNameIsSaidWithThoseThereAre() throws IOException {
        evidence.livingRing("md-1");
        assertThat(level("set", "com.acme=DEBUG", "--worker", "dm-*")).isZero();
        assertThat(command.lines().get(1))
                .matches("no live worker is meant, there are md-1 \\(pid \\d+\\); those that start will take it over");
    }

    @Test
    void unsetTakesBackWhatIsNamedAndResetAll() {
        level("set", "a=DEBUG", "b=WARN", "c=INFO");
        level("set", "a=TRACE", "--worker", "md-*");
        assertThat(level("unset", "a", "--worker", "md-*")).isZero();
        assertThat(command.lines()).containsExactly("unset a=TRACE in workers md-*");
        level("unset", "c");
        assertThat(command.lines()).containsExactly("unset c=INFO in workers *");
        assertThat(level("unset", "d")).isEqualTo(ExitCodes.USAGE);
        assertThat(command.err())
                .startsWith("emberlog: there is no rule for d; there are: a=DEBUG in workers *, b=WARN in workers *");
        assertThat(level("reset")).isZero();
        assertThat(command.lines()).containsExactly("unset a=DEBUG in workers *", "unset b=WARN in workers *");
        level("reset");
        assertThat(command.lines()).containsExactly("there was no such rule");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "com.acme=DEBGU; com.acme=DEBGU: level 'DEBGU' is not known; did you mean DEBUG?",
                "com.acme; com.acme: level 'com.acme' is not known; one of NOTSET",
                "=DEBUG; =DEBUG: no logger in front of '='; '*' is all loggers",
                "a,b=DEBUG; logger 'a,b' must have at most 256 bytes and no ','"
            })
    void aWrongChangeSaysWhatWouldBeRight(String change, String message) {
        assertThat(level("set", change)).isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains(message.replace(" is not known; one", " is not known; one"));
        assertThat(evidence.channel().resolve("control")).doesNotExist();
    }

    @Test
    void wrongUseExitsWith2() {
        assertThat(command.run("level")).isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains("a command is missing: get, set or unset");
        assertThat(level("set", "a=DEBUG", "a=INFO")).isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains("a=INFO: the same loggers twice");
        assertThat(level("set", "a=DEBUG", "--for", "10")).isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains("'10' is no time from 1s to 30d");
        assertThat(level("set", "a=DEBUG", "--worker", "")).isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains("worker glob is empty");
        assertThat(command.run("level", "get", "--channel", temp.resolve("nowhere")))
                .isEqualTo(ExitCodes.USAGE);
        assertThat(command.err()).contains("there is no such directory; a worker makes it");
    }

    @Test
    void aPageThatCannotBeTrustedOrReadIsNamed() throws IOException {
        Path page = evidence.channel().resolve("control");
        Files.write(page, new byte[10]);
        assertThat(level("get")).isEqualTo(ExitCodes.IO);
        assertThat(command.err()).contains("control page " + page + " has 10 bytes, not 65536");
        assertThat(level("set", "a=DEBUG")).isEqualTo(ExitCodes.IO);
        assertThat(level("reset")).isEqualTo(ExitCodes.IO);
    }
}

package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.replay.TestEvidence;
import io.emberlog.ring.RingFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailCommandTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path temp;

    private TestEvidence evidence;
    private RingFile ring;
    private final CommandLineRun command = CommandLineRun.piped();
    private Thread following;

    @BeforeEach
    void start() throws IOException {
        evidence = new TestEvidence(temp);
        ring = evidence.ring("md-1");
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (following != null) {
            following.interrupt();
            following.join();
        }
        evidence.close();
    }

    private void journal(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            evidence.log(ring, i % 5 == 0 ? 13 : 9, i * SECOND, "com.acme.L" + i % 2, "record " + i);
            evidence.drain(ring, true, i * SECOND);
        }
    }

    private int tail(Object... more) {
        Object[] words = new Object[more.length + 4];
        words[0] = "tail";
        words[1] = "--no-follow";
        words[2] = "--state";
        words[3] = evidence.state();
        System.arraycopy(more, 0, words, 4, more.length);
        return command.run(words);
    }

    @Test
    void itPrintsTheLastTenAndEnds() throws Exception {
        journal(0, 30);

        assertThat(tail()).isZero();
        assertThat(command.lines()).hasSize(10);
        assertThat(command.lines().get(0)).endsWith("- record 20");
        assertThat(command.lines().get(9)).endsWith("- record 29");
        assertThat(command.err()).isEmpty();
    }

    @Test
    void theLastNAreThoseThatMatch() throws Exception {
        journal(0, 30);
        evidence.closeJournal();
        evidence.journal();
        journal(30, 33);

        tail("-n", 3, "--level", "warn");
        assertThat(command.lines()).hasSize(3);
        assertThat(command.lines().get(0)).endsWith("- record 20");
        assertThat(command.lines().get(2)).endsWith("- record 30");
        tail("-n", 0);
        assertThat(command.lines()).isEmpty();
        tail("-n", 100, "--logger", "*.L1", "--grep", "record 1");
        assertThat(command.lines()).hasSize(6);
    }

    @Test
    void sinceShowsAllFromThenOn() throws Exception {
        journal(0, 300);

        tail("--since", "1970-01-01T00:03:00Z");
        assertThat(command.lines()).hasSize(120).first().asString().endsWith("- record 180");
    }

    @Test
    void someDocumentsWithManyRecordsAreCutToTheRecord() throws Exception {
        for (int i = 0; i < 25; i++) {
            evidence.log(ring, i * SECOND, "record " + i);
        }
        evidence.drain(ring, true);

        tail("-n", 4, "--format", "json");
        assertThat(command.lines()).hasSize(4).first().asString().startsWith("{\"seq\":21,");
    }

    @Test
    void wrongUseExitsWith2AndAMissingJournalWith4() throws Exception {
        assertThat(tail("-n", -1)).isEqualTo(2);
        assertThat(command.run("tail", "--state", temp.resolve("nowhere"))).isEqualTo(2);
        assertThat(command.err()).contains("nowhere: there is no such directory");
        Files.createDirectories(evidence.state());
        assertThat(tail()).isEqualTo(4);
        assertThat(command.err()).contains("there is no journal yet; a master makes it at start");
    }

    @Test
    void itFollowsARollAndARestartOfTheMasterAndEndsWhenInterrupted() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        AtomicInteger exitCode = new AtomicInteger(-1);
        Files.createDirectories(evidence.state());
        Terminal place = new Terminal(
                new PrintWriter(out, true, StandardCharsets.UTF_8), new PrintWriter(err), false, false, false, out);
        following = new Thread(() -> exitCode.set(Emberlog.run(
                place,
                Map.of(),
                HandlerTypes.installed(),
                config -> 0,
                "tail",
                "--state",
                evidence.state().toString())));
        following.start();
        await().until(() -> err.toString().contains("waiting for a master to make a journal"));

        journal(0, 3);
        await().until(() -> text(out).endsWith("record 2\n"));
        evidence.closeJournal();
        evidence.journal();
        journal(3, 5);
        await().until(() -> text(out).endsWith("record 4\n"));
        assertThat(text(out).lines()).hasSize(5);

        following.interrupt();
        following.join();
        assertThat(exitCode).hasValue(130);
    }

    private static String text(ByteArrayOutputStream out) {
        return out.toString(StandardCharsets.UTF_8);
    }
}

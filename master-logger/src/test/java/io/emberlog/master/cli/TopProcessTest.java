package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.emberlog.master.replay.TestEvidence;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code top} as a process on a pseudo-terminal, which python3 plays the user of. */
class TopProcessTest {
    private static final String LEFT = "\\x1b[?25h\\x1b[?1049l'";

    @TempDir
    private Path temp;

    private TestEvidence evidence;

    @BeforeEach
    void start() throws Exception {
        evidence = new TestEvidence(temp);
        RingFile ring = evidence.livingRing("md-1");
        evidence.log(ring, 1, "a");
        evidence.drain(ring, true);
    }

    @AfterEach
    void stop() {
        evidence.close();
    }

    private List<String> play(String term, String... steps) throws Exception {
        Path script = temp.resolve("drive.py");
        try (var in = TopProcessTest.class.getResourceAsStream("/tty/drive.py")) {
            Files.write(script, in.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of("python3", script.toString()));
        command.addAll(List.of(steps));
        command.add("--");
        List<String> java = new ArrayList<>(ToolProcessTest.java(
                Emberlog.class, "top", "-i", "100ms", "--state", evidence.state(), "--channel", evidence.channel()));
        java.add(1, "-Demberlog.tty.out=true");
        command.addAll(java);
        if (!term.equals("xterm")) {
            command.addAll(List.of("--count", "2"));
        }
        Path out = temp.resolve("out.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("TERM", term);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            assertThat(System.getenv("CI")).as("python3 is missing").isNotEqualTo("true");
            assumeThat(false)
                    .as("python3 is not installed: apt install python3")
                    .isTrue();
            throw e;
        }
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return Files.readAllLines(out);
    }

    @Test
    void keysSortAndPauseTheWindowMayChangeAndQuitGivesTheTerminalBack() throws Exception {
        List<String> said = play(
                "xterm",
                "wait \\x1b[?1049h",
                "wait sorted by rate",
                "wait md-1",
                "keys d",
                "wait sorted by drops",
                "keys p",
                "wait PAUSED",
                "size 40 20",
                "wait q quit  r rate  b ba\\x1b[0m",
                "keys q");
        assertThat(said).containsSubsequence("exit 0", "modes restored");
        assertThat(said.get(said.size() - 1)).endsWith(LEFT);
    }

    @Test
    void controlCAndAKillGiveTheTerminalBackToo() throws Exception {
        List<String> interrupted = play("xterm", "wait sorted by rate", "keys \\x03");
        assertThat(interrupted).containsSubsequence("exit 130", "modes restored");
        assertThat(interrupted.get(interrupted.size() - 1)).endsWith(LEFT);
        List<String> killed = play("xterm", "wait sorted by rate", "signal 15");
        assertThat(killed).containsSubsequence("exit 143", "modes restored");
        assertThat(killed.get(killed.size() - 1)).endsWith(LEFT);
    }

    @Test
    void aDumbTerminalGetsLines() throws Exception {
        List<String> said = play("dumb", "wait of 1, 0 records/s");
        assertThat(said).containsSubsequence("exit 0", "modes restored");
        assertThat(said.get(said.size() - 1)).doesNotContain("\\x1b");
    }
}

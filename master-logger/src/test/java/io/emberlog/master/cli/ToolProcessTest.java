package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.master.NeedsRoot;
import io.emberlog.master.replay.TestEvidence;
import io.emberlog.ring.RingFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools as processes of their own: pipes, signals, and workers that are really killed. */
class ToolProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    private Path out;
    private Path err;

    @BeforeEach
    void place() {
        out = temp.resolve("out.txt");
        err = temp.resolve("err.txt");
    }

    static List<String> java(Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add-") || flag.startsWith("--enable-") || flag.startsWith("--sun-")) {
                command.add(flag);
            }
        }
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Xmx64m");
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    private int run(List<String> command) throws Exception {
        Process process = start(command);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static String shell(List<String> command) {
        return "'" + String.join("' '", command) + "'";
    }

    @Test
    void everyRecordOfAKilledWorkerIsReadAndWhileItLivesItsRingIsLeftAlone() throws Exception {
        Process worker = new ProcessBuilder(java(RingChild.class, temp.resolve("channel"), 50_000))
                .redirectError(err.toFile())
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            assertThat(line).as(Files.readString(err)).startsWith("filled ");
            Path ring = Path.of(line.substring("filled ".length()));

            assertThat(run(java(Emberlog.class, "replay", ring))).isEqualTo(2);
            assertThat(Files.readString(err)).contains("its process runs (pid " + worker.pid() + ")");

            worker.destroyForcibly();
            worker.waitFor();
            assertThat(run(java(Emberlog.class, "replay", ring))).isZero();
            List<String> lines = Files.readAllLines(out);
            assertThat(lines).hasSize(50_000);
            for (int i = 0; i < lines.size(); i++) {
                assertThat(lines.get(i)).endsWith(" record " + (i + 1));
            }
            assertThat(err).hasContent("");
        } finally {
            worker.destroyForcibly();
        }
    }

    @Test
    void aPipeThatIsClosedEndsReplayWithoutAWord() throws Exception {
        try (TestEvidence evidence = new TestEvidence(temp)) {
            RingFile ring = evidence.ring("md-1");
            for (int round = 0; round < 40; round++) {
                for (int i = 0; i < 100; i++) {
                    evidence.log(ring, i, "a line of some length so that the pipe fills: " + "x".repeat(100));
                }
                evidence.drain(ring, true);
            }
            String replay = shell(java(Emberlog.class, "replay", evidence.state()));
            assertThat(run(List.of("sh", "-c", "{ " + replay + "; echo $? >'" + temp + "/code'; } | head -n 1")))
                    .isZero();
        }
        assertThat(Files.readAllLines(out)).hasSize(1);
        assertThat(err).hasContent("");
        assertThat(temp.resolve("code")).hasContent("0");
    }

    @Test
    void aFullDiskUnderTheOutputExitsWith4AndSaysSo() throws Exception {
        out = Path.of("/dev/full");
        assertThat(run(java(Emberlog.class, "version"))).isEqualTo(ExitCodes.IO);
        assertThat(err).hasContent("emberlog: cannot write the output: No space left on device");
    }

    @Test
    void whatAnotherUserMayNotReadIsToldWithTheReason() throws Exception {
        NeedsRoot.require();
        try (TestEvidence evidence = new TestEvidence(temp)) {
            evidence.ring("md-1");
            Path state = Files.createDirectories(evidence.state());
            Files.setAttribute(state, "unix:mode", 0700);
            Files.setAttribute(state, "unix:uid", 5001);
            // root without the right to open any file: a user like any other, who can read the class path
            List<String> other =
                    List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--");
            for (String tool : List.of("stat", "tail")) {
                List<String> command = new ArrayList<>(other);
                command.addAll(java(Emberlog.class, tool, "--state", state, "--channel", evidence.channel()));
                if (tool.equals("tail")) {
                    command.subList(command.size() - 2, command.size()).clear();
                }
                assertThat(run(command)).isEqualTo(ExitCodes.IO);
                assertThat(err).hasContent("emberlog: " + state + ": cannot be read: permission denied");
            }
        }
    }

    @Test
    void controlCEndsTailWith130AndWithoutAWord() throws Exception {
        try (TestEvidence evidence = new TestEvidence(temp)) {
            RingFile ring = evidence.ring("md-1");
            evidence.log(ring, 1, "first");
            evidence.drain(ring, true);
            Process tail = start(java(Emberlog.class, "tail", "--state", evidence.state()));
            try {
                await().atMost(LIMIT).until(() -> Files.readString(out).endsWith("first\n"));
                evidence.log(ring, 2, "second");
                evidence.drain(ring, true);
                await().atMost(LIMIT).until(() -> Files.readString(out).endsWith("second\n"));
                assertThat(new ProcessBuilder("kill", "-INT", Long.toString(tail.pid()))
                                .start()
                                .waitFor())
                        .isZero();
                assertThat(tail.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(tail.exitValue()).isEqualTo(130);
            } finally {
                tail.destroyForcibly();
            }
        }
        assertThat(err).hasContent("");
    }
}

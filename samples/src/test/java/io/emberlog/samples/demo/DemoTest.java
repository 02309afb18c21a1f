package io.emberlog.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.judge.Json;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.ClassPaths;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as the launcher starts it, with a temp directory of its own. */
class DemoTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @TempDir
    Path temp;

    @Test
    void demoAccountsForEveryLineInJsonAndLeavesNothingRunning() throws Exception {
        try (Children children = new Children()) {
            Process demo = start(children, "--json");
            List<ProcessHandle> seen = new ArrayList<>();
            Waiting.until("the demo to end", LIMIT, () -> {
                demo.descendants().filter(process -> !seen.contains(process)).forEach(seen::add);
                return !demo.isAlive();
            });
            assertThat(said("err")).isEmpty();
            assertThat(demo.exitValue()).as(said("out")).isZero();
            assertThat(seen).as("a master twice, three workers, a judge").hasSizeGreaterThanOrEqualTo(5);
            assertGone(seen);
            check(said("out").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void check(byte[] said) {
        Map<String, Object> json = Json.parse(said, said.length);
        assertThat(json).containsEntry("ok", true).containsEntry("master_exit", 0L);
        List<Map<String, Object>> workers =
                Json.list(json.get("workers")).stream().map(Json::object).toList();
        assertThat(workers).extracting(worker -> worker.get("worker")).containsExactly("alpha", "bravo", "charlie");
        assertThat(workers).allSatisfy(worker -> {
            assertThat(worker).containsKeys(DemoResult.COLUMNS.toArray(new String[0]));
            assertThat((Long) worker.get("acknowledged")).isPositive();
            assertThat((Long) worker.get("delivered")).isGreaterThanOrEqualTo((Long) worker.get("acknowledged"));
            assertThat(worker)
                    .containsEntry("lost", 0L)
                    .containsEntry("doubled", 0L)
                    .containsEntry("altered", 0L)
                    .containsEntry("out_of_order", 0L);
        });
        assertThat(Json.object(json.get("death")))
                .containsEntry("worker", "bravo")
                .containsKeys("reason", "detected_after_ms");
        assertThat(Json.object(json.get("files")).values())
                .allSatisfy(file -> assertThat(Path.of(file.toString())).exists());
    }

    @Test
    void anInterruptedDemoLeavesNothingRunning() throws Exception {
        try (Children children = new Children()) {
            Process demo = start(children);
            Waiting.until(
                    "a master and three workers",
                    LIMIT,
                    () -> demo.descendants().count() >= 4);
            List<ProcessHandle> seen = demo.descendants().toList();
            children.start(new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())))
                    .waitFor();
            Waiting.until("the demo to end", LIMIT, () -> !demo.isAlive());
            assertThat(demo.exitValue()).isEqualTo(130);
            assertGone(seen);
        }
    }

    @Test
    void aDemoWhoseJudgeIsInterruptedSaysSo() throws Exception {
        try (Children children = new Children()) {
            Process demo = start(children);
            List<ProcessHandle> judge = new ArrayList<>();
            Waiting.until("the judge", LIMIT, () -> {
                demo.descendants()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains("io.emberlog.samples.judge.Judge"))
                        .forEach(judge::add);
                return !judge.isEmpty() || !demo.isAlive();
            });
            assertThat(judge).as(said("err")).isNotEmpty();
            judge.get(0).destroy(); // SIGTERM; by the terminal's Ctrl-C it gets its own SIGINT
            Waiting.until("the demo to end", LIMIT, () -> !demo.isAlive());
            assertThat(said("err")).startsWith("emberlog: the demo was interrupted\n");
            assertThat(demo.exitValue()).isEqualTo(130);
        }
    }

    @Test
    void aWordThatTheDemoDoesNotKnowIsAUsageError() throws Exception {
        try (Children children = new Children()) {
            Process demo = start(children, "--jsno");
            Waiting.until("the demo to end", LIMIT, () -> !demo.isAlive());
            assertThat(demo.exitValue()).isEqualTo(2);
            assertThat(said("out")).isEmpty();
            assertThat(said("err")).contains("--jsno").contains("Usage: emberlog demo");
        }
    }

    private static void assertGone(List<ProcessHandle> processes) {
        Waiting.until(
                "all of its processes to be gone",
                LIMIT,
                () -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    private Process start(Children children, String... arguments) throws IOException {
        return children.start(
                Jvm.java(classPath(), List.of("-Djava.io.tmpdir=" + temp), Demo.class.getName(), arguments)
                        .redirectOutput(temp.resolve("out").toFile())
                        .redirectError(temp.resolve("err").toFile()));
    }

    /** What the launcher gathers: everything that the samples need to run. */
    private static String classPath() throws IOException {
        try (InputStream runtime = DemoTest.class.getResourceAsStream("/runtime.classpath")) {
            return new String(runtime.readAllBytes(), StandardCharsets.UTF_8).trim() + ":"
                    + ClassPaths.join(ClassPaths.of(Demo.class));
        }
    }

    private String said(String stream) throws IOException {
        return Files.readString(temp.resolve(stream));
    }
}

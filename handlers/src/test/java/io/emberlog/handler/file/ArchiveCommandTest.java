package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveCommandTest {
    private static final long LONG_NS = TimeUnit.MINUTES.toNanos(1);
    private static final List<LogRecord> RECORDS = IntStream.range(0, 40)
            .mapToObj(i -> Records.plain(i, "record " + i))
            .toList();

    @TempDir
    Path directory;

    private final InlineBackground background = new InlineBackground(System::nanoTime);

    private ArchiveCommand command(long timeoutNs, String... command) {
        return new ArchiveCommand(List.of(command), timeoutNs, background);
    }

    private Path file(String name) throws IOException {
        return Files.writeString(directory.resolve(name), "a line\n");
    }

    @Test
    void theFilesPathIsTheLastArgumentOrWhereItIsSaidAndNoShellReadsIt() throws IOException {
        Path hostile = file("a b;$(touch x) '\"*.1");
        Path out = directory.resolve("out");
        command(LONG_NS, "cp", "-t", out.toString(), "--").run(withDirectory(hostile, out));
        assertThat(out.resolve(hostile.getFileName())).hasContent("a line");
        command(LONG_NS, "cp", "{path}", "{path}.copy").run(hostile);
        assertThat(directory.resolve(hostile.getFileName() + ".copy")).hasContent("a line");
        assertThat(directory.resolve("x")).doesNotExist();
    }

    private static Path withDirectory(Path file, Path made) throws IOException {
        Files.createDirectories(made);
        return file;
    }

    @Test
    void aCommandThatFailsIsToldWithWhatItSaidAndNoMore() throws IOException {
        Path file = file("app.log.1");
        assertThatThrownBy(() -> command(LONG_NS, "sh", "-c", "echo out; echo err >&2; exit 7")
                        .run(file))
                .isInstanceOf(IOException.class)
                .hasMessage("ended with 7: out | err");
        assertThatThrownBy(() -> command(LONG_NS, "sh", "-c", "yes no | head -c 5000000; exit 1")
                        .run(file))
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(3000));
        assertThatThrownBy(() -> command(LONG_NS, "there-is-no-such-program").run(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there-is-no-such-program");
    }

    @Test
    void aCommandThatHangsIsKilledWithWhatItStartedAtItsDeadline() throws IOException {
        Path file = file("app.log.1");
        Path pid = directory.resolve("pid");
        ArchiveCommand hanging = command(
                TimeUnit.MILLISECONDS.toNanos(1500), "sh", "-c", "echo begun; sleep 1000 & echo $! >" + pid + "; wait");
        assertThatThrownBy(() -> hanging.run(file)).hasMessage("did not end within 1500 ms: begun");
        long child = Long.parseLong(Files.readString(pid).strip());
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        !ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    void aCommandThatIsRunningWhenTheHandlerEndsIsKilled() throws IOException {
        Path file = file("app.log.1");
        background.stop();
        assertThatThrownBy(() -> command(LONG_NS, "sh", "-c", "sleep 1000").run(file))
                .isInstanceOf(RotatedFileCompressor.StoppedException.class);
    }

    private Handler handler(ModelCaller caller, String compress, String... command) {
        Map<String, Object> given = new HashMap<>(Map.of(
                "path",
                directory.resolve("app.log").toString(),
                "max_size",
                500L,
                "keep_files",
                0L,
                "compress",
                compress,
                "archive_command",
                List.of(command)));
        HandlerSettings settings = HandlerSettings.of("test", FileSettings.KEYS, given);
        return new FileHandler(
                FileSettings.of(settings), new DiskFileOps(), () -> new InlineBackground(caller::nanoTime));
    }

    private List<String> archived() throws IOException {
        Path list = directory.resolve("list");
        return Files.exists(list) ? Files.readAllLines(list) : List.of();
    }

    private String[] listing() {
        return new String[] {"sh", "-c", "basename \"$1\" >> list; rm \"$1\"", "sh"};
    }

    private static List<String> names(int count, String ending) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> "app.log." + i + ending)
                .toList();
    }

    @Test
    void eachRotatedFileIsGivenToItOnceInOrderAndCompressedBefore() throws IOException {
        for (String compress : List.of("none", "gzip")) {
            ModelCaller caller = new ModelCaller(10, 3);
            Files.deleteIfExists(directory.resolve("app.log"));
            Files.deleteIfExists(directory.resolve("list"));
            caller.run(handler(caller, compress, listing()), RECORDS);
            assertThat(archived())
                    .hasSizeGreaterThan(4)
                    .isEqualTo(names(archived().size(), compress.equals("gzip") ? ".gz" : ""));
            assertThat(caller.reports()).isEmpty();
        }
    }

    @Test
    void oneThatDoesNotTakeAFileGetsItAgainAMinuteLaterBeforeTheNext() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3) {
            @Override
            protected void between(int taken) throws IOException {
                if (taken == 30) {
                    assertThat(archived()).isEmpty();
                    Files.createFile(directory.resolve("there"));
                    advance(TimeUnit.SECONDS.toNanos(61));
                }
            }
        };
        caller.run(handler(caller, "none", "sh", "-c", "test -e there && basename \"$1\" >> list", "sh"), RECORDS);
        assertThat(archived()).hasSizeGreaterThan(4).isEqualTo(names(archived().size(), ""));
        assertThat(caller.reports()).anyMatch(report -> report.contains("archive_command sh did not take app.log.1"));
    }

    @Test
    @CrashRow("F31")
    void f31_filesThatItHasNotTakenWhenTheMasterDiesAreGivenToItByTheNext() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(handler(caller, "none", listing()), RECORDS.subList(0, 10));
        int taken = archived().size();
        assertThat(taken).isPositive();
        caller.run(handler(caller, "none", "false"), RECORDS.subList(0, 25));
        assertThat(archived()).hasSize(taken);
        caller.run(handler(caller, "none", listing()), RECORDS);
        assertThat(archived())
                .hasSizeGreaterThan(taken + 2)
                .isEqualTo(names(archived().size(), ""));
    }

    @Test
    void whatIsDeletedBeforeItWasTakenIsTold() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3);
        Map<String, Object> given = Map.of(
                "path",
                directory.resolve("app.log").toString(),
                "max_size",
                500L,
                "keep_files",
                2L,
                "archive_command",
                List.of("false"));
        FileSettings settings = FileSettings.of(HandlerSettings.of("test", FileSettings.KEYS, given));
        caller.run(new FileHandler(settings, new DiskFileOps(), InlineBackground::new), RECORDS);
        assertThat(caller.reports())
                .anyMatch(report -> report.contains("deleted app.log.1 before archive_command had taken it"));
    }
}

package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeHandlerTest extends HandlerContractTest {
    @TempDir
    Path directory;

    private final FlakyFileOps ops = new FlakyFileOps();

    private Path root() {
        return directory.resolve("a/b");
    }

    @Override
    protected Handler create() {
        return create(Map.of());
    }

    private Handler create(Map<String, Object> given) {
        return new FileTreeHandler(FileSettings.of(settings(given)), ops, InlineBackground::new);
    }

    private HandlerSettings settings(Map<String, Object> given) {
        Map<String, Object> all = new HashMap<>(
                Map.of("path", root().resolve("{worker}/{level}.log").toString(), "time_zone", "utc"));
        all.putAll(given);
        return HandlerSettings.of("file", new FileHandlerFactory().settings(), all);
    }

    @Override
    protected List<String> delivered() throws IOException {
        return Files.readAllLines(root().resolve("md-1/info.log"));
    }

    @Override
    protected void failOnce() {
        ops.failOnce();
    }

    @Override
    protected boolean exactlyOnce() {
        return true;
    }

    private List<Path> files() throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void thePathDecidesWhichHandlerItIs() throws IOException {
        try (Handler many = new FileHandlerFactory().create(settings(Map.of()));
                Handler one = new FileHandlerFactory()
                        .create(settings(
                                Map.of("path", root().resolve("{{x}}.log").toString())))) {
            assertThat(many).isInstanceOf(FileTreeHandler.class);
            new ModelCaller(10, 3).run(one, List.of(Records.plain(0, "text")));
            assertThat(files()).containsExactly(root().resolve("{x}.log"));
        }
    }

    @Test
    void aFileThatMustBeThereHasNoPlaceholders() {
        assertThatThrownBy(() -> new FileHandlerFactory().create(settings(Map.of("create", false))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("create: false goes with one file; allowed: true, as path has placeholders");
    }

    @Test
    void hostileNamesStayInTheDirectory() throws IOException {
        List<LogRecord> records = new ArrayList<>();
        for (String worker : List.of("", ".", "..", "../../x", "/etc/x", "a\0b", "a\nb", "x".repeat(300), "A", "a")) {
            records.add(Records.of(worker, "logger", 9, records.size(), "by " + worker.length()));
        }
        new ModelCaller(10, 3).run(create(), records);
        assertThat(files()).hasSize(records.size()).allSatisfy(file -> {
            assertThat(file.startsWith(root())).isTrue();
            assertThat(Files.readAllLines(file)).hasSize(1);
        });
        assertThat(root().resolve("%2E./info.log")).exists();
        assertThat(root().resolve("~none/info.log")).exists();
    }

    @Test
    void recordsBeyondTheLastFileGoToTheOverflowAndThatIsToldOnce() throws IOException {
        List<LogRecord> records = IntStream.range(0, 60)
                .mapToObj(i -> Records.of("w" + i % 20, "logger", 9, i, "record " + i))
                .toList();
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(create(Map.of("max_files", 8L, "max_open_files", 2L)), records);
        assertThat(files()).hasSize(9);
        assertThat(Files.readAllLines(root().resolve("~overflow.log"))).hasSize(36);
        assertThat(Files.readAllLines(root().resolve("w7/info.log"))).hasSize(3);
        assertThat(caller.reports()).hasSize(1).first().asString().contains("max_files=8", "~overflow.log");
    }

    @Test
    void filesThatAreTakenAwayMakeRoomForOthers() throws Exception {
        Map<String, Object> settings = Map.of("max_files", 2L, "max_open_files", 1L);
        try (Handler handler = new FileHandlerFactory().create(settings(settings))) {
            ModelCaller caller = new ModelCaller(10, 3) {
                @Override
                public void requestCheckpoint() throws IOException {
                    handler.checkpoint();
                }
            };
            handler.open(caller);
            for (int i = 0; i < 4; i++) {
                handler.handle(Records.of("w" + i, "logger", 9, i, "record " + i));
            }
            handler.flush();
            Files.delete(root().resolve("w0/info.log"));
            caller.advance(60_000_000_000L);
            handler.handle(Records.of("w3", "logger", 9, 4, "record 4"));
            handler.flush();
            handler.handle(Records.of("w4", "logger", 9, 5, "record 5"));
            Files.delete(root().resolve("w1/info.log"));
            caller.advance(60_000_000_000L);
            handler.handle(Records.of("w0", "logger", 9, 6, "record 6, of one that was away"));
            handler.flush();
        }
        assertThat(Files.readAllLines(root().resolve("w0/info.log"))).hasSize(1);
        assertThat(Files.readAllLines(root().resolve("~overflow.log"))).hasSize(3);
        assertThat(Files.readAllLines(root().resolve("w3/info.log"))).hasSize(1);
    }

    @Test
    void aStateNeverExceedsWhatACheckpointHolds() throws IOException {
        List<LogRecord> records = IntStream.range(0, 700)
                .mapToObj(i -> Records.of("worker-" + "x".repeat(180) + i, "logger", 9, i, "record " + i))
                .toList();
        int[] longest = {0};
        ModelCaller caller = new ModelCaller(1000, 1000) {
            @Override
            protected void store(byte[] state, int position) {
                longest[0] = Math.max(longest[0], state.length);
            }
        };
        caller.run(create(Map.of("fsync", "never")), records);
        assertThat(longest[0]).isBetween(60_000, 65_536);
        assertThat(Files.readAllLines(root().resolve("~overflow.log"))).isNotEmpty();
        long lines = 0;
        for (Path file : files()) {
            lines += Files.readAllLines(file).size();
        }
        assertThat(lines).isEqualTo(700);
    }

    @Test
    void anotherPathLeavesTheFilesOfTheOldOne() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(create(), records.subList(0, 20));
        caller.run(create(Map.of("path", root().resolve("other-{worker}.log").toString())), records);
        assertThat(delivered()).hasSize(20);
        assertThat(Files.readAllLines(root().resolve("other-md-1.log"))).hasSize(30);
        assertThat(caller.reports()).singleElement().asString().contains("whose files stay as they are");
    }
}

package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.PartProblems;
import io.emberlog.handler.Records;
import io.emberlog.handler.SteppedCaller;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    private List<LogRecord> ofTwoWorkers(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> Records.of(i % 2 == 0 ? "good" : "bad", "logger", 9, i, "record " + i))
                .toList();
    }

    private static final String OVERFLOW = "~overflow.log";

    /** How a file may be impossible: what stands at its path, and what makes it possible again. */
    enum Obstacle {
        DIRECTORY("bad/info.log") {
            @Override
            void place(Path at) throws IOException {
                Files.createDirectories(at.resolve("something"));
            }
        },
        FILE_FOR_ITS_DIRECTORY("bad") {
            @Override
            void place(Path at) throws IOException {
                Files.createDirectories(at.getParent());
                Files.writeString(at, "in the way");
            }
        },
        LINK("bad/info.log") {
            @Override
            void place(Path at) throws IOException {
                Files.createDirectories(at.getParent());
                Files.createSymbolicLink(at, Path.of("elsewhere"));
            }
        };

        private final String place;

        Obstacle(String place) {
            this.place = place;
        }

        abstract void place(Path at) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void oneFileThatCannotBeOpenedDoesNotStopTheOthersAndIsLookedAtAgain(Obstacle obstacle) throws Exception {
        Path place = root().resolve(obstacle.place);
        obstacle.place(place);
        SteppedCaller caller = new SteppedCaller();
        Handler handler = create();
        caller.open(handler);
        int tries = take(caller, ofTwoWorkers(0, 10));
        assertThat(tries).isEqualTo(UnopenedFiles.TRIES - 1);
        handler.flush();
        assertThat(lines("good/info.log")).containsExactly("record 0", "record 2", "record 4", "record 6", "record 8");
        assertThat(lines(OVERFLOW)).containsExactly("record 1", "record 3", "record 5", "record 7", "record 9");
        assertThat(caller.reports())
                .singleElement()
                .asString()
                .startsWith("ERROR ")
                .contains("cannot open bad/info.log, and the disk works; records for it go to " + OVERFLOW);
        assertThat(caller.metrics().snapshot().problems().told()).containsOnlyKeys("bad/info.log");
        assertThat(caller.metrics().snapshot().problems().told().get("bad/info.log"))
                .startsWith("cannot be opened: ")
                .endsWith("; records for it go to " + OVERFLOW);

        caller.skip(UnopenedFiles.KNOWN_NS);
        assertThat(take(caller, ofTwoWorkers(10, 4))).isZero();
        assertThat(caller.reports()).hasSize(1);
        Files.move(place, directory.resolve("away"));
        assertThat(take(caller, ofTwoWorkers(14, 2))).isZero();
        caller.skip(UnopenedFiles.KNOWN_NS);
        assertThat(take(caller, ofTwoWorkers(16, 2))).isZero();
        caller.stop();
        assertThat(lines(OVERFLOW)).hasSize(8).endsWith("record 15");
        assertThat(lines("bad/info.log")).containsExactly("record 17");
        assertThat(caller.reports()).hasSize(2).last().asString().contains("has bad/info.log again");
        assertThat(caller.metrics().snapshot().problems().isEmpty()).isTrue();
        try (var names = Files.list(root())) {
            assertThat(names.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder("good", "bad", OVERFLOW);
        }
    }

    @Test
    void whileOneIsKnownTheNextOneIsTriedOnce() throws Exception {
        for (int i = 0; i < 25; i++) {
            Files.createDirectories(root().resolve("w" + i + "/info.log"));
        }
        SteppedCaller caller = new SteppedCaller();
        Handler handler = create();
        caller.open(handler);
        List<LogRecord> records = IntStream.range(0, 25)
                .mapToObj(i -> Records.of("w" + i, "logger", 9, i, "record " + i))
                .toList();
        assertThat(take(caller, records)).isEqualTo(UnopenedFiles.TRIES - 1);
        caller.stop();
        assertThat(lines(OVERFLOW)).hasSize(25);
        PartProblems problems = caller.metrics().snapshot().problems();
        assertThat(problems.told()).hasSize(PartProblems.MOST_TOLD);
        assertThat(problems.told().keySet()).first().isEqualTo("w0/info.log");
        assertThat(problems.further()).isEqualTo(25 - PartProblems.MOST_TOLD);
    }

    @Test
    void aFileThatIsReplacedByADirectoryUnderWayIsOneOfThem() throws Exception {
        SteppedCaller caller = new SteppedCaller();
        Handler handler = create();
        caller.open(handler);
        take(caller, ofTwoWorkers(0, 4));
        handler.flush();
        Files.move(root().resolve("bad/info.log"), directory.resolve("moved"));
        Files.createDirectory(root().resolve("bad/info.log"));
        caller.pass(2 * SteppedCaller.SECOND_NS, SteppedCaller.SECOND_NS);
        assertThat(caller.failures()).isEmpty();
        take(caller, ofTwoWorkers(4, 4));
        caller.stop();
        assertThat(lines("good/info.log")).hasSize(4);
        assertThat(Files.readAllLines(directory.resolve("moved"))).hasSize(2);
        assertThat(lines(OVERFLOW)).containsExactly("record 5", "record 7");
    }

    @Test
    void whereNothingCanBeMadeRecordsWait() throws Exception {
        SteppedCaller caller = new SteppedCaller();
        Handler handler = create();
        caller.open(handler);
        take(caller, ofTwoWorkers(0, 2).subList(0, 1));
        ops.denyCreate = true;
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> caller.handle(Records.of("bad", "logger", 9, 1, "record 1")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no permission");
            caller.skip(SteppedCaller.SECOND_NS);
        }
        ops.denyCreate = false;
        assertThat(take(caller, ofTwoWorkers(1, 1))).isZero();
        caller.stop();
        assertThat(lines("bad/info.log")).containsExactly("record 1");
        assertThat(root().resolve(OVERFLOW)).doesNotExist();
    }

    @Test
    void aCheckpointThatCannotBeStoredIsNotTheFilesFault() throws Exception {
        boolean[] refused = {true};
        ModelCaller caller = new ModelCaller(10, 3) {
            private int times;

            @Override
            protected void storeStep() throws IOException {
                if (refused[0] && ++times <= 4 * UnopenedFiles.TRIES) {
                    throw new IOException("no room in the state directory");
                }
            }
        };
        caller.run(create(), ofTwoWorkers(0, 20));
        assertThat(lines("bad/info.log")).hasSize(10);
        assertThat(root().resolve(OVERFLOW)).doesNotExist();
    }

    @Test
    void afterACrashWhatWentToTheOverflowIsThereOnce() throws Exception {
        Files.createDirectories(root().resolve("bad/info.log"));
        SteppedCaller caller = new SteppedCaller();
        Handler first = create();
        caller.open(first);
        take(caller, ofTwoWorkers(0, 6));
        caller.checkpoint();
        take(caller, ofTwoWorkers(6, 6));
        first.flush();
        caller.kill();
        caller.open(create());
        take(caller, ofTwoWorkers(6, 6));
        caller.stop();
        assertThat(lines(OVERFLOW)).hasSize(6).doesNotHaveDuplicates();
        assertThat(lines("good/info.log")).hasSize(6).doesNotHaveDuplicates();
    }

    /** What went to the overflow file while it could not be opened is behind a checkpoint before it takes a line again. */
    @Test
    void aFileThatCanBeOpenedAgainDoublesNothingAfterACrash() throws Exception {
        SteppedCaller caller = new SteppedCaller();
        Map<String, Object> oneOpen = Map.of("max_open_files", 1L);
        caller.open(create(oneOpen));
        take(caller, ofTwoWorkers(0, 5));
        caller.checkpoint();
        Path bad = root().resolve("bad/info.log");
        Files.move(bad, directory.resolve("moved"));
        Files.createDirectory(bad);
        take(caller, ofTwoWorkers(5, 5));
        Files.delete(bad);
        Files.move(directory.resolve("moved"), bad);
        caller.skip(UnopenedFiles.KNOWN_NS);
        take(caller, ofTwoWorkers(10, 5));
        int behind = (int) caller.behind();
        caller.kill();
        caller.open(create(oneOpen));
        take(caller, ofTwoWorkers(15 - behind, behind));
        caller.stop();
        List<String> all = new ArrayList<>(lines(OVERFLOW));
        all.addAll(lines("bad/info.log"));
        all.addAll(lines("good/info.log"));
        assertThat(all).hasSize(15).doesNotHaveDuplicates();
        assertThat(lines(OVERFLOW)).hasSize(3);
    }

    @Test
    void aRotationThatCannotBeFinishedDoesNotStopTheOthers() throws Exception {
        Map<String, Object> small = Map.of("max_size", 1024L);
        byte[][] intent = new byte[1][];
        ModelCaller dying = new ModelCaller(1000, 3) {
            @Override
            protected void store(byte[] state, int position) {
                if (FileTreeState.decode(state, root()).orElseThrow().files().values().stream()
                        .anyMatch(file -> file.rotation().isIntended())) {
                    intent[0] = state;
                    throw new MemoryFileOps.Killed();
                }
            }
        };
        Handler first = create(small);
        assertThatThrownBy(() -> dying.run(first, ofLength("bad", 30))).isInstanceOf(MemoryFileOps.Killed.class);
        first.close();
        Path bad = root().resolve("bad/info.log");
        Files.delete(bad);
        Files.createDirectory(bad);

        ModelCaller again = new ModelCaller(10, 3) {
            {
                restore(intent[0], 0);
            }
        };
        again.run(create(small), ofLength("good", 40));
        assertThat(root().resolve("good/info.log.1")).exists();
        assertThat(lines("good/info.log")).endsWith("record 39");
        assertThat(again.reports()).anyMatch(line -> line.contains("cannot open bad/info.log"));
    }

    private static List<LogRecord> ofLength(String worker, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Records.of(worker, "logger", 9, i, "record " + i + " " + "x".repeat(60)))
                .toList();
    }

    /** @return how often a record had to be handed over again */
    private static int take(SteppedCaller caller, List<LogRecord> records) throws Exception {
        int again = 0;
        for (LogRecord record : records) {
            while (true) {
                try {
                    caller.handle(record);
                    break;
                } catch (IOException e) {
                    assertThat(++again).isLessThan(50);
                    caller.skip(SteppedCaller.SECOND_NS);
                }
            }
        }
        return again;
    }

    /** Messages of the lines of that file. */
    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(root().resolve(name)).stream()
                .map(line -> line.substring(line.indexOf("record ")).split(" x")[0])
                .toList();
    }
}

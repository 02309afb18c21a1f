package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileHandlerTest extends HandlerContractTest {
    @TempDir
    Path directory;

    private final FlakyFileOps ops = new FlakyFileOps();

    private Path log() {
        return directory.resolve("a/b/app.log");
    }

    @Override
    protected Handler create() {
        return create(Map.of());
    }

    private Handler create(Map<String, Object> given) {
        return new FileHandler(FileSettings.of(settings(given)), ops, InlineBackground::new);
    }

    private HandlerSettings settings(Map<String, Object> given) {
        Map<String, Object> all = new HashMap<>(Map.of("path", log().toString(), "time_zone", "utc"));
        all.putAll(given);
        return HandlerSettings.of("file", new FileHandlerFactory().settings(), all);
    }

    @Override
    protected List<String> delivered() throws IOException {
        return Files.readAllLines(log());
    }

    @Override
    protected void failOnce() {
        ops.failOnce();
    }

    @Override
    protected boolean exactlyOnce() {
        return true;
    }

    @Test
    void theTypesOfThisModuleAreFoundAsServices() {
        assertThat(ServiceLoader.load(HandlerFactory.class).stream()
                        .map(provider -> provider.get().type()))
                .contains("file", "console");
    }

    @Test
    void aMissingFileIsAnErrorWhenItMustNotBeCreated() {
        Handler handler = new FileHandlerFactory().create(settings(Map.of("create", false)));
        assertThatThrownBy(() -> handler.open(new ModelCaller(1, 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not exist, and create = false");
    }

    @Test
    void aFileThatAnotherHandlerWritesIsRefusedUntilThatOneEndsByWhateverPath() throws IOException {
        Files.createDirectories(log().getParent());
        Path link = Files.createSymbolicLink(directory.resolve("by-link"), log().getParent());
        FileHandlerFactory factory = new FileHandlerFactory();
        Handler first = factory.create(settings(Map.of()));
        first.open(withoutCheckpoints());
        for (Path path : List.of(log(), link.resolve(log().getFileName()))) {
            Handler second = factory.create(settings(Map.of("path", path.toString())));
            assertThatThrownBy(() -> second.open(withoutCheckpoints()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("path=" + path, "is written by the handler");
            second.close();
        }
        first.close();
        Handler later = factory.create(settings(Map.of()));
        later.open(withoutCheckpoints());
        later.close();
    }

    private static ModelCaller withoutCheckpoints() {
        return new ModelCaller(1, 1) {
            @Override
            public void requestCheckpoint() {
                // of a handler that this caller did not open itself
            }
        };
    }

    @Test
    void handlersWhosePathsMayBeOneFileAreInConflict() {
        FileHandlerFactory factory = new FileHandlerFactory();
        HandlerSettings fixed = settings(Map.of());
        HandlerSettings pattern =
                settings(Map.of("path", log().resolveSibling("{worker}.log").toString()));
        HandlerSettings elsewhere =
                settings(Map.of("path", directory.resolve("other.log").toString()));
        assertThat(factory.conflict(pattern, fixed, "first")).contains("path: ", "{worker}.log", "the handler first");
        assertThat(factory.conflict(elsewhere, fixed, "first")).isNull();
    }

    @Test
    void aDirectoryOrALinkInPlaceOfTheFileIsRefusedByName() throws IOException {
        Files.createDirectories(log());
        assertThatThrownBy(() -> create().open(new ModelCaller(1, 1))).hasMessageContaining("is not a regular file");
        Files.delete(log());
        Files.createSymbolicLink(log(), directory.resolve("elsewhere"));
        assertThatThrownBy(() -> create().open(new ModelCaller(1, 1))).hasMessageContaining("is a symbolic link");
    }

    @Test
    void aFileInPlaceOfADirectoryIsNamed() throws IOException {
        Path inTheWay = log().getParent();
        Files.createDirectories(inTheWay.getParent());
        Files.createFile(inTheWay);
        assertThatThrownBy(() -> create().open(new ModelCaller(1, 1)))
                .hasMessage("path leads through " + inTheWay + ": is not a directory");
    }

    @Test
    void aPathWhereNoFileCanBeIsAnObstacle() throws IOException {
        Files.createDirectories(log());
        Path link = Files.createSymbolicLink(directory.resolve("link"), log());
        Path file = Files.createFile(directory.resolve("{file}")); // a literal brace in the path
        for (Path path : List.of(log(), link, directory.resolve("a/b"))) {
            assertRefused(path, "path: " + path + " is a directory; allowed: the path of a file");
        }
        String behind = directory + "/{{file}}/";
        for (String path : List.of(behind + "app.log", behind + "a/b/app.log", behind + "{worker}.log")) {
            assertRefused(
                    Path.of(path),
                    "leads through " + file
                            + ", which is not a directory; allowed: a path through directories, or through"
                            + " names that are not there yet");
        }
        assertRefused(Path.of(directory + "/a/b/app.log/../app.log"), " is a directory; allowed: the path of a file");
    }

    @Test
    void aPathWhereAFileIsOrMayBecomeOneIsTaken() throws IOException {
        Files.createDirectories(directory.resolve("a/w1.log"));
        Files.createFile(directory.resolve("there.log"));
        Files.createSymbolicLink(directory.resolve("to-a"), directory.resolve("a"));
        for (String path : List.of(
                "there.log",
                "new.log",
                "b/c/new.log",
                "to-a/new.log",
                "a/{worker}.log",
                "b/{worker}/x.log",
                "{worker}/w1.log/x.log")) {
            assertThat(new FileHandlerFactory()
                            .obstacle(settings(
                                    Map.of("path", directory.resolve(path).toString()))))
                    .isNull();
        }
        assertThat(directory.resolve("b")).doesNotExist();
    }

    private void assertRefused(Path path, String why) {
        assertThat(new FileHandlerFactory().obstacle(settings(Map.of("path", path.toString()))))
                .startsWith("path: ")
                .contains(why);
    }

    @Test
    void refusedPermissionSaysWhoNeedsWhat() {
        ops.denyCreate = true;
        assertThatThrownBy(() -> create().open(new ModelCaller(1, 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no permission")
                .hasMessageContaining(System.getProperty("user.name"));
    }

    @Test
    void whatIsWrongWithRotationIsRefusedAtItsSetting() {
        Map<String, Map<String, Object>> wrong = Map.of(
                "compress: \"zstd\" is not installed; allowed: none, gzip;", Map.of("compress", "zstd"),
                "compress: \"brotli\" is unknown; allowed: none, gzip, zstd, lz4", Map.of("compress", "brotli"),
                "rotate: \"weekly\" is not a duration", Map.of("rotate", "weekly"),
                "rotated_name: \"x\" names all files alike", Map.of("rotated_name", "x"),
                "archive_command: begins with an empty text", Map.of("archive_command", List.of("", "x")),
                "max_age: \"1 s\" is too small", Map.of("max_age", "1 s"));
        wrong.forEach((message, given) -> assertThatThrownBy(() -> new FileHandlerFactory().create(settings(given)))
                .as(message)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message));
    }

    /** The thread that compresses belongs to one life; ending it waits for nothing. */
    @Test
    void aFileThatIsBeingCompressedWhenTheHandlerEndsStaysPlainAndIsCompressedByTheNextLife() throws Exception {
        Files.createDirectories(log().getParent());
        Path big = log().resolveSibling("app.log.1");
        byte[] noise = new byte[8 << 20];
        new java.util.Random(1).nextBytes(noise);
        Files.write(big, noise);
        Path compressed = log().resolveSibling("app.log.1.gz");
        Path temporary = log().resolveSibling("app.log.1.gz.tmp");
        Handler handler = new FileHandlerFactory().create(settings(Map.of("compress", "gzip")));
        handler.open(withoutCheckpoints());
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(temporary) || Files.exists(compressed));
        handler.close();
        handler.open(withoutCheckpoints());
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.notExists(big) && Files.notExists(temporary));
        handler.close();
        try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(compressed))) {
            assertThat(in.readAllBytes()).isEqualTo(noise);
        }
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(compressed)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void filesAreRotatedBySizeAndTheNewestAreKept() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(create(Map.of("max_size", 500L, "keep_files", 2L)), records);
        long rotations = caller.metrics().get(Counter.ROTATIONS);
        assertThat(rotations).isGreaterThan(3);
        try (var files = Files.list(log().getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("app.log", "app.log." + rotations, "app.log." + (rotations - 1));
        }
        assertThat(Files.size(log())).isLessThanOrEqualTo(500);
    }

    @Test
    void numbersGoOnAboveFilesThatAreThere() throws IOException {
        Files.createDirectories(log().getParent());
        Files.writeString(log().resolveSibling("app.log.41"), "old\n");
        Files.writeString(log().resolveSibling("app.log.x"), "not ours\n");
        new ModelCaller(10, 3).run(create(Map.of("max_size", 3000L)), records);
        assertThat(log().resolveSibling("app.log.42")).exists();
        assertThat(log().resolveSibling("app.log.41")).hasContent("old\n");
        assertThat(log().resolveSibling("app.log.x")).hasContent("not ours\n");
    }

    @Test
    void aLineWaitsInTheBufferNoLongerThanTheInterval() throws Exception {
        try (Handler handler = create(Map.of("flush_interval", "100 ms"))) {
            ModelCaller caller = new ModelCaller(1000, 1000) {
                @Override
                public void requestCheckpoint() {}
            };
            handler.open(caller);
            handler.handle(Records.plain(0, "record 0"));
            handler.tick(99_000_000);
            assertThat(delivered()).isEmpty();
            handler.tick(100_000_000);
            assertThat(delivered()).hasSize(1);
        }
    }

    @Test
    void aChangedPathStartsAFileOfItsOwnWhereTheOldOneStopped() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3);
        caller.run(create(), records.subList(0, 20));
        Path other = directory.resolve("other.log");
        caller.run(create(Map.of("path", other.toString())), records);
        assertThat(delivered()).hasSize(20);
        assertThat(Files.readAllLines(other)).hasSize(30);
    }

    @Test
    void aStateThatCannotBeReadIsReportedAndTheFileContinued() throws IOException {
        ModelCaller caller = new ModelCaller(10, 3) {
            @Override
            public byte[] state() {
                byte[] state = super.state();
                return state == null ? new byte[] {99} : state;
            }
        };
        caller.run(create(), records);
        assertThat(delivered()).hasSize(50);
        assertThat(caller.reports()).anyMatch(report -> report.contains("the checkpoint cannot be read"));
    }

    @Test
    void newFilesAreNotReadableByOthers() throws IOException {
        new ModelCaller(10, 3).run(create(), records);
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(log())))
                .isEqualTo("rw-r-----");
    }
}

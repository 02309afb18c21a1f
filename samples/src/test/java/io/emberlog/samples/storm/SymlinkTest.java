package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.producer.Producer;
import io.emberlog.samples.producer.ProducerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A hostile user plants symbolic links where the product opens files: as a ring, as a worker's folder, as the control page, as
 * an output's directory, as an output. Alone: {@code .ci/storm SymlinkTest 50 42}.
 */
class SymlinkTest {
    private static final int HOSTILE = 7702;
    private static final int HONEST = 7703;
    private static final int IO_ERROR = 4;
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 1_000_000;
    private static final String PRECIOUS = "what the master's user keeps\n";

    /** Where the link is planted. */
    private enum Place {
        RING,
        FOLDER,
        CONTROL_PAGE,
        OUTPUT_DIRECTORY,
        OUTPUT_FILE
    }

    private OtherUsers users;
    private StormRun run;
    private Master master;
    private Path precious;
    private Path open;

    @Test
    void aLinkThatAnotherUserPlantedIsNeverFollowedAndTheOthersRecordsArrive() throws IOException {
        StormRun.run(Fault.SYMLINK, "", 1, this::storm);
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        users = OtherUsers.of(run.directory, HOSTILE, HONEST);
        Path keeps = Files.createDirectory(run.directory.root().resolve("keeps"));
        precious = Files.writeString(keeps.resolve("out.json"), PRECIOUS);
        Files.setAttribute(precious, "unix:uid", OtherUsers.MASTER);
        Files.setAttribute(keeps, "unix:uid", OtherUsers.MASTER);
        open = Files.createDirectory(run.directory.root().resolve("open"));
        Files.setAttribute(open, "unix:mode", 01777);
        master = new Master(run.children, run.directory, Master.jsonHandler(run.directory, "keep_files = 0"))
                .under(users.master());
        master.start();
        Process honest = run.producer(users.worker(HONEST), "honest", 2, MOST_MESSAGES, PAUSE_NS);
        awaitLine("worker honest (pid ");
        String configuration = Files.readString(run.directory.config());
        for (int at = 0; at < run.count; at++) {
            Place place = Place.values()[at % Place.values().length];
            switch (place) {
                case RING -> ring(at);
                case FOLDER -> folder(at);
                case CONTROL_PAGE -> controlPage();
                case OUTPUT_DIRECTORY -> output(at, configuration, keeps, "/out.json");
                case OUTPUT_FILE -> output(at, configuration, precious, "");
            }
            run.madeOne();
            assertThat(precious).as(place + ": what a link leads to").hasContent(PRECIOUS);
            try (var kept = Files.list(keeps)) {
                assertThat(kept).as(place + ": files beside it").containsExactly(precious);
            }
            long issued = run.issued("honest");
            Waiting.until("the honest worker to go on", StormRun.LIMIT, () -> run.issued("honest") > issued + 200);
            StormRun.say("a link as " + place);
        }
        run.end(honest);
        Waiting.until(
                "the honest worker's ring to be gone",
                StormRun.LIMIT,
                () -> run.directory.ringFiles().stream()
                        .noneMatch(ring -> ring.getFileName().toString().startsWith("honest")));
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        assertThat(run.judge().sum("delivered")).isPositive();
    }

    private void ring(int at) throws Exception {
        Path link = run.directory.rings().resolve(HOSTILE + "/evil" + at + ".ring");
        as(HOSTILE, "ln", "-s", precious.toString(), link.toString());
        awaitLine("evil" + at + ".ring");
        Files.delete(link);
    }

    /** In a directory that is open to all, the hostile user makes the name first that another's channel is to have. */
    private void folder(int at) throws Exception {
        Path target = open.resolve("trap" + at);
        Path link = open.resolve(at + "/emberlog-" + HONEST);
        as(HOSTILE, "mkdir", "-m", "777", target.toString(), link.getParent().toString());
        as(HOSTILE, "ln", "-s", target.toString(), link.toString());
        String name = "trapped" + at;
        ProducerSettings settings = new ProducerSettings(
                name, link.resolve("default"), run.directory.acksOf(name), run.seed, 1, 100, 1_000_000);
        ProcessBuilder builder = Jvm.worker(Producer.class, settings.arguments());
        builder.environment().put("EMBERLOG_FALLBACK", "none");
        Process trapped = run.children.start(
                run.directory.saying("trapped", users.worker(HONEST).apply(builder)));
        Waiting.until("the trapped worker to have made its calls", StormRun.LIMIT, () -> run.issued(name) == 100);
        run.end(trapped);
        assertThat(run.account(name).acknowledged())
                .as("of calls without a ring")
                .isZero();
        try (var files = Files.list(target)) {
            assertThat(files).as("files in the hostile user's directory").isEmpty();
        }
        assertThat(run.directory.said().resolve("trapped.txt"))
                .content()
                .contains("is not a directory (a link is not followed)");
    }

    /** Only root and the master's group can make it there: as if one of them had been talked into it. */
    private void controlPage() throws Exception {
        Path link = run.directory.rings().resolve("control");
        Files.createSymbolicLink(link, precious);
        Process level = run.children.start(run.directory.saying(
                "level",
                users.master()
                        .apply(Jvm.emberlog(
                                "level",
                                "set",
                                "--channel",
                                run.directory.rings().toString(),
                                "com.acme=DEBUG"))));
        assertThat(level.waitFor()).isEqualTo(IO_ERROR);
        Files.delete(link);
    }

    private void output(int at, String configuration, Path target, String inside) throws Exception {
        Path link = open.resolve("link" + at);
        as(HOSTILE, "ln", "-s", target.toString(), link.toString());
        Files.writeString(run.directory.config(), configuration + """

                        [[handlers]]
                        name = "second%d"
                        type = "file"
                        path = "%s%s"
                        """.formatted(at, link, inside));
        hangUp();
        awaitLine("symbolic link", link.toString());
        Files.writeString(run.directory.config(), configuration);
        hangUp();
        Files.delete(link);
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    /** The master's process is setpriv's, which became it. */
    private void hangUp() throws Exception {
        long answers = lines("reloaded");
        master.hangUp();
        Waiting.until("the master to have reloaded", StormRun.LIMIT, () -> lines("reloaded") > answers);
    }

    private void as(int uid, String... command) throws Exception {
        UnaryOperator<ProcessBuilder> way = users.worker(uid);
        Process process =
                run.children.start(way.apply(new ProcessBuilder(command)).inheritIO());
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }

    private void awaitLine(String... texts) {
        Waiting.until("a line with " + String.join(", ", texts), StormRun.LIMIT, 20_000_000, () -> lines(texts) > 0);
    }

    private long lines(String... texts) throws IOException {
        if (Files.notExists(run.directory.output())) {
            return 0;
        }
        try (var lines = GrowingFile.lines(run.directory.output())) {
            return lines.filter(line -> line.contains("\"emberlog."))
                    .filter(line -> java.util.stream.Stream.of(texts).allMatch(line::contains))
                    .count();
        }
    }
}

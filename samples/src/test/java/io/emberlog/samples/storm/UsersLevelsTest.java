package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.levels.LevelProbe;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Levels in a channel of several users: root and the master's group change them, workers only read them. */
class UsersLevelsTest {
    private static final int WORKER = 7702;
    private static final String LOGGER = "com.acme.Orders";

    @Test
    void rootAndTheMastersUserChangeLevelsOfAnotherUsersWorkerWhoMayNot() throws IOException {
        StormRun.run("users-levels", run -> {
            OtherUsers users = OtherUsers.of(run.directory, WORKER);
            ProcessBuilder probe =
                    Jvm.worker(LevelProbe.class, "md-1", run.directory.rings().toString(), LOGGER);
            run.children.start(run.directory.saying("md-1", users.worker(WORKER).apply(probe)));
            awaitSaid(run, LOGGER + " INFO");

            assertThat(level(run, UnaryOperator.identity(), "com.acme=DEBUG")).isZero();
            awaitSaid(run, LOGGER + " INFO", LOGGER + " DEBUG");
            assertThat(level(run, users.master(), "com.acme=TRACE")).isZero();
            awaitSaid(run, LOGGER + " INFO", LOGGER + " DEBUG", LOGGER + " TRACE");
            assertThat(said(run, "level").lines().filter("in force in 1 worker"::equals))
                    .hasSize(2);

            assertThat(level(run, users.worker(WORKER), "com.acme=ERROR")).isEqualTo(4);
            assertThat(said(run, "md-1").lines()).hasSize(3);
        });
    }

    private static int level(StormRun run, UnaryOperator<ProcessBuilder> as, String change)
            throws IOException, InterruptedException {
        String rings = run.directory.rings().toString();
        ProcessBuilder command = as.apply(Jvm.emberlog("level", "set", "--channel", rings, change));
        return run.children.start(run.directory.saying("level", command)).waitFor();
    }

    private static String said(StormRun run, String name) throws IOException {
        Path file = run.directory.said().resolve(name + ".txt");
        return Files.exists(file) ? GrowingFile.text(file) : "";
    }

    private static void awaitSaid(StormRun run, String... lines) {
        Waiting.until(
                "the worker to have said " + List.of(lines),
                StormRun.LIMIT,
                () -> said(run, "md-1").lines().toList().equals(List.of(lines)));
    }
}

package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Workers of two users, a master of a third who is no root: by the modes of the layout alone. Alone: {@code .ci/storm UsersStormTest 20 42}; every fourth
 * kill is followed by one of the master.
 */
class UsersStormTest {
    private static final int KILLS_PER_MASTER = 4;
    private static final int[] USERS = {7702, 7703};
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 200_000;

    @Test
    void nothingOfTwoUsersIsLostDoubledOrAlteredWhenWorkersAndAMasterOfAThirdUserAreKilled() throws IOException {
        StormRun.run(Fault.USERS_KILL, "", 1, UsersStormTest::storm);
    }

    private static void storm(StormRun run) throws Exception {
        OtherUsers users = OtherUsers.of(run.directory, USERS);
        Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory, "keep_files = 0"))
                .under(users.master());
        master.start();
        Random random = new Random(run.seed);
        Process[] survivors = new Process[USERS.length];
        for (int i = 0; i < USERS.length; i++) {
            survivors[i] = run.producer(users.worker(USERS[i]), "survivor" + USERS[i], 1, MOST_MESSAGES, 2_000_000);
        }
        String[] victims = new String[run.count];
        for (int kill = 0; kill < run.count; kill++) {
            int uid = USERS[kill % USERS.length];
            String name = "v" + kill + "of" + uid;
            Process victim = run.producer(users.worker(uid), name, THREADS, MOST_MESSAGES, 0);
            long calls = 1 + random.nextInt(20_000);
            Waiting.until(name + " to make " + calls + " calls", StormRun.LIMIT, 100_000, () -> {
                assertThat(victim.isAlive()).as(name + " lives").isTrue();
                return run.issued(name) >= calls;
            });
            Children.kill(victim);
            run.madeOne();
            victims[kill] = name;
            StormRun.say(name + " killed, having made " + run.issued(name));
            if (kill % KILLS_PER_MASTER == KILLS_PER_MASTER - 1) {
                master.kill();
                StormRun.say("master killed");
                master.start();
            }
        }
        assertOthersFolderIsToldToBeClosed(run, users);
        for (Process survivor : survivors) {
            run.end(survivor);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();

        Judgement judgement = run.judge();
        assertThat(StormRun.dead(judgement)).containsExactlyInAnyOrder(victims);
        String output = GrowingFile.text(run.directory.output());
        for (int uid : USERS) {
            assertThat(output)
                    .as("records whose id begins with uid " + uid)
                    .contains(String.format("\"id\":\"%08x-", uid))
                    .contains("\"uid\":" + uid);
            try (var left = Files.list(run.directory.rings().resolve("" + uid))) {
                assertThat(left).as("rings and locks of uid " + uid).isEmpty();
            }
        }
    }

    @Test
    void aUserWhoClosesItsFolderAndCutsItsRingHurtsOnlyItself() throws IOException {
        StormRun.run("users-closed", run -> {
            OtherUsers users = OtherUsers.of(run.directory, USERS);
            Master master =
                    new Master(run.children, run.directory, Master.jsonHandler(run.directory)).under(users.master());
            master.start();
            Path folder = run.directory.rings().resolve("" + USERS[0]);
            Process hostile = run.producer(users.worker(USERS[0]), "hostile", 1, MOST_MESSAGES, 1_000_000);
            Process honest = run.producer(users.worker(USERS[1]), "honest", 1, MOST_MESSAGES, 1_000_000);
            awaitLine(run, "worker hostile (pid ");
            awaitLine(run, "worker honest (pid ");

            hostile(users, run, "chmod 000 " + folder);
            awaitLine(run, folder + " cannot be read: permission denied");
            Process second = run.producer(users.worker(USERS[1]), "second", 1, MOST_MESSAGES, 1_000_000);
            awaitLine(run, "worker second (pid ");
            Waiting.until("the second one to log", StormRun.LIMIT, () -> run.issued("second") > 1);
            Children.kill(second);
            awaitLine(run, "\"worker\":\"second\"", "died");

            hostile(users, run, "chmod 0770 " + folder + " && truncate -s 0 " + folder + "/*.ring");
            awaitLine(run, "set aside: ");
            long issued = run.issued("honest");
            Waiting.until("the honest one to go on", StormRun.LIMIT, () -> run.issued("honest") > issued + 500);
            Children.kill(hostile);
            run.end(honest);
            Waiting.until(
                    "the honest one's ring to be gone",
                    StormRun.LIMIT,
                    () -> run.directory.ringFiles().stream()
                            .noneMatch(ring -> ring.getFileName().toString().startsWith("honest")));
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
            Judgement judgement = Judgement.of(run.children, run.directory, StormRun.LIMIT);
            StormRun.assertZero(judgement, "doubled", "altered", "invented", "out_of_order");
            assertThat(judgement.count("sequence_breaks")).isZero();
            for (String name : List.of("honest", "second")) {
                assertThat(judgement.workers())
                        .filteredOn(worker -> name.equals(worker.get("worker")))
                        .singleElement()
                        .satisfies(worker -> {
                            assertThat(worker.get("lost")).isEqualTo(0L);
                            assertThat(worker.get("doubled")).isEqualTo(0L);
                            assertThat((Long) worker.get("acknowledged")).isPositive();
                        });
            }
        });
    }

    private static void hostile(OtherUsers users, StormRun run, String script) throws Exception {
        Process process = run.children.start(users.worker(USERS[0])
                .apply(new ProcessBuilder("sh", "-c", script))
                .inheritIO());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(script).isZero();
    }

    private static void awaitLine(StormRun run, String... texts) {
        Waiting.until("a line with " + List.of(texts), StormRun.LIMIT, () -> {
            if (Files.notExists(run.directory.output())) {
                return false;
            }
            try (var lines = GrowingFile.lines(run.directory.output())) {
                return lines.anyMatch(line -> List.of(texts).stream().allMatch(line::contains));
            }
        });
    }

    /** A user sees its own rings, and is told why it does not see the other's. */
    private static void assertOthersFolderIsToldToBeClosed(StormRun run, OtherUsers users) throws Exception {
        Path said = run.directory.said().resolve("stat.txt");
        Process stat = run.children.start(users.worker(USERS[0])
                .apply(Jvm.emberlog(
                        "stat",
                        "--channel",
                        run.directory.rings().toString(),
                        "--state",
                        run.directory.root().toString()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile()));
        assertThat(stat.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> lines = Files.readAllLines(said);
        assertThat(lines)
                .anyMatch(line -> line.contains("survivor" + USERS[0]))
                .anyMatch(line -> line.contains(run.directory.rings().resolve("" + USERS[1]) + "")
                        && line.contains("permission denied: its user, the master's group and root see in"))
                .noneMatch(line -> line.contains("survivor" + USERS[1]));
    }
}

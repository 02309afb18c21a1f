package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real repository, whose bench is a script. */
class CheckoutTest {
    private static final String OLD_BENCH = """
            #!/bin/sh
            case "$*" in
                *no.such*)
                    echo 'emberlog: building (first use, a minute or two)' >&2
                    echo "there is no benchmark 'no.such'" >&2
                    echo 'Usage: emberlog bench' >&2
                    exit 2 ;;
                *--list*) ;;
                *) echo '{"results": [{"name": "a.b", "intact": false, "figures": {"average ns": 5}}]}'; exit 1 ;;
            esac
            """;

    @TempDir
    Path temp;

    private Path repository;

    @BeforeEach
    void commitABench() throws Exception {
        repository = Files.createDirectory(temp.resolve("a tree"));
        git("init", "-q");
        Files.writeString(repository.resolve("README"), "nothing to measure");
        git("add", ".");
        commit();
        git("tag", "v0");
        Path launcher = Files.writeString(repository.resolve("emberlog"), OLD_BENCH);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectory(repository.resolve("bench"));
        Files.writeString(repository.resolve("bench/pom.xml"), "");
        git("add", ".");
        commit();
        git("tag", "v1");
        Files.writeString(launcher, "#!/bin/sh\nexit 9\n");
    }

    private void commit() throws Exception {
        git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x");
    }

    private String git(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
        command.addAll(List.of(arguments));
        Path out = temp.resolve("git.out");
        Process git = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(git.waitFor()).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }

    private long worktrees() throws Exception {
        return git("worktree", "list").lines().count();
    }

    @Test
    void theRevisionRunsItsOwnBenchWhateverTheTreeHasAndIsGoneAfterwards() throws Exception {
        Path directory;
        try (Checkout checkout = Checkout.of(repository, "v1")) {
            directory = checkout.tree().home();
            assertThat(directory).startsWith(repository.resolve("bench/target"));
            assertThat(checkout.hash()).isEqualTo(git("rev-parse", "HEAD").strip());
            checkout.tree().check(List.of("a.b"));
            assertThat(checkout.tree().measure(List.of("a.b"), temp))
                    .containsExactly(new Result("a.b", Map.of("average ns", 5.0), false));
            assertThatThrownBy(() -> checkout.tree().check(List.of("no.such")))
                    .isInstanceOf(Guard.UnusableException.class)
                    .hasMessage("there is no benchmark 'no.such'");
        }
        assertThat(directory).doesNotExist();
        assertThat(worktrees()).isEqualTo(1);
    }

    @Test
    void whatIsNoRevisionOrHasNoBenchIsRefusedAndLeavesNothing() throws Exception {
        for (String revision : List.of("v2", "", "--all", "v1:emberlog")) {
            assertThatThrownBy(() -> Checkout.of(repository, revision))
                    .isInstanceOf(Guard.UnusableException.class)
                    .hasMessage("--against " + revision + ": " + repository + " has no such revision");
        }
        assertThatThrownBy(() -> Checkout.of(repository, "v0"))
                .isInstanceOf(Guard.UnusableException.class)
                .hasMessage("--against v0: it has no ./emberlog bench");
        assertThat(worktrees()).isEqualTo(1);
    }

    @Test
    void whatAKilledOneLeftGoesAndWhatALivingOneUsesStays() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path target = Files.createDirectories(repository.resolve("bench/target"));
        Path left = target.resolve("against-" + dead.pid());
        Path used = target.resolve(
                "against-" + ProcessHandle.current().parent().orElseThrow().pid());
        git("worktree", "add", "-q", "--detach", left.toString(), "v1");
        git("worktree", "add", "-q", "--detach", used.toString(), "v1");
        Checkout.of(repository, "v1").close();
        assertThat(left).doesNotExist();
        assertThat(used).exists();
    }

    @Test
    void aBenchIsEndedWithTheProcessesThatItStarted() throws Exception {
        Path started = temp.resolve("started");
        Files.writeString(
                repository.resolve("emberlog"),
                "#!/bin/sh\nsleep 1000 &\necho $! >'" + temp + "/new'\nmv '" + temp + "/new' '" + started
                        + "'\nexec sleep 1000\n"); // in the shell's place: one that is forked while it is killed would
        // go on
        Tree tree = new Tree(repository);
        Thread measuring = new Thread(() -> {
            try {
                tree.check(List.of("a.b"));
            } catch (Exception e) {
                // as it should
            }
        });
        measuring.start();
        while (!Files.exists(started)) {
            assertThat(measuring.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        tree.kill();
        Path commandLine = Path.of("/proc", Files.readString(started).strip(), "cmdline");
        while (Files.exists(commandLine) && !Files.readString(commandLine).isEmpty()) { // empty: dead, and not reaped
            Thread.onSpinWait();
        }
        measuring.interrupt();
        measuring.join();
    }
}

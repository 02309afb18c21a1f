package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.process.ClassPaths;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Users of a run: a master of one uid, in the master's group, and workers of others, who are in no group but their own. They
 * need no entry in /etc/passwd. The class path is copied to where they may read it.
 */
final class OtherUsers {
    static final int GROUP = 7700;
    static final int MASTER = 7701;

    private final Map<String, String> copies = new LinkedHashMap<>();

    private OtherUsers() {}

    /** Prepares the run's directories for a master and workers of one user who is no root, in a channel of its own; needs root. */
    static OtherUsers one(RunDirectory directory) throws IOException, InterruptedException {
        OtherUsers users = prepared(directory);
        Files.setAttribute(directory.rings(), "unix:uid", MASTER);
        return users;
    }

    /** Prepares the run's directories for a master and workers of these users; needs root. */
    static OtherUsers of(RunDirectory directory, int... workers) throws IOException, InterruptedException {
        OtherUsers users = prepared(directory);
        List<String> create =
                new ArrayList<>(List.of("channel", "create", directory.rings().toString(), "--group", "" + GROUP));
        for (int uid : workers) {
            create.addAll(List.of("--user", "" + uid));
        }
        run(Jvm.emberlog(create.toArray(new String[0])).redirectOutput(ProcessBuilder.Redirect.DISCARD));
        return users;
    }

    private static OtherUsers prepared(RunDirectory directory) throws IOException, InterruptedException {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root && "true".equals(System.getenv("CI"))) {
            Assertions.fail("needs root, to be other users");
        }
        Assumptions.assumeTrue(root, "skipped: needs root, to be other users");
        OtherUsers users = new OtherUsers();
        Files.setAttribute(directory.root(), "unix:mode", 0755);
        Files.setAttribute(directory.acks(), "unix:mode", 01777);
        for (Path path : List.of(directory.state(), directory.log())) {
            Files.setAttribute(path, "unix:uid", MASTER);
        }
        users.copy(directory.root().resolve("classes"), ClassPaths.worker() + ":" + ClassPaths.master());
        return users;
    }

    private void copy(Path to, String classPath) throws IOException, InterruptedException {
        Files.createDirectory(to);
        for (String element : classPath.split(":")) {
            if (!copies.containsKey(element)) {
                Path copy = to.resolve(copies.size() + "-" + Path.of(element).getFileName());
                run(new ProcessBuilder("cp", "-r", element, copy.toString()));
                copies.put(element, copy.toString());
            }
        }
        run(new ProcessBuilder("chmod", "-R", "a+rX", to.toString()));
    }

    private static void run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(builder.command().toString()).isZero();
    }

    /** A worker: no group but its own, and a umask that leaves nothing to anybody else. */
    UnaryOperator<ProcessBuilder> worker(int uid) {
        return builder -> as(uid, uid, "0077", builder);
    }

    UnaryOperator<ProcessBuilder> master() {
        return builder -> {
            builder.environment().put("EMBERLOG_CHANNEL_PER_USER", "true");
            return as(MASTER, GROUP, "0022", builder);
        };
    }

    private ProcessBuilder as(int uid, int gid, String umask, ProcessBuilder builder) {
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid",
                "" + uid,
                "--regid",
                "" + gid,
                "--clear-groups",
                "--",
                "sh",
                "-c",
                "umask " + umask + "; exec \"$0\" \"$@\""));
        for (String word : builder.command()) {
            command.add(copied(word));
        }
        return builder.command(command).directory(Path.of("/").toFile());
    }

    /** A class path with each of its elements' copy in its place; any other word as it is. */
    private String copied(String word) {
        List<String> elements = new ArrayList<>();
        for (String element : word.split(":")) {
            elements.add(copies.getOrDefault(element, element));
        }
        return String.join(":", elements);
    }
}

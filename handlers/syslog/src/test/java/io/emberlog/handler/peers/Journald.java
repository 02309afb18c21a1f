package io.emberlog.handler.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** systemd-journald, which sees a /run and a configuration of its own (a mount namespace). */
public final class Journald implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/lib/systemd/systemd-journald");

    private static final String CONFIG = """
            [Journal]
            Storage=volatile
            RateLimitIntervalSec=0
            ReadKMsg=no
            Audit=no
            ForwardToSyslog=no
            ForwardToWall=no
            RuntimeMaxUse=200M
            """;

    private static final String SCRIPT =
            "mount --bind \"$0/run\" /run && mount --bind \"$0/etc\" /etc/systemd" + " && exec " + PROGRAM;

    private final Path directory;
    private final Daemon daemon;

    public Journald(Path directory) throws IOException {
        Needs.file(PROGRAM, "systemd");
        Needs.root("for a mount namespace");
        this.directory = directory;
        Files.createDirectories(directory.resolve("run/systemd/journal"));
        Files.createDirectories(directory.resolve("etc"));
        Files.writeString(directory.resolve("etc/journald.conf"), CONFIG);
        daemon = new Daemon(
                directory.resolve("said"),
                Map.of(),
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                SCRIPT,
                directory.toString());
    }

    public void start() throws IOException {
        Files.deleteIfExists(socket());
        daemon.start(() -> Files.exists(socket()));
    }

    public void stop() throws InterruptedException {
        daemon.stop();
    }

    /** Of the native protocol. */
    public Path socket() {
        return directory.resolve("run/systemd/journal/socket");
    }

    /** What journalctl finds, each field by name; a field that is no printable text is a list of its bytes. */
    public List<Map<String, Object>> entries(String... match) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "journalctl",
                "--directory=" + directory.resolve("run/log/journal").toRealPath() + "/" + machineId(),
                "--no-pager",
                "--all",
                "--output=json"));
        command.addAll(List.of(match));
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("journalctl-said").toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return JsonLines.parse(out);
    }

    private String machineId() throws IOException {
        try (var found = Files.newDirectoryStream(directory.resolve("run/log/journal"))) {
            return found.iterator().next().getFileName().toString();
        }
    }

    /** For messages of tests that fail. */
    public String said() throws IOException {
        return daemon.said();
    }

    @Override
    public void close() {
        daemon.close();
    }
}

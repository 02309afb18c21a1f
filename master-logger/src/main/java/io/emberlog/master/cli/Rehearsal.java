package io.emberlog.master.cli;

import io.emberlog.master.ForegroundMaster;
import io.emberlog.master.MasterLogger;
import io.emberlog.master.config.HandlerType;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.MasterConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Loads the classes that commands and the master load, for the launcher to archive (docs/decisions/088): one after the
 * other they run in this JVM, on a channel without rings and the journal of a master that had nothing to drain. The only
 * argument is an empty directory for all of it, which the caller removes.
 */
final class Rehearsal {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final long POLL_MS = 10;

    private final List<HandlerType> types = HandlerTypes.installed();
    private final Path config;
    private final Path log;
    private final String state;

    private Rehearsal(Path directory) throws IOException {
        log = directory.resolve("emberlog.log");
        state = directory.resolve("state").toString();
        config = Files.writeString(
                directory.resolve("emberlog.toml"),
                String.join(
                        "\n",
                        "[channel]",
                        "directory = '" + directory.resolve("channel") + "'",
                        "[journal]",
                        "directory = '" + state + "'",
                        "[[handlers]]",
                        "type = 'console'",
                        "[[handlers]]",
                        "type = 'file'",
                        "path = '" + log + "'",
                        ""));
    }

    public static void main(String... arguments) throws IOException {
        Rehearsal rehearsal = new Rehearsal(Path.of(arguments[0]));
        rehearsal.emberlog(Rehearsal::startAndStop, "master", "--config", rehearsal.config.toString());
        rehearsal.commands();
        rehearsal.master();
    }

    private void commands() {
        String file = config.toString();
        command("--help");
        command("version");
        command("stat", "--help");
        command("validate", file);
        command("config", "show", "--config", file);
        command("stat", "--config", file, "--sample", "10ms");
        command("stat", "--config", file, "--sample", "10ms", "--json");
        command("top", "--config", file, "--count", "1");
        command("tail", "--config", file, "--no-follow");
        command("replay", state);
        command("replay", state, "--format", "json", "--level", "info", "--grep", "drains");
        command("replay", state, "--output", log + ".replayed");
        command("errors", "--config", file);
        command("loss", "--config", file);
        command("level", "set", "com.acme=DEBUG", "--config", file, "--for", "1m");
        command("level", "get", "--config", file);
        command("explain", "--config", file, "--level", "warn", "--message", "x", "--field", "a=1");
        command("silence", "list", "--config", file);
    }

    private void command(String... arguments) {
        emberlog(config -> ExitCodes.INTERNAL, arguments);
    }

    /** Through its shutdown hook, as a signal ends it; so it is the last, and its exit code that of this JVM. */
    private void master() throws IOException {
        long before = Files.size(log);
        Thread stopper = new Thread(() -> stopOnceItIsAbove(before), "emberlog-rehearsal");
        stopper.setDaemon(true);
        stopper.start();
        System.exit(emberlog(new ForegroundMaster(), "master", "--config", config.toString()));
    }

    /** What it has found is of no interest: commands that fail have loaded classes, too. */
    private int emberlog(MasterRunner runner, String... arguments) {
        Terminal nowhere = new Terminal(
                new PrintWriter(Writer.nullWriter()),
                new PrintWriter(Writer.nullWriter()),
                false,
                false,
                false,
                OutputStream.nullOutputStream());
        return Emberlog.run(nowhere, Map.of(), types, runner, arguments);
    }

    private static int startAndStop(MasterConfig config) {
        try (MasterLogger master = new MasterLogger(config)) {
            master.start();
            return master.stop(STOP_LIMIT) ? ExitCodes.DONE : ExitCodes.FINDINGS;
        } catch (IOException | MasterLogger.AlreadyRunningException e) {
            return ExitCodes.IO;
        }
    }

    private void stopOnceItIsAbove(long size) {
        long startNs = System.nanoTime();
        try {
            while (Files.size(log) <= size && System.nanoTime() - startNs < START_LIMIT.toNanos()) {
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
        } catch (IOException | InterruptedException e) {
            // ends all the same, with what is loaded by now
        }
        System.exit(ExitCodes.DONE);
    }
}

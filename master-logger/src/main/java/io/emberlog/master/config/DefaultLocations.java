package io.emberlog.master.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where things are when nothing says otherwise. Pure but for the questions it asks the file system; any thread. */
final class DefaultLocations {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final Map<String, String> environment;
    private final Path home;
    private final Path temp;

    DefaultLocations(Map<String, String> environment, Path home, Path temp) {
        this.environment = environment;
        this.home = home;
        this.temp = temp;
    }

    static DefaultLocations ofThisProcess(Map<String, String> environment) {
        return new DefaultLocations(
                environment, Path.of(System.getProperty("user.home")), Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** {@code /dev/shm/emberlog-UID/default}, else the same under the temp directory. */
    Path channelDirectory() {
        Path base = Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY : temp;
        return base.resolve("emberlog-" + userId()).resolve("default");
    }

    /** {@code $XDG_STATE_HOME/emberlog/CHANNEL}; a relative XDG_STATE_HOME is ignored, as its specification asks. */
    Path stateDirectory(String channel) {
        String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base = xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".local/state");
        return base.resolve("emberlog").resolve(channel);
    }

    private static String userId() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // No /proc (macOS): the name is as unique on one machine as the number.
            return System.getProperty("user.name");
        }
    }
}

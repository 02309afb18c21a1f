package io.emberlog.master.config;

import io.emberlog.ring.ChannelDirectory;
import java.nio.file.Path;
import java.util.Map;

/** Where things are when nothing says otherwise. Pure but for the questions it asks the file system; any thread. */
final class DefaultLocations {
    private final Map<String, String> environment;
    private final Path home;

    DefaultLocations(Map<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    static DefaultLocations ofThisProcess(Map<String, String> environment) {
        return new DefaultLocations(environment, Path.of(System.getProperty("user.home")));
    }

    /** Where the workers of this user put their rings, too. */
    Path channelDirectory() {
        return ChannelDirectory.defaultPath();
    }

    /** {@code $XDG_STATE_HOME/emberlog/CHANNEL}; a relative XDG_STATE_HOME is ignored, as its specification asks. */
    Path stateDirectory(String channel) {
        String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base = xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".local/state");
        return base.resolve("emberlog").resolve(channel);
    }
}

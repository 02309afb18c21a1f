package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefaultLocationsTest {
    private static final Path HOME = Path.of("/home/u");

    @Test
    void theStateDirectoryFollowsXdg() {
        assertThat(locations(Map.of()).stateDirectory("c")).isEqualTo(Path.of("/home/u/.local/state/emberlog/c"));
        assertThat(locations(Map.of("XDG_STATE_HOME", "/s")).stateDirectory("c"))
                .isEqualTo(Path.of("/s/emberlog/c"));
        assertThat(locations(Map.of("XDG_STATE_HOME", "relative")).stateDirectory("c"))
                .isEqualTo(Path.of("/home/u/.local/state/emberlog/c"));
    }

    @Test
    void theChannelDirectoryIsOfThisUser() {
        assertThat(locations(Map.of()).channelDirectory())
                .as("where a worker of this user looks")
                .isEqualTo(io.emberlog.ring.ChannelDirectory.defaultPath());
    }

    private static DefaultLocations locations(Map<String, String> environment) {
        return new DefaultLocations(environment, HOME);
    }
}

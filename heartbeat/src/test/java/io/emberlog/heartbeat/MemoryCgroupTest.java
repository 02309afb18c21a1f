package io.emberlog.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryCgroupTest {

    private static final String V1 =
            "36 25 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n";
    private static final String V2 = "30 24 0:26 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw\n";
    private static final String CONTAINER =
            "36 25 0:32 /docker/abc /sys/fs/cgroup/memory ro master:9 - cgroup cgroup rw,memory\n";

    @Test
    void theFirstVersionsMemoryControllerIsFound() {
        assertThat(MemoryCgroup.of(V2 + V1).directory("9:name=systemd:/\n4:cpu,memory:/a/b\n0::/u\n"))
                .contains(Path.of("/sys/fs/cgroup/memory/a/b"));
    }

    @Test
    void theUnifiedHierarchyIsFound() {
        assertThat(MemoryCgroup.of(V2).directory("0::/user.slice/x.scope\n"))
                .contains(Path.of("/sys/fs/cgroup/user.slice/x.scope"));
    }

    @Test
    void aContainersPathIsSeenThroughItsOwnMount() {
        MemoryCgroup container = MemoryCgroup.of(CONTAINER);

        assertThat(container.directory("4:memory:/docker/abc/w")).contains(Path.of("/sys/fs/cgroup/memory/w"));
        assertThat(container.directory("4:memory:/docker/abc")).contains(Path.of("/sys/fs/cgroup/memory"));
        assertThat(container.directory("4:memory:/docker/abcdef"))
                .as("not ours to see")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "::", "4:memory:/../../etc", "0::/..", "4:cpu:/a"})
    void whatCannotBePlacedIsEmpty(String membership) {
        assertThat(MemoryCgroup.of(V1).directory(membership)).isEmpty();
        assertThat(MemoryCgroup.of("garbage - \n - - -\n").directory(membership))
                .isEmpty();
    }

    @Test
    void theCounterIsReadFromBothFormats(@TempDir Path directory) throws IOException {
        Path v1 = Files.writeString(directory.resolve("v1"), "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n");
        Path v2 = Files.writeString(directory.resolve("v2"), "low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\n");
        Path broken = Files.writeString(directory.resolve("broken"), "oom_kill x\n");

        assertThat(MemoryCgroup.kills(v1)).isEqualTo(7);
        assertThat(MemoryCgroup.kills(v2)).isEqualTo(2);
        assertThat(MemoryCgroup.kills(broken)).isEqualTo(-1);
        assertThat(MemoryCgroup.kills(directory.resolve("absent"))).isEqualTo(-1);
    }
}

package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.cli.Emberlog;
import io.emberlog.master.cli.ExitCodes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masters in JVMs of their own that lack flags. */
class JvmFlagsTest {
    private static final List<String> NEEDED = List.of(
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");

    @TempDir
    private Path temp;

    private String said(List<String> flags) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Emberlog.class.getName(), "master"));
        command.addAll(List.of(
                "--channel",
                temp.resolve("c").toString(),
                "--state",
                temp.resolve("s").toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said).isEqualTo(ExitCodes.USAGE);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aJvmWithoutFlagsIsToldAllOfThemAndTouchesNothing() throws Exception {
        String said = said(List.of());
        assertThat(said).contains("cannot run a master; start it with " + String.join(" ", NEEDED));
        assertThat(said.contains("--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"))
                .isEqualTo(Runtime.version().feature() >= 24);
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void aJvmThatLacksOneFlagIsToldThatOne() throws Exception {
        for (String missing : NEEDED) {
            List<String> others =
                    NEEDED.stream().filter(flag -> !flag.equals(missing)).collect(Collectors.toList());
            assertThat(said(others)).contains("start it with " + missing).doesNotContain(others);
        }
    }
}

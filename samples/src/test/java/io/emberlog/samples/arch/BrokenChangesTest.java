package io.emberlog.samples.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.RunLog;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What {@code .ci/broken} breaks must still be there to be broken; whether it is noticed takes an hour, and is for a person. */
class BrokenChangesTest {
    @Test
    void everyChangeThatBreaksTheProductStillApplies() throws Exception {
        Process check = new ProcessBuilder("bash", ".ci/broken", "--check")
                .directory(RunLog.root().toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said).isEmpty();
        assertThat(check.exitValue()).isZero();
    }
}

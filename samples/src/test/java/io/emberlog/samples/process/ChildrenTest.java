package io.emberlog.samples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ChildrenTest {
    @Test
    void aProcessThatEndedByItselfDoesNotPassForKilled() throws IOException, InterruptedException {
        try (Children children = new Children()) {
            for (int code : new int[] {0, 3, 134}) {
                Process ended = children.start(new ProcessBuilder("sh", "-c", "exit " + code));
                assertThat(ended.waitFor()).isEqualTo(code);
                assertThatThrownBy(() -> Children.kill(ended))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageEndingWith("exit code " + code);
            }
            Process living = children.start(new ProcessBuilder("cat"));
            Children.kill(living);
            assertThat(living.exitValue()).isEqualTo(Children.KILLED);
        }
    }
}

package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class IoReasonTest {
    @Test
    void theFileAndWhyAreSaidAlsoWhereTheExceptionsMessageIsTheBareName() {
        assertThat(IoReason.of(new AccessDeniedException("/a"))).isEqualTo("/a: permission denied");
        assertThat(IoReason.of(new NoSuchFileException("/a"))).isEqualTo("/a: there is no such file");
        assertThat(IoReason.of(new FileSystemException("/a", null, "Not a directory")))
                .isEqualTo("/a: Not a directory");
        assertThat(IoReason.of(new FileSystemException("/a"))).isEqualTo("/a: cannot be used");
        assertThat(IoReason.why(new AccessDeniedException("/a"))).isEqualTo("permission denied");
        assertThat(IoReason.at(Path.of("/a"), new AccessDeniedException("/a"))).isEqualTo("permission denied");
        assertThat(IoReason.at(Path.of("/a"), new AccessDeniedException("/a/b")))
                .isEqualTo("/a/b: permission denied");
    }

    @Test
    void whatNamesNoFileSaysWhatItHas() {
        assertThat(IoReason.of(new IOException("No space left on device"))).isEqualTo("No space left on device");
        assertThat(IoReason.of(new IOException())).isEqualTo("java.io.IOException");
        assertThat(IoReason.of(new IllegalStateException("x"))).isEqualTo("java.lang.IllegalStateException: x");
    }
}

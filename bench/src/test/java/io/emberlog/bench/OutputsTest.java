package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputsTest {
    @TempDir
    Path temp;

    @Test
    void rotatedFilesComeInTheOrderOfTheirNumbers() throws Exception {
        Path file = temp.resolve("output.log");
        for (String name : new String[] {
            "output.log", "output.log.10", "output.log.9", "output.log.gz", "output-1.log", "output-1.log.1"
        }) {
            Files.writeString(temp.resolve(name), "ab");
        }
        assertThat(Outputs.parts(file))
                .containsExactly(temp.resolve("output.log.9"), temp.resolve("output.log.10"), file);
        assertThat(Outputs.bytes(file)).isEqualTo(6);
    }

    @Test
    void everyHandlerHasANameAndAFileOfItsOwn() {
        Outputs outputs = Outputs.of("json").handledBy(2).rotatedAt("8 MiB");
        assertThat(outputs.files(temp)).containsExactly(temp.resolve("output.log"), temp.resolve("output-1.log"));
        assertThat(outputs.toml(temp))
                .contains("name = 'output'\n", "name = 'output-1'\n", "max_size = '8 MiB'\n", "format = 'json'\n");
        assertThat(Outputs.HUMAN.toml(temp)).contains("max_size = 0\n");
    }
}

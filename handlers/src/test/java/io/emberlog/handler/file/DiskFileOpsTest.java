package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFileOpsTest {
    @TempDir
    private Path temp;

    @Test
    void theNameOfEachDirectoryThatIsMadeIsForcedFromTheTopOn() throws IOException {
        List<Path> forced = new ArrayList<>();
        Path directory = temp.resolve("a/b/c");
        DiskFileOps.create(directory, NewFiles.AS_USUAL, forced::add);
        assertThat(directory).isDirectory();
        assertThat(forced).containsExactly(temp, temp.resolve("a"), temp.resolve("a/b"));
        forced.clear();
        DiskFileOps.create(temp.resolve("a/d"), NewFiles.AS_USUAL, forced::add);
        assertThat(forced).containsExactly(temp.resolve("a"));
        forced.clear();
        DiskFileOps.create(directory, NewFiles.AS_USUAL, forced::add);
        assertThat(forced).isEmpty();
    }
}

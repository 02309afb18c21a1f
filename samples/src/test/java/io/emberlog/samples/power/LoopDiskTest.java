package io.emberlog.samples.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoopDiskTest {
    @ParameterizedTest
    @EnumSource
    void aPowerCutTakesWhatWasNotForcedAndLeavesWhatWas(LoopDisk.Kind kind) throws IOException {
        Path root;
        try (LoopDisk disk = LoopDisk.create(kind, 0)) {
            root = disk.path().getParent();
            Path forced = disk.path().resolve("forced");
            Path written = disk.path().resolve("written");
            write(forced, "forced", true);
            force(disk.path());
            write(written, "written", false);
            write(forced, "FORCED, and then some", false);

            disk.cutPower();

            assertThatThrownBy(() -> write(disk.path().resolve("late"), "late", true))
                    .isInstanceOf(IOException.class);
            disk.remount();
            assertThat(forced).hasContent("forced");
            assertThat(written).doesNotExist();
        }
        assertThat(root).doesNotExist();
    }

    private static void write(Path file, String text, boolean force) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
            if (force) {
                channel.force(true);
            }
        }
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}

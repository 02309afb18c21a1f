package io.emberlog.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The blocks that are allocated, and forced, are those of the file that Chronicle writes. */
class JournalAllocationTest {
    private static final long ALLOCATED_AT_ONCE = 256 << 10;

    @TempDir
    private Path temp;

    @Test
    void theFileThatWasAllocatedBecomesTheSegmentAlsoAfterARoll() throws Exception {
        Path directory = temp.resolve("journal");
        JournalConfig config =
                new JournalConfig(directory, 1 << 30, 0, 256 << 10, JournalConfig.DEFAULT_ROLL_INTERVAL_MS, 0);
        TestDocuments documents = new TestDocuments();
        try (Journal journal = Journal.open(config, JournalListener.NONE)) {
            for (long sequence = 0; sequence < 8; sequence++) {
                int length = documents.one(sequence, 100_000);
                journal.append(documents.array(), length);
            }
            List<Path> segments = List.copyOf(SegmentFiles.list(directory).values());
            assertThat(segments).hasSizeGreaterThan(2);
            assertThat(segments)
                    .allSatisfy(segment ->
                            assertThat(SegmentFiles.allocatedBytes(segment)).isGreaterThanOrEqualTo(ALLOCATED_AT_ONCE));
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files).noneMatch(file -> file.toString().endsWith(".precreated"));
            }
        }
    }
}

package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left in this process of rings that are ended and unlinked. */
class EndedMappingsTest {
    private static final int CAPACITY = 1 << 20;

    @TempDir
    Path temp;

    @Test
    void thePagesWithRecordsGoBackAtOnceThoughTheRingIsMappedAndItsWordsStay() throws IOException {
        Assumptions.assumeTrue(
                "Linux".equals(System.getProperty("os.name")) && Files.isWritable(Path.of("/dev/shm")),
                "skipped: needs Linux with a /dev/shm");
        Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "emberlog-pages-");
        try {
            RingFile ring = ring(memory);
            ByteBuffer records = ring.recordPages();
            records.putLong(CAPACITY / 2, -1);
            ring.header().beat();
            long word = ring.header().heartbeatWord();
            Files.delete(ring.path());
            assertThat(residentKib(ring)).as("before").isGreaterThan(CAPACITY >> 10);

            new EndedMappings(EndedMappings.NO_COLLECTOR).add(ring, true);

            assertThat(residentKib(ring)).as("after").isLessThanOrEqualTo(16);
            assertThat(ring.header().heartbeatWord()).isEqualTo(word);
            assertThat(records.getLong(CAPACITY / 2))
                    .as("no fault, nothing there")
                    .isZero();
        } finally {
            try (var files = Files.list(memory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(memory);
        }
    }

    @Test
    void theJvmIsAskedToCollectOnceManyAreMappedAndNotAgainForThoseThatItLeft() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        EndedMappings mappings = new EndedMappings(asked::incrementAndGet);
        List<RingFile> held = new ArrayList<>();
        for (int i = 1; i < EndedMappings.MOST; i++) {
            held.add(smallRing());
            mappings.add(held.get(held.size() - 1), false);
            mappings.doWork();
        }
        assertThat(asked).hasValue(0);
        held.add(smallRing());
        mappings.add(held.get(held.size() - 1), false);
        mappings.doWork();
        assertThat(asked).hasValue(1);
        mappings.doWork();
        assertThat(asked).as("all of them are in use").hasValue(1);

        held.clear();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            System.gc();
            return mappings.count() == 0;
        });
    }

    private RingFile smallRing() throws IOException {
        RingFile ring = RingFile.create(
                ChannelDirectory.open(temp.resolve("channel")), RingSpec.of(1 << 16), identity(), null, 1);
        Files.delete(ring.path());
        return ring;
    }

    private static RingFile ring(Path directory) throws IOException {
        return RingFile.create(
                ChannelDirectory.open(directory), new RingSpec(CAPACITY, 1 << 14, false), identity(), null, 1);
    }

    private static WorkerIdentity identity() {
        return new WorkerIdentity(UUID.randomUUID(), "tester", 1, 42, "boot", "machine", "pid:[1]", "host", "test", "");
    }

    private static long residentKib(RingFile ring) throws IOException {
        boolean mine = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                mine = line.contains(ring.identity().ringUuid().toString());
            } else if (mine && line.startsWith("Rss:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new AssertionError("the ring is not mapped");
    }
}

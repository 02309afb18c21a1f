package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.JournalConfig;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole master whose journal is too small, or too old. */
class RetentionTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern LOST =
            Pattern.compile("handler 'slow' lost records (\\d+) to (\\d+) \\((\\d+)\\).*journal\\.max_size");
    private static final Pattern GAP =
            Pattern.compile("handler slow: (\\d+) records are missing from the journal, numbers (\\d+) to (\\d+);");
    private static final Pattern SEQ = Pattern.compile("\\{\"seq\":(\\d+),");

    @TempDir
    Path temp;

    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private RingFile ring;
    private long sequence;

    @BeforeEach
    void makeRing() throws IOException {
        WorkerIdentity self = MasterIdentity.of(HostIdentity.read());
        ring = RingFile.create(
                ChannelDirectory.open(temp.resolve("channel")),
                RingSpec.of(1 << 20),
                new WorkerIdentity(
                        UUID.randomUUID(),
                        "tester",
                        self.pid(),
                        self.startTimeTicks(),
                        self.bootId(),
                        self.machineId(),
                        self.pidNamespace(),
                        "host",
                        "test",
                        ""),
                null,
                1);
    }

    private MasterLogger started(Duration maxAge) throws Exception {
        Path file = temp.resolve("emberlog.toml");
        Files.writeString(file, """
                [channel]
                directory = "channel"
                [journal]
                directory = "state"
                [[handlers]]
                name = "fast"
                type = "file"
                path = "fast.log"
                [[handlers]]
                name = "slow"
                type = "file"
                path = "slow/slow.json"
                format = "json"
                """);
        MasterConfig read = new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of());
        JournalConfig small = new JournalConfig(
                read.journal().directory(), 4 << 20, maxAge, 0, 1 << 20, Duration.ofSeconds(1), JournalConfig.NO_LEVEL);
        MasterLogger master = new MasterLogger(
                new MasterConfig(read.channel(), small, read.master(), read.handlers(), read.settings()));
        master.start();
        return master;
    }

    private void log(int count) {
        String filler = "x".repeat(8_000);
        for (int i = 0; i < count; i++) {
            encoder.begin();
            encoder.beginEntry(9, 1_000_000_000L, 1);
            encoder.text(MessageDescriptor.TEMPLATE, "record " + (sequence + 1) + ". " + filler);
            encoder.endEntry();
            encoder.finish(0, ++sequence);
            VarHandleBuffer source = new VarHandleBuffer(encoder.buffer());
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> ring.ring().offer(MessageDescriptor.TYPE_LOG_BATCH, source, 0, encoder.length(), true)
                            == Ring.RINGED);
        }
    }

    private List<String> lines(String file, String with) throws IOException {
        Path path = temp.resolve(file);
        return Files.exists(path)
                ? Files.readAllLines(path).stream()
                        .filter(line -> line.contains(with))
                        .toList()
                : List.of();
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("state/journal"))) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .sorted()
                    .toList();
        }
    }

    private static long number(Pattern pattern, int group, String line) {
        Matcher matcher = pattern.matcher(line);
        assertThat(matcher.find()).as(line).isTrue();
        return Long.parseLong(matcher.group(group));
    }

    @Test
    void aHandlerThatIsPassedByTheSizeCapIsToldByNameAndGoesOnAtTheFirstRecordKept() throws Exception {
        MasterLogger first = started(Duration.ZERO);
        log(10);
        assertThat(first.stop(LIMIT)).isTrue();
        List<String> before = Files.readAllLines(temp.resolve("slow/slow.json"));
        long expected = number(SEQ, 1, before.get(before.size() - 1)) + 1;

        Files.move(temp.resolve("slow"), temp.resolve("away")); // its directory cannot be made while a file is there
        Files.writeString(temp.resolve("slow"), "in the way");
        MasterLogger second = started(Duration.ZERO);
        try {
            log(1_500);
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> lines("fast.log", "lost records").size() > 0
                            && lines("fast.log", "record 1510.").size() == 1);
            Files.delete(temp.resolve("slow"));
            Files.move(temp.resolve("away"), temp.resolve("slow"));
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> lines("fast.log", "records are missing").size() == 1
                            && lines("slow/slow.json", "record 1510.").size() == 1);
        } finally {
            assertThat(second.stop(LIMIT)).isTrue();
        }

        for (String lost : lines("fast.log", "lost records")) {
            assertThat(lost).contains("ERROR", "event=\"retention loss\"");
            assertThat(number(LOST, 1, lost)).as("each number once").isEqualTo(expected);
            expected = number(LOST, 2, lost) + 1;
            assertThat(number(LOST, 3, lost)).isEqualTo(expected - number(LOST, 1, lost));
        }
        String gap = lines("fast.log", "records are missing").get(0);
        assertThat(gap).contains("event=\"handler gap\"");
        assertThat(number(GAP, 3, gap)).as("the gap is what the cap took").isEqualTo(expected - 1);
        List<String> after = Files.readAllLines(temp.resolve("slow/slow.json"));
        assertThat(after.subList(0, before.size())).isEqualTo(before);
        assertThat(number(GAP, 2, gap)).isEqualTo(number(SEQ, 1, before.get(before.size() - 1)) + 1);
        assertThat(number(SEQ, 1, after.get(before.size()))).isEqualTo(expected);
        for (int i = before.size() + 1; i < after.size(); i++) {
            assertThat(number(SEQ, 1, after.get(i))).isGreaterThan(number(SEQ, 1, after.get(i - 1)));
        }
    }

    @Test
    void ageTakesOldFilesOnceAllHandlersHavePassedThemAndNothingIsLost() throws Exception {
        MasterLogger master = started(Duration.ofHours(1));
        try {
            log(350);
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> lines("slow/slow.json", "record 350.").size() == 1);
            List<Path> old = segments().subList(0, segments().size() - 1);
            assertThat(old).isNotEmpty();
            for (Path segment : old) {
                Files.setLastModifiedTime(segment, FileTime.fromMillis(System.currentTimeMillis() - 2 * 3_600_000));
            }
            Awaitility.await().atMost(LIMIT).until(() -> old.stream().noneMatch(Files::exists));
            assertThat(segments()).isNotEmpty();
        } finally {
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(lines("fast.log", "- record ")).hasSize(350);
        assertThat(lines("fast.log", "lost records")).isEmpty();
    }
}

package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.config.JournalConfig;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole master whose journal is too small, or too old. */
class RetentionTest extends WholeMaster {
    private static final Pattern LOST =
            Pattern.compile("handler 'slow' lost records (\\d+) to (\\d+) \\((\\d+)\\).*journal\\.max_size");
    private static final Pattern GAP =
            Pattern.compile("handler slow: (\\d+) records are missing from the journal, numbers (\\d+) to (\\d+);");
    private static final Pattern SEQ = Pattern.compile("\\{\"seq\":(\\d+),");

    private RingFile ring;
    private int logged;

    @BeforeEach
    void makeRing() throws IOException {
        ring = ring(1 << 20);
    }

    private MasterLogger started(Duration maxAge) throws Exception {
        MasterConfig read = read(Map.of(), """
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
        JournalConfig small = new JournalConfig(
                read.journal().directory(), 4 << 20, maxAge, 0, 1 << 20, Duration.ofSeconds(1), JournalConfig.NO_LEVEL);
        return started(new MasterConfig(read.channel(), small, read.master(), read.handlers(), read.settings()));
    }

    private void log(int count) {
        String filler = "x".repeat(8_000);
        for (int i = 0; i < count; i++) {
            String text = "record " + ++logged + ". " + filler;
            await().pollInterval(Duration.ofMillis(1)).until(() -> log(ring, text));
        }
    }

    private List<String> lines(String file, String with) throws IOException {
        return lines(file).stream().filter(line -> line.contains(with)).toList();
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(state().resolve("journal"))) {
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
            await().until(() -> lines("fast.log", "lost records").size() > 0
                    && lines("fast.log", "record 1510.").size() == 1);
            Files.delete(temp.resolve("slow"));
            Files.move(temp.resolve("away"), temp.resolve("slow"));
            await().until(() -> lines("fast.log", "records are missing").size() == 1
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
            await().until(() -> lines("slow/slow.json", "record 350.").size() == 1);
            List<Path> old = segments().subList(0, segments().size() - 1);
            assertThat(old).isNotEmpty();
            for (Path segment : old) {
                Files.setLastModifiedTime(segment, FileTime.fromMillis(System.currentTimeMillis() - 2 * 3_600_000));
            }
            await().until(() -> old.stream().noneMatch(Files::exists));
            assertThat(segments()).isNotEmpty();
        } finally {
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(lines("fast.log", "- record ")).hasSize(350);
        assertThat(lines("fast.log", "lost records")).isEmpty();
    }
}

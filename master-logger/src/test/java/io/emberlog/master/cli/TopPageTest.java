package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.ChannelStat.Dropped;
import io.emberlog.master.stat.ChannelStat.State;
import io.emberlog.master.stat.ChannelStat.Worker;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopPageTest {
    private static Worker worker(String name, long rate, long backlog, long drops) {
        return new Worker(
                name,
                7,
                "",
                "",
                "",
                new UUID(0, 1),
                Path.of("x"),
                State.ALIVE,
                0,
                1 << 20,
                backlog,
                0,
                0,
                rate,
                drops,
                drops == 0 ? List.of() : List.of(new Dropped("ring full", "INFO", 9, drops)));
    }

    private static ChannelStat stat(List<Worker> workers) {
        return new ChannelStat(
                Path.of("/c"),
                Path.of("/s"),
                0,
                1,
                null,
                workers,
                List.of(),
                List.of(),
                null,
                List.of(new ChannelStat.Handler("app", 5, 1_000, 90_000_000_000L, 3, ChannelStat.Kept.NOTHING, null)));
    }

    @ParameterizedTest
    @CsvSource({"rate,b c a", "backlog,c a b", "drops,a b c", "name,a b c"})
    void theLargestComesFirstAndAmongEqualsTheName(TopPage.Order order, String expected) {
        ChannelStat stat = stat(List.of(worker("a", 1, 5, 9), worker("b", 30, 0, 0), worker("c", 2, 70, 0)));
        List<String> lines = TopPage.of(stat, order, false, new Tty.Size(24, 100));
        List<String> names = lines.subList(5, 8).stream()
                .map(line -> line.replaceFirst("^\u001b\\[\\d+m", "").substring(0, 1))
                .toList();
        assertThat(String.join(" ", names)).isEqualTo(expected);
        assertThat(lines).last().asString().endsWith("sorted by " + order.name());
        assertThat(lines.get(2)).isEqualTo("lag     app 1,000 (90 s) LOST 3");
    }

    @Test
    void itFitsAnyScreenAndSaysWhatItLeavesOut() {
        ChannelStat many = stat(IntStream.range(0, 100)
                .mapToObj(i -> worker("w" + i + "\u001b[2J\n".repeat(9), i, 0, i))
                .toList());
        for (int rows = 1; rows < 30; rows++) {
            for (int columns : new int[] {1, 7, 80}) {
                List<String> lines = TopPage.of(many, TopPage.Order.rate, true, new Tty.Size(rows, columns));
                assertThat(lines).hasSize(Math.max(2, rows));
                for (String line : lines) {
                    String plain = line.replaceFirst("^\u001b\\[\\d+m", "");
                    assertThat(plain.length()).isLessThanOrEqualTo(columns);
                    assertThat(plain.chars()).noneMatch(Character::isISOControl);
                }
            }
        }
        assertThat(TopPage.of(many, TopPage.Order.rate, true, new Tty.Size(24, 80)))
                .first()
                .asString()
                .contains("PAUSED");
        assertThat(TopPage.of(many, TopPage.Order.rate, false, new Tty.Size(12, 80))
                        .get(10))
                .isEqualTo("and 95 more workers");
    }
}

package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.Level;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlarmTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final List<String> lines = new ArrayList<>();
    private long nowNs = -5;
    private final Alarm alarm = new Alarm(lines::add, () -> nowNs);

    private void tell(String template, Object... args) {
        alarm.tell(Level.ERROR, template, args);
        alarm.print();
    }

    @Test
    void ofOneKindThereIsALineInTenSecondsAndTheOthersAreCounted() {
        tell("disk {} of {} fails", "a", 2);
        tell("disk {} of {} fails", "b", 2);
        nowNs += 10 * SECOND_NS - 1;
        tell("disk {} of {} fails", "c", 2);
        tell("another");
        assertThat(lines).containsExactly("emberlog: ERROR disk a of 2 fails", "emberlog: ERROR another");
        nowNs += 1;
        tell("disk {} of {} fails", "d", 2);
        assertThat(lines.get(2))
                .isEqualTo("emberlog: ERROR disk d of 2 fails (and 2 times more since the line before)");
    }

    @Test
    void aLineIsOneLineWhateverTheCauseSaysAndHoweverLongItIs() {
        tell("refused: {}", "a\nb\u001B[31m\u2028c \u202Ed\u2066e\u200Ff {}");
        assertThat(lines).containsExactly("emberlog: ERROR refused: a?b?[31m?c ?d?e?f {}");
        tell("long: {}", "x".repeat(1 << 20));
        assertThat(lines.get(1)).hasSizeLessThan(1_100).endsWith("...");
    }

    @Test
    void linesThatNobodyPrintsAreBounded() {
        for (int i = 0; i < 1_000; i++) {
            alarm.tell(Level.ERROR, "kind " + i, new Object[0]);
        }
        alarm.print();
        assertThat(lines).hasSize(100);
    }
}

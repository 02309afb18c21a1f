package io.emberlog.handler.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.Glob;
import io.emberlog.message.MessageDescriptor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RecordFilterTest {
    private final LogRecord info = Records.plain(0, "order 42 filled");

    @Test
    void levelsAreInclusiveAtBothEnds() {
        assertThat(filter().minLevel("info").build().accepts(info)).isTrue();
        assertThat(filter().minLevel("notice").build().accepts(info)).isFalse();
        assertThat(filter().maxLevel("INFO").build().accepts(info)).isTrue();
        assertThat(filter().maxLevel("debug").build().accepts(info)).isFalse();
        assertThat(RecordFilter.ALL.accepts(Records.record(0, 0, encoder -> {})))
                .isTrue();
    }

    @Test
    void namesMatchGlobsAsAWhole() {
        assertThat(filter().logger("com.acme.*").build().accepts(info)).isTrue();
        assertThat(filter().logger("com.acme").build().accepts(info)).isFalse();
        assertThat(filter().worker("md-?").build().accepts(info)).isTrue();
        assertThat(filter().worker("md").build().accepts(info)).isFalse();
        LogRecord noLogger = Records.record(0, 9, encoder -> encoder.text(MessageDescriptor.TEMPLATE, "x"));
        assertThat(filter().logger("*").build().accepts(noLogger)).isTrue();
        assertThat(filter().logger("?*").build().accepts(noLogger)).isFalse();
    }

    @Test
    void globsAgreeWithTheRegexOfTheSameMeaning() {
        String[] pieces = {"a", "b", "*", "?", "ü"};
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            String glob = pick(random, pieces, 5);
            String text = pick(random, pieces, 3).replaceAll("[*?]", "c");
            String regex = glob.replace("*", ".*").replace("?", ".");
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(Glob.matches(glob.getBytes(StandardCharsets.UTF_8), bytes, 0, bytes.length))
                    .as("%s on %s", glob, text)
                    .isEqualTo(Pattern.matches(regex, text))
                    .isEqualTo(Glob.matches(glob, text));
        }
    }

    private static String pick(Random random, String[] pieces, int kinds) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(pieces[(random.nextInt(kinds) * 4 + random.nextInt(2)) % pieces.length]);
        }
        return text.toString();
    }

    @Test
    void sinceIsInclusiveAndUntilIsNot() {
        assertThat(filter().since(Records.TIME_NS).build().accepts(info)).isTrue();
        assertThat(filter().since(Records.TIME_NS + 1).build().accepts(info)).isFalse();
        assertThat(filter().until(Records.TIME_NS).build().accepts(info)).isFalse();
        assertThat(filter().until(Records.TIME_NS + 1).build().accepts(info)).isTrue();
    }

    @Test
    void grepLooksAtTheRenderedMessage() {
        LogRecord template = Records.template("order {} by {}", 42L, "ädä\nb");
        assertThat(filter().grep("order 4\\d by ä.ä").build().accepts(template)).isTrue();
        assertThat(filter().grep("\\{}").build().accepts(template)).isFalse();
        assertThat(filter().grep("a").build().accepts(Records.record(0, 9, encoder -> {})))
                .isFalse();
    }

    @Test
    void theConditionsAreOneExpressionWithTheOneAskedFor() {
        RecordFilter filter = filter().minLevel("warn")
                .worker("md-*")
                .grep("a b")
                .where("not (marker = \"x\" or has(exception))")
                .build();
        assertThat(filter.expression())
                .hasToString("level >= warn and worker ~ \"md-*\" and message =~ \"a b\" and not (marker = \"x\" or"
                        + " has(exception))");
        assertThat(RecordFilter.ALL.expression())
                .isEqualTo(FilterExpression.ALL)
                .hasToString("true");
    }

    @Test
    void timesAreReadInTheirUsualForms() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        long tenThirty = 1_768_473_000_000_000_000L;
        assertThat(RecordFilter.parseTime("2026-01-15T10:30:00Z", 0, zone)).isEqualTo(tenThirty);
        assertThat(RecordFilter.parseTime("2026-01-15T12:30:00+02:00", 0, zone)).isEqualTo(tenThirty);
        assertThat(RecordFilter.parseTime("2026-01-15T11:30", 0, zone)).isEqualTo(tenThirty);
        assertThat(RecordFilter.parseTime("2026-01-15", 0, ZoneOffset.UTC)).isEqualTo(tenThirty - 37_800_000_000_000L);
        assertThat(RecordFilter.parseTime("10m", tenThirty, zone)).isEqualTo(tenThirty - 600_000_000_000L);
    }

    @Test
    void whatCannotBeReadSaysWhatCould() {
        assertThatThrownBy(() -> filter().minLevel("loud"))
                .hasMessageContaining("'loud' is not known; one of NOTSET, TRACE");
        assertThatThrownBy(() -> filter().grep("(")).hasMessageContaining("regex \"(\" is not RE2 syntax");
        assertThatThrownBy(() -> filter().since("tomorrow", 0, ZoneOffset.UTC))
                .hasMessageContaining("time \"tomorrow\" is not known; allowed: 2026-01-15T10:30:00Z");
        assertThatThrownBy(() -> filter().logger("")).hasMessageContaining("logger glob is empty");
        assertThatThrownBy(() -> filter().minSeverity(25)).hasMessageContaining("severity=25 must be in 0..24");
        assertThatThrownBy(() -> filter().minLevel("error").maxLevel("info").build())
                .hasMessageContaining("lowest severity=17 is above highest severity=9");
        assertThatThrownBy(() -> filter().since(5).until(5).build()).hasMessageContaining("since must be before until");
    }

    private static RecordFilter.Builder filter() {
        return RecordFilter.builder();
    }

    @Test
    void timesAreWrittenAsDaysAgoAndNow() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        long now = Instant.parse("2026-03-10T00:30:00Z").getEpochSecond() * 1_000_000_000L;
        assertThat(time("today", now, zone)).isEqualTo("2026-03-09T23:00:00Z");
        assertThat(time("yesterday", now, zone)).isEqualTo("2026-03-08T23:00:00Z");
        assertThat(time("now", now, zone)).isEqualTo("2026-03-10T00:30:00Z");
        assertThat(time("-10m", now, zone)).isEqualTo("2026-03-10T00:20:00Z");
        assertThat(time("10m", now, zone)).isEqualTo("2026-03-10T00:20:00Z");
    }

    private static String time(String text, long now, ZoneId zone) {
        return Instant.ofEpochSecond(RecordFilter.parseTime(text, now, zone) / 1_000_000_000L)
                .toString();
    }

    @Test
    void anExpressionThatWouldNotFitIntoMemoryIsRefusedBeforeItIsCompiled() {
        for (String regex : List.of(
                "(((a{1000}){1000}){1000})",
                "((a{10,1000}b){1000,}){1000}",
                "(".repeat(100_000),
                "[^]a]{1000}{1000}{9}")) {
            assertThatThrownBy(() -> RecordFilter.builder().grep(regex))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("regex ");
        }
        for (String regex : List.of(
                "a{1000}b{1000}c{1000}", "\\({3}x", "[({]{1000}[)\\]]", "x{", "x{a}", "((((deep))))", "a|b*c+?d{2,}")) {
            RecordFilter.builder().grep(regex).build();
        }
    }
}

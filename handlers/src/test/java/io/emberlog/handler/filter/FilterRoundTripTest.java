package io.emberlog.handler.filter;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Generated expressions: what is printed reads as the same, and random text never does worse than be refused. */
class FilterRoundTripTest {
    private static final String[] TEXTS = {
        "", "a", "md-1", "*", "m?-*", "\"", "'", "\\", "a\nb", "ä€\uD83D\uDE00", "\u202e", "x y"
    };
    private static final String[] REGEXES = {"", "a", "^m", "\\d+", "(a|b)*", "\"", "[\\]x]"};
    private static final String[] NUMBERS = {"0", "-1", "17", "4711", "1.5", "1e3", "9007199254740993", "-0.25E-2"};
    private static final String[] LEVELS = {"warn", "notset", "INFO", "13", "7", "logon", "fatal", "24", "'AUDIT:14'"};
    private static final String[] NAMES = {
        "worker",
        "service",
        "host",
        "process",
        "logger",
        "thread",
        "message",
        "template",
        "marker",
        "module",
        "trace_id",
        "span_id",
        "exception"
    };
    private static final String[] KEYS = {
        "field.a", "mdc.a", "field.a.b-c", "field.\"x y\"", "mdc.\"\\u202e\"", "field.0"
    };

    private final List<LogRecord> records = new ArrayList<>();

    @Test
    void whatIsPrintedReadsAsAnEquivalent() {
        for (int seed = 0; seed < 200; seed++) {
            records.add(record(new Random(seed)));
        }
        int holding = 0;
        for (int seed = 0; seed < 5_000; seed++) {
            String text = expression(new Random(seed), 4);
            FilterExpression first = FilterExpression.parse(text);
            FilterExpression second = FilterExpression.parse(first.toString());
            assertThat(second).as("seed %d: %s", seed, text).isEqualTo(first).hasToString(first.toString());
            assertThat(second.hashCode()).isEqualTo(first.hashCode());
            for (LogRecord record : records) {
                boolean holds = first.accepts(record);
                holding += holds ? 1 : 0;
                assertThat(second.accepts(record)).as("seed %d: %s", seed, text).isEqualTo(holds);
                assertThat(first.refusal(record) == null)
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(holds);
            }
        }
        assertThat(holding).as("both answers are met often").isBetween(100_000, 900_000);
    }

    @Test
    void randomTextIsReadOrRefusedWithAPlaceInIt() {
        String[] pieces = {
            "level",
            ">=",
            "warn",
            "and",
            "or",
            "not",
            "(",
            ")",
            "has",
            "field.",
            "'",
            "\"",
            "\\",
            "~",
            "=~",
            "5",
            " ",
            "x",
            "mdc.a",
            "=",
            "\uD83D\uDE00",
            "\n",
            "true"
        };
        int read = 0;
        for (int seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]).append(random.nextBoolean() ? " " : "");
            }
            try {
                FilterExpression.parse(text.toString());
                read++;
            } catch (FilterSyntaxException e) {
                assertThat(e.column()).as("seed %d", seed).isBetween(1, text.length() + 1);
            }
        }
        assertThat(read).isPositive();
    }

    private static String expression(Random random, int depth) {
        return switch (depth == 0 ? 3 : random.nextInt(6)) {
            case 0 -> expression(random, depth - 1) + " and " + expression(random, depth - 1);
            case 1 -> expression(random, depth - 1) + " or " + expression(random, depth - 1);
            case 2 -> "not " + part(random, depth);
            default -> part(random, 0);
        };
    }

    private static String part(Random random, int depth) {
        return depth > 0 ? "(" + expression(random, depth - 1) + ")" : condition(random);
    }

    private static String condition(Random random) {
        String order = pick(random, "=", "!=", ">", ">=", "<", "<=");
        String same = pick(random, "=", "!=");
        return switch (random.nextInt(12)) {
            case 0 -> "level " + order + ' ' + pick(random, LEVELS);
            case 1 -> "level ~ 'w*' ";
            case 2 -> pick(random, "pid ", "thread_id ", "sequence ") + order + ' ' + pick(random, NUMBERS);
            case 3 -> pick(random, NAMES) + ' ' + same + ' ' + quoted(random, pick(random, TEXTS));
            case 4 -> pick(random, NAMES) + " ~ " + quoted(random, pick(random, TEXTS));
            case 5 -> pick(random, NAMES) + " =~ " + quoted(random, pick(random, REGEXES));
            case 6 -> pick(random, KEYS) + ' ' + order + ' ' + pick(random, NUMBERS);
            case 7 -> pick(random, KEYS) + ' ' + same + ' ' + quoted(random, pick(random, TEXTS));
            case 8 -> "has(" + pick(random, KEYS) + ")";
            case 9 -> "has(" + pick(random, "marker", "exception", "bytes", "message", "service") + ")";
            case 10 -> "time " + order + " \"2026-01-15T10:30:45.123456789Z\"";
            default -> pick(random, KEYS) + ' ' + same + pick(random, " true", " false");
        };
    }

    private static String quoted(Random random, String text) {
        return random.nextBoolean() && text.indexOf('\'') < 0 ? '\'' + text + '\'' : FilterExpression.quote(text);
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static LogRecord record(Random random) {
        return Records.record(random.nextInt(20), random.nextInt(25), encoder -> {
            if (random.nextBoolean()) {
                encoder.text(LOGGER, pick(random, TEXTS));
            }
            encoder.text(TEMPLATE, pick(random, TEXTS) + "{}");
            encoder.beginArgs();
            encoder.addString(pick(random, TEXTS));
            encoder.endArgs();
            if (random.nextBoolean()) {
                encoder.text(MARKER, pick(random, TEXTS));
            }
            encoder.beginPairs(FIELDS);
            for (String key : List.of("a", "a.b-c", "x y", "0")) {
                if (random.nextBoolean()) {
                    encoder.key(key);
                    value(random, encoder);
                    encoder.endPair();
                }
            }
            encoder.endPairs();
            if (random.nextBoolean()) {
                encoder.beginException();
                encoder.beginThrowable(ROOT, 0, "a", random.nextBoolean() ? null : pick(random, TEXTS));
                encoder.endThrowable(0);
                encoder.endException();
            }
        });
    }

    private static void value(Random random, io.emberlog.message.BatchEncoder encoder) {
        switch (random.nextInt(5)) {
            case 0 -> encoder.putLong(random.nextInt(20));
            case 1 -> encoder.putDouble(random.nextInt(10) * 0.5);
            case 2 -> encoder.putBoolean(random.nextBoolean());
            case 3 -> encoder.putNullable(pick(random, NUMBERS));
            default -> encoder.putNullable(pick(random, TEXTS));
        }
    }
}

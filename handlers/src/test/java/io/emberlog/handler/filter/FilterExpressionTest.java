package io.emberlog.handler.filter;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterExpressionTest {
    private static final int COUNT = 20_000;

    /** {@link Records#full}, with numbers among its fields. */
    private static final LogRecord FULL = Records.record(7, 17, encoder -> {
        encoder.text(LOGGER, "com.acme.Orders");
        encoder.text(THREAD_NAME, "main");
        encoder.text(TEMPLATE, "order {} filled");
        encoder.beginArgs();
        encoder.addLong(42);
        encoder.endArgs();
        encoder.text(LEVEL_NAME, "OUTAGE");
        encoder.text(MARKER, "FILL");
        encoder.beginPairs(FIELDS);
        pair(encoder, "venue", () -> encoder.putNullable("XETRA"));
        pair(encoder, "latency_ms", () -> encoder.putLong(101));
        pair(encoder, "big", () -> encoder.putLong(9_007_199_254_740_993L));
        pair(encoder, "price", () -> encoder.putDouble(101.25));
        pair(encoder, "nan", () -> encoder.putDouble(Double.NaN));
        pair(encoder, "text", () -> encoder.putNullable("12.5"));
        pair(encoder, "ok", () -> encoder.putBoolean(true));
        pair(encoder, "none", () -> encoder.putNullable(null));
        pair(encoder, "http.status", () -> encoder.putLong(404));
        pair(encoder, "two words", () -> encoder.putNullable("x"));
        pair(encoder, "again", () -> encoder.putNullable("one"));
        pair(encoder, "again", () -> encoder.putNullable("two"));
        encoder.endPairs();
        encoder.beginPairs(MDC);
        pair(encoder, "user", () -> encoder.putNullable("ada"));
        encoder.endPairs();
        encoder.text(TRACE_ID, "4bf92f3577b34da6a3ce929d0e0e4736");
        encoder.beginException();
        encoder.beginThrowable(ROOT, 0, "java.lang.IllegalStateException", "not filled");
        encoder.frame("com.acme.Orders.fill(Orders.java:42)");
        encoder.endThrowable(0);
        encoder.beginThrowable(CAUSE, 1, "java.util.concurrent.TimeoutException", "after 5 s");
        encoder.endThrowable(0);
        encoder.endException();
        encoder.bytes(new byte[] {1}, 0, 1);
    });

    private static final LogRecord BARE = Records.record(0, 9, encoder -> {});

    private static void pair(io.emberlog.message.BatchEncoder encoder, String key, Runnable value) {
        encoder.key(key);
        value.run();
        encoder.endPair();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "level >= error",
                "level > warn and level < 18 and level <= error",
                "level = 17",
                "level != warn",
                "level = 'OUTAGE:17'",
                "level ~ 'out*'",
                "level =~ '^OUT'",
                "worker = 'md-1'",
                "worker ~ \"md-*\"",
                "worker ~ 'md-?'",
                "worker =~ '^md-\\d$'",
                "service = 'pricing' and host = 'myhost' and process = 'MarketData'",
                "pid = 4711",
                "pid > 4710.5 and pid < 4.712e3",
                "sequence >= 7 and sequence < 8",
                "thread = 'main' and thread_id = 17",
                "logger ~ 'com.acme.*'",
                "logger = 'com.acme.Orders'",
                "message = 'order 42 filled'",
                "message ~ '*42*'",
                "message =~ 'order \\d+'",
                "template = \"order {} filled\"",
                "marker = 'FILL' and has(marker)",
                "trace_id ~ '4bf9*'",
                "not has(span_id)",
                "has(exception) and has(bytes) and has(field.venue) and has(mdc.user) and has(field.none)",
                "exception =~ 'Timeout'",
                "exception = 'java.util.concurrent.TimeoutException'",
                "exception ~ 'java.lang.*: not filled'",
                "exception != 'java.io.IOException'",
                "field.venue = \"XETRA\" and mdc.user = 'ada'",
                "field.venue =~ '^XE'",
                "field.latency_ms > 100",
                "field.latency_ms = 101 and field.latency_ms = '101' and field.latency_ms ~ '1?1'",
                "field.big = 9007199254740993 and field.big > 9007199254740992",
                "field.price = 101.25 and field.price > 101 and field.price < 101.5",
                "field.nan != 1 and not field.nan = 1 and not field.nan > 0 and not field.nan <= 0",
                "field.text > 12 and field.text = 12.5",
                "field.ok = true and field.ok != false",
                "field.none = 'null'",
                "field.http.status >= 400",
                "field.\"two words\" = 'x'",
                "field.again = 'one' and field.again = 'two'",
                "field.absent != 'x' and field.absent != 1",
                "marker != 'x'",
                "time >= \"2026-01-15T10:30:00Z\" and time < '2026-01-15T11:31:00+01:00'",
                "level<debug or level>=error",
                "not (level < error or worker = 'x')",
                "not not true",
                "false or TRUE and Not false",
                "message = \"order \\u00342 filled\"",
            })
    void holds(String expression) {
        assertThat(FilterExpression.parse(expression).accepts(FULL)).isTrue();
        assertThat(FilterExpression.parse(expression).refusal(FULL)).isNull();
        assertThat(FilterExpression.parse("not (" + expression + ")").accepts(FULL))
                .isFalse();
    }

    @Test
    void whatIsAbsentIsAnEmptyTextOfARecordAndNothingOfAField() {
        for (String holding : List.of(
                "logger = ''",
                "logger ~ '*' and not logger ~ '?*'",
                "marker != 'x'",
                "message = ''",
                "exception = ''",
                "field.x != 'x'",
                "not field.x = ''",
                "not field.x ~ '*'",
                "not mdc.x =~ ''",
                "not has(field.x) and not has(logger) and not has(exception) and not has(message)",
                "level = info and not level = notice",
                "has(service)")) {
            assertThat(FilterExpression.parse(holding).accepts(BARE))
                    .as(holding)
                    .isTrue();
        }
        LogRecord unnumbered = new LogRecord();
        unnumbered.wrap(Records.WORKER, 0, 0, LogRecord.UNNUMBERED, BARE.entry());
        assertThat(FilterExpression.parse("sequence >= 0 or sequence < 0 or sequence = -1")
                        .accepts(unnumbered))
                .isFalse();
        assertThat(FilterExpression.parse("sequence != 5").accepts(unnumbered)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "lvel >= warn | 1 | unknown name \"lvel\"; did you mean level?",
                "level >= warn and wroker ~ 'x' | 19 | unknown name \"wroker\"; did you mean worker?",
                "feild.venue = 'x' | 1 | did you mean field.KEY?",
                "colour = 'x' | 1 | unknown name \"colour\"; allowed: level, time, worker, service, host, process, pid",
                "level >= loud | 10 | level 'loud' is not known; one of NOTSET",
                "level >= wran | 10 | did you mean WARN?",
                "level | 6 | here stands the end; allowed: an operator: = != ~ =~ > >= < <=",
                "level >= | 9 | level '' is not known",
                "level >= ) | 10 | here stands \")\"; allowed: a level, like warn, or its number",
                "worker = md-1 | 10 | here stands \"md-1\"; allowed: a text in quotes",
                "worker = 5 | 10 | here stands \"5\"; allowed: a text in quotes",
                "worker > 'a' | 10 | worker is a text, which has no order; allowed: = != ~ =~",
                "worker == 'a' | 8 | \"==\" is no operator; write =",
                "worker = 'a' && true | 14 | \"&&\" is no operator; write and",
                "worker = 'a' true | 14 | here stands \"true\"; allowed: and, or, the end",
                "! true | 1 | \"!\" is no operator; write not",
                "worker !~ 'a' | 8 | write not NAME ~",
                "pid ~ '4*' | 7 | pid is a number; allowed: = != > >= < <=",
                "pid = 'x' | 7 | allowed: a number",
                "pid = 4x | 7 | \"4x\" is not a number",
                "(level >= warn | 15 | allowed: and, or, ) for the parenthesis of column 1",
                "level >= warn) | 14 | here stands \")\"; allowed: and, or, the end",
                "true and | 9 | here stands the end; allowed: a name, has(...), not, (",
                "and true | 1 | here stands \"and\"; allowed: a name",
                "worker = 'a | 10 | the text has no end; allowed: ' at its end",
                "worker = \"a | 10 | the text has no end; allowed: \" at its end",
                "message =~ \"\\d+\" | 13 | for a regex write single quotes, in which it is itself: '\\d+'",
                "message =~ '(' | 12 | regex \"(\" is not RE2 syntax: missing closing )",
                "message =~ '((a{1000}){1000}){1000}' | 12 | regex repeats into more than 1000000 steps",
                "message = \"\\u12\" | 12 | \\u takes four hexadecimal digits",
                "time > '2026-01-15' | 8 | \"2026-01-15\" is not a time with its zone; allowed: 2026-01-15T10:30:00Z",
                "time ~ 'x' | 8 | time has no patterns",
                "bytes = 'x' | 7 | bytes cannot be compared; allowed: has(bytes)",
                "has(level) | 5 | every record has level; allowed in has(): field.KEY",
                "has level | 5 | here stands \"level\"; allowed: has(NAME)",
                "has(marker | 11 | here stands the end; allowed: ) behind the name",
                "field. = 'x' | 1 | \"field.\" lacks the key; allowed: field.venue, mdc.user",
                "field.x > 'a' | 11 | here stands \"'a'\"; allowed behind >: a number",
                "field.x = y | 11 | here stands \"y\"; allowed: a number, or a text in quotes, like \"XETRA\"",
                "worker = 'ää' and § | 19 | \"§\" is not of this language",
                "'a' = worker | 1 | here stands \"'a'\"; allowed: a name",
            })
    void whatIsWrongIsNamedWithItsPlaceAndWhatIsAllowed(String expression, int column, String problem) {
        FilterSyntaxException refused =
                catchThrowableOfType(FilterSyntaxException.class, () -> FilterExpression.parse(expression));
        assertThat(refused).hasMessageStartingWith("column " + column + " of ").hasMessageContaining(problem);
        assertThat(refused.column()).isEqualTo(column);
    }

    @Test
    void sizeAndDepthAreBounded() {
        assertThat(refusal("(".repeat(60) + "true" + ")".repeat(60))).contains("nests deeper than 50 levels");
        assertThat(refusal("not ".repeat(60) + "true")).contains("nests deeper than 50 levels");
        assertThat(refusal("true and ".repeat(200) + "true")).contains("more than 200 conditions");
        assertThat(refusal("true" + " ".repeat(9000))).contains("allowed: 8192 characters");
        String large = "message =~ '(a{1000}b){300}'";
        assertThat(refusal(String.join(" or ", large, large, large, large)))
                .contains("the regular expressions together are larger than 1000000 steps");
        assertThat(FilterExpression.parse("(".repeat(40) + "true" + ")".repeat(40)))
                .hasToString("true");
        assertThat(refusal("x".repeat(5000))).hasSizeLessThan(7000).contains("unknown name");
    }

    private static String refusal(String expression) {
        return catchThrowableOfType(FilterSyntaxException.class, () -> FilterExpression.parse(expression))
                .getMessage();
    }

    @Test
    void itIsPrintedAsOneWouldWriteIt() {
        assertThat(FilterExpression.parse("(LEVEL>=13)".toLowerCase(java.util.Locale.ROOT)
                        + "AND worker~'md-*' and (not (field.a=1 or mdc.'b c' != 'x\"y'))"))
                .hasToString("level >= warn and worker ~ \"md-*\" and not (field.a = 1 or mdc.\"b c\" != \"x\\\"y\")");
        assertThat(FilterExpression.parse("level = logon and level != 13 and level > 14"))
                .hasToString("level = \"LOGON\" and level != 13 and level > 14");
    }

    @Test
    void theSmallestPartThatDecidesIsNamed() {
        FilterExpression expression = FilterExpression.parse(
                "level >= info and (worker = 'x' or (logger = 'y' and marker = 'FILL')) and marker = 'z'");
        assertThat(expression.refusal(FULL)).isEqualTo("worker = \"x\" or logger = \"y\" and marker = \"FILL\"");
        assertThat(FilterExpression.parse("true and not worker = 'md-1'").refusal(FULL))
                .isEqualTo("not worker = \"md-1\"");
    }

    @Test
    void levelsLoggersWorkersAndNumbersAreLookedAtWithoutGarbage() {
        FilterExpression expression = FilterExpression.parse(
                "level >= info and level = info and worker ~ 'm*' and worker != 'x' and logger ~ 'com.*.O*'"
                        + " and not logger = 'y' and service = 'pricing' and pid > 4 and sequence >= 0"
                        + " and not has(exception) and has(marker) and marker = 'M' and field.venue = 'XETRA'"
                        + " and field.ms > 100");
        LogRecord record = Records.record(1, 9, encoder -> {
            encoder.text(LOGGER, "com.acme.Orders");
            encoder.text(MARKER, "M");
            encoder.beginPairs(FIELDS);
            pair(encoder, "venue", () -> encoder.putNullable("XETRA"));
            pair(encoder, "ms", () -> encoder.putLong(101));
            encoder.endPairs();
        });
        assertThat(expression.accepts(record)).isTrue();
        run(expression, record);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            run(expression, record);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        // the measuring itself may allocate a little; a byte a record would be 20,000
        assertThat(least).isLessThan(COUNT / 10);
    }

    private static void run(FilterExpression expression, LogRecord record) {
        for (int i = 0; i < COUNT; i++) {
            expression.accepts(record);
        }
    }
}

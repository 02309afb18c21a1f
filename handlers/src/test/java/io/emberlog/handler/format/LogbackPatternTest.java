package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.emberlog.handler.Records;
import io.emberlog.message.MessageDescriptor;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;
import org.slf4j.helpers.BasicMarkerFactory;

/** Against Logback itself, and where there is nothing to compare with. */
class LogbackPatternTest {
    private static final int PATTERNS = 1_500;

    private final LoggerContext context = new LoggerContext();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%d{HH:mm:ss.SSS, UTC} [%thread] %-5level %logger{36} - %msg%n",
                "%d{\"yyyy-MM-dd HH:mm:ss,SSS\", UTC} %p %c [%t] %m",
                "%date{ISO8601, UTC} %level",
                "%d{STRICT, UTC} %le",
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, America/New_York} %message%n",
                "%d{EEE d MMM yyyy, UTC, en} %m",
                "%d{HHmmssSSS, UTC}%d{S SS SSS, UTC}",
                "%-40(%d{HH:mm:ss, UTC} [%thread]) %msg%n",
                "%30(%-5level [%.3thread]) %.-4msg",
                "%msg [%X] [%X{user}] [%mdc{nobody:-none}] [%mdc{nobody}]%n",
                "%kvp|%kvp{NONE}|%kvp{SINGLE}|%marker|%msg%n",
                "%C.%M\\(%F:%L\\) %class{0} %class{10} - %m%n",
                "\\(%level\\) 100\\% %msg\\_x \\\\ \\t|",
                "%nopex%msg%n",
                "%msg%n%ex{short}",
                "%msg%n%ex{2}",
                "%msg%n%xEx",
                "%m"
            })
    void whatPeopleUseIsWhatLogbackWrites(String pattern) {
        for (int seed = 0; seed < 40; seed++) {
            check(pattern, PeerRecord.random(new Random(seed)), "seed " + seed);
        }
    }

    @Test
    void anyMixOfWordsWidthsAndTextsIsWhatLogbackWrites() {
        for (int seed = 0; seed < PATTERNS; seed++) {
            Random random = new Random(seed);
            check(pattern(random), PeerRecord.random(random), "seed " + seed);
        }
    }

    private static String pattern(Random random) {
        StringBuilder pattern = new StringBuilder("%msg");
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            pattern.append(PeerRecord.some(random, " ", " - ", "[", "]", " ü", "=", ",", "\\_"));
            boolean group = random.nextInt(6) == 0;
            pattern.append('%').append(modifiers(random));
            pattern.append(
                    group ? "(a %level " + word(random) + ")" : word(random).substring(1));
        }
        return pattern.append(PeerRecord.some(random, " %p", " %p%n")).toString(); // Logback reads no % behind a group
    }

    private static String modifiers(Random random) {
        String width = random.nextBoolean() ? PeerRecord.some(random, "", "-") + (1 + random.nextInt(40)) : "";
        String most = random.nextBoolean() ? "." + PeerRecord.some(random, "", "-") + (1 + random.nextInt(40)) : "";
        return random.nextBoolean() ? "" : width + most;
    }

    private static String word(Random random) {
        String length = "{" + random.nextInt(50) + "}";
        return PeerRecord.some(
                random,
                "%level",
                "%thread",
                "%logger",
                "%logger" + length,
                "%c" + length,
                "%msg",
                "%mdc",
                "%mdc{user}",
                "%X{key2:-no one}",
                "%marker",
                "%kvp",
                "%kvp{NONE}",
                "%class",
                "%class" + length,
                "%method",
                "%file",
                "%line",
                "%d{yyyy-MM-dd HH:mm:ss.SSS, UTC}");
    }

    private void check(String pattern, PeerRecord record, String why) {
        String ours = FormatTest.line(PatternFormat.of(pattern, ZoneOffset.UTC), record.encoded());
        assertThat(ours).as("%s, pattern %s, %s", why, pattern, record).isEqualTo(oneLine(logback(pattern, record)));
    }

    /** As Logback writes it, but the stack trace on the same line, and Java's word for common frames. */
    private static String oneLine(String text) {
        return text.strip().isEmpty()
                ? text.replace("\n", "") + "\n"
                : text.replaceAll("\\n+$", "").replaceAll("\\n\\t*", " | ") + "\n";
    }

    private String logback(String pattern, PeerRecord record) {
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(pattern.contains("%n") ? pattern : pattern + "%n");
        layout.start();
        LoggingEvent event = new LoggingEvent();
        event.setLoggerContext(context);
        event.setInstant(Instant.ofEpochSecond(0, record.timeNs()));
        event.setLevel(Level.toLevel(record.level()));
        event.setLoggerName(record.logger());
        event.setThreadName(record.thread());
        event.setMessage(record.message());
        Map<String, String> mdc = new LinkedHashMap<>();
        record.mdc().forEach((key, value) -> mdc.put(key, String.valueOf(value)));
        event.setMDCPropertyMap(mdc);
        List<KeyValuePair> pairs = new ArrayList<>();
        record.fields().forEach((key, value) -> pairs.add(new KeyValuePair(key, value)));
        event.setKeyValuePairs(pairs);
        if (record.marker() != null) {
            event.addMarker(new BasicMarkerFactory().getMarker(record.marker()));
        }
        event.setCallerData(callers(record));
        if (record.exception() != null) {
            event.setThrowableProxy(new ThrowableProxy(record.exception()));
        }
        return layout.doLayout(event);
    }

    private static StackTraceElement[] callers(PeerRecord record) {
        if (record.function() == null) {
            return new StackTraceElement[0];
        }
        int dot = record.function().lastIndexOf('.');
        return new StackTraceElement[] {
            new StackTraceElement(
                    record.function().substring(0, dot),
                    record.function().substring(dot + 1),
                    record.file(),
                    record.line())
        };
    }

    /** So that nobody finds out by a line that is wrong. */
    @Test
    void everyWordOfLogbacksIsKnownOrRefused() {
        Map<String, String> refused = new TreeMap<>();
        for (String word : PatternLayout.DEFAULT_CONVERTER_SUPPLIER_MAP.keySet()) {
            try {
                PatternFormat.of("%msg %" + word, ZoneOffset.UTC);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("column 6 of \"%msg %" + word + "\": %" + word);
                refused.put(word, e.getMessage());
            }
        }
        assertThat(refused.keySet()).doesNotContain("d", "p", "c", "t", "m", "n", "C", "M", "L", "F", "X", "kvp", "ex");
    }

    @Test
    void theTimeZoneIsTheHandlersUnlessThePatternNamesOne() {
        PatternFormat berlin = PatternFormat.of("%d %d{HH:mm, UTC} %d{Z}", ZoneId.of("Europe/Berlin"));
        assertThat(FormatTest.line(berlin, Records.plain(0, "x"))).isEqualTo("2026-01-15 11:30:45,123 10:30 +0100\n");
    }

    @Test
    void wordsOfOurOwnShowWhatLogbackDoesNotKnow() {
        String pattern =
                "%seq %worker %pid %process %service %host %threadId %severity %field{venue} %field{no:--} %path"
                        + " %module %traceId %spanId %caller %id";
        assertThat(FormatTest.line(PatternFormat.of(pattern, ZoneOffset.UTC), Records.full()))
                .isEqualTo("7 md-1 4711 MarketData pricing myhost 17 17 XETRA - src/Orders.java orders"
                        + " 4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 ?.fill(Orders.java:42)"
                        + " 00112233-4455-6677-8899-aabbccddeeff:4992:0"
                        + " | java.io.IOException: gone | at com.acme.Orders.fill(Orders.java:42)"
                        + " | at com.acme.Main.main(Main.java:1)"
                        + " | Suppressed: java.lang.Error | at com.acme.Orders.close(Orders.java:50) | ... 1 more"
                        + " | Caused by: java.net.SocketException: reset | ... 2 more\n");
    }

    @Test
    void whatARecordDoesNotHaveShowsAsInLogback() {
        String pattern = "[%logger][%thread][%file][%line][%method][%class][%marker][%mdc][%kvp][%ex]";
        assertThat(FormatTest.line(PatternFormat.of(pattern, ZoneOffset.UTC), Records.record(0, 9, encoder -> {})))
                .isEqualTo("[ROOT][#17][?][?][?][?][][][][]\n");
        assertThat(FormatTest.line(PatternFormat.of("%kvp", ZoneOffset.UTC), Records.record(0, 9, encoder -> {
                    encoder.beginPairs(MessageDescriptor.FIELDS);
                    encoder.key("k");
                    encoder.putNullable("a \"b\" \\ c");
                    encoder.endPair();
                    encoder.endPairs();
                })))
                .isEqualTo("k=\"a \\\"b\\\" \\\\ c\"\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "%d %mgs%n | column 4 of \"%d %mgs%n\": %mgs is not known; did you mean %msg? allowed: d, level, logger",
                "%d %thred | column 4 of \"%d %thred\": %thred is not known; did you mean %thread? allowed:",
                "%msg %highlight(%level) | column 6 of \"%msg %highlight(%level)\": %highlight is not known; allowed:",
                "%msg % | column 6 of \"%msg %\": a % that no word follows; allowed: words like %msg, or \\%",
                "%msg%n%level | column 5 of \"%msg%n%level\": %n within the line, and a record is one line; allowed: at",
                "%msg%n | ok",
                "%(%msg%n) | column 7 of \"%(%msg%n)\": %n within the line",
                "%-20(%msg | column 1 of \"%-20(%msg\": a group that is not closed; allowed: %(...), or \\(",
                "%msg \\n | column 6 of \"%msg \\n\": a backslash stands in front of n; allowed: \\t, \\_, \\%",
                "%d{HH:mm:ss,SSS} | column 1 of \"%d{HH:mm:ss,SSS}\": %d has no time zone SSS; allowed: %d{HH:mm:ss, UTC}, and",
                "%d{HH:mm:bb} | column 1 of \"%d{HH:mm:bb}\": %d has no pattern of a date, ",
                "%d{HH:mm:ss | column 3 of \"%d{HH:mm:ss\": braces that are not closed; allowed: %d{...}",
                "%d{HH, UTC, en, x} | column 1 of \"%d{HH, UTC, en, x}\": %d takes a pattern, a time zone and a language",
                "%logger{a} | column 1 of \"%logger{a}\": %logger takes a length; allowed: %logger{36}",
                "%msg{5} | column 1 of \"%msg{5}\": %msg has nothing in braces, not {5}; allowed: %msg",
                "%ex{all} | column 1 of \"%ex{all}\": %ex takes how many frames; allowed: %ex{full}",
                "%kvp{X} | column 1 of \"%kvp{X}\": %kvp takes what quotes values have",
                "%mdc{:-x} | column 1 of \"%mdc{:-x}\": %mdc takes a key; allowed: %mdc{key}",
                "%99999msg | column 2 of \"%99999msg\": 99999 is too large; allowed: 0 to 9999",
                "%% | column 1 of \"%%\": every line would be the same; allowed: words like %msg",
            })
    void aWrongPatternIsToldWithColumnAndWhatIsAllowed(String pattern, String message) {
        if (message.equals("ok")) {
            PatternFormat.of(pattern, ZoneOffset.UTC);
        } else {
            assertThatThrownBy(() -> PatternFormat.of(pattern, ZoneOffset.UTC))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(message);
        }
    }

    @Test
    void aPatternWithALineOfItsOwnIsRefused() {
        assertThatThrownBy(() -> PatternFormat.of("%msg\n%level", ZoneOffset.UTC))
                .hasMessageContaining(": a control character, and a record is one line; allowed: text and tabs")
                .hasMessageStartingWith("column 5 of");
    }
}

package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden messages, and any message read back by the grammar of RFC 5424. */
class SyslogTextTest {
    /** Section 6 of the RFC. */
    private static final String NAME = "[!-~&&[^=\\]\"]]{1,32}";

    private static final String PARAM = " (" + NAME + ")=\"((?:[^\"\\\\\\]]|\\\\[\"\\\\\\]])*)\"";
    private static final Pattern MESSAGE = Pattern.compile(
            "<(\\d{1,3})>1 (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{1,6}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128})"
                    + " ([!-~]{1,32}) (-|(?:\\[" + NAME + "(?:" + PARAM + ")*\\])+)(?: (.*))?");

    private final Utf8Buffer out = new Utf8Buffer(16);

    @Test
    void rfc5424HasEverythingAsStructuredData() {
        assertThat(text(SyslogText.builder().rfc5424(), Records.full()))
                .isEqualTo("<11>1 2026-01-15T10:30:45.130456Z myhost pricing 4711 FILL"
                        + " [emberlog@32473 level=\"OUTAGE\" worker=\"md-1\" process=\"MarketData\" service=\"pricing\""
                        + " thread=\"main\" threadId=\"17\" logger=\"com.acme.Orders\" marker=\"FILL\" module=\"orders\""
                        + " file=\"Orders.java\" path=\"src/Orders.java\" line=\"42\" function=\"fill\""
                        + " traceId=\"4bf92f3577b34da6a3ce929d0e0e4736\" spanId=\"00f067aa0ba902b7\" bytes=\"AQL/\" seq=\"7\""
                        + " id=\"00112233-4455-6677-8899-aabbccddeeff:4992:0\"]"
                        + "[fields@32473 venue=\"XETRA\" note=\"two words\" spread=\"NaN\"][mdc@32473 user=\"ada\"]"
                        + " order 42 filled at 101.25 for ada \"a\" | java.io.IOException: gone"
                        + " | at com.acme.Orders.fill(Orders.java:42) | at com.acme.Main.main(Main.java:1)"
                        + " | Suppressed: java.lang.Error | at com.acme.Orders.close(Orders.java:50) | ... 1 more"
                        + " | Caused by: java.net.SocketException: reset | ... 2 more");
    }

    @Test
    void rfc3164HasTheSameForEyes() {
        SyslogText berlin = SyslogText.builder()
                .facility("local3")
                .zone(ZoneId.of("Europe/Berlin"))
                .rfc3164();
        assertThat(text(berlin, Records.full()))
                .startsWith(
                        "<155>Jan 15 11:30:45 myhost pricing[4711]: OUTAGE com.acme.Orders - order 42 filled at 101.25 for"
                                + " ada \"a\" bytes[3]=0102ff #FILL venue=XETRA note=\"two words\" spread=NaN {user=ada} trace=4bf92f");
        long tenDays = 864_000_000L;
        SyslogText utc = SyslogText.builder().withoutHost().zone(ZoneOffset.UTC).rfc3164();
        assertThat(text(utc, Records.plain(2 * tenDays, "x")))
                .isEqualTo("<14>Feb  4 10:30:45 pricing[4711]: INFO com.acme.Orders - x");
    }

    @Test
    void aFileHasOneMessageALine() {
        assertThat(FormatTest.line(new SyslogFormat(), Records.plain(0, "a\nb")))
                .startsWith("<14>1 2026-01-15T10:30:45.123456Z myhost pricing 4711 - [emberlog@32473 level=\"INFO\" ")
                .endsWith("] a\\nb\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0,7", "1,7", "5,7", "8,7", "9,6", "10,5", "12,5", "13,4", "16,4", "17,3", "18,2", "19,1", "20,1", "21,0",
        "24,0"
    })
    void levelsAreSyslogsAsOpenTelemetryMapsThem(int severity, int expected) {
        assertThat(SyslogText.severity(severity)).isEqualTo(expected);
        assertThat(text(SyslogText.builder().facility("kern").rfc5424(), Records.record(0, severity, encoder -> {})))
                .startsWith("<" + expected + ">1 ");
    }

    @Test
    void whatIsMissingIsADash() {
        LogRecord record = Records.record(0, 9, encoder -> {});
        WorkerIdentity nobody = new WorkerIdentity(new UUID(1, 2), "", 0, 0, "", "", "", "", "", "");
        record.wrap(nobody, 0, 0, LogRecord.UNNUMBERED, record.entry());
        assertThat(text(SyslogText.builder().rfc5424(), record))
                .isEqualTo("<14>1 2026-01-15T10:30:45.123456Z - - - - [emberlog@32473 level=\"INFO\" threadId=\"17\""
                        + " id=\"00000000-0000-0001-0000-000000000002:0:0\"]");
        assertThat(text(SyslogText.builder().zone(ZoneOffset.UTC).rfc3164(), record))
                .isEqualTo("<14>Jan 15 10:30:45 - -: INFO - ");
    }

    @Test
    void namesKeepWithinTheirLengthsAndAlphabet() {
        LogRecord record = Records.record(0, 9, encoder -> {
            encoder.text(MARKER, "ü m\n" + "m".repeat(40));
            encoder.beginPairs(FIELDS);
            encoder.key("k=\"]\\ ü\n" + "k".repeat(40));
            encoder.putNullable("a]b\"c\\d\ne");
            encoder.endPair();
            encoder.endPairs();
        });
        WorkerIdentity worker = new WorkerIdentity(
                new UUID(1, 2), "w", 1, 0, "", "", "", "h ö" + "h".repeat(300), "p", "s ]:" + "s".repeat(60));
        record.wrap(worker, 0, 0, 0, record.entry());
        String text = text(SyslogText.builder().rfc5424(), record);
        Matcher message = MESSAGE.matcher(text);
        assertThat(message.matches()).as(text).isTrue();
        assertThat(message.group(3)).isEqualTo("h__" + "h".repeat(252));
        assertThat(message.group(4)).isEqualTo("s_]:" + "s".repeat(44));
        assertThat(message.group(6)).isEqualTo("__m_" + "m".repeat(28));
        assertThat(text).contains("[fields@32473 k___\\___" + "k".repeat(24) + "=\"a\\]b\\\"c\\\\d\\\\ne\"]");
        assertThat(text(SyslogText.builder().rfc3164(), record)).contains(" s___" + "s".repeat(28) + "[1]: ");
    }

    @Test
    void parametersOfAnyTextAreReadBackByTheGrammar() {
        StringBuilder text = new StringBuilder();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                text.appendCodePoint(point);
            }
            if (text.length() >= 4_000 || point == Character.MAX_CODE_POINT) {
                String chunk = text.toString();
                text.setLength(0);
                checkReadBack(chunk);
            }
        }
    }

    private void checkReadBack(String chunk) {
        String line = text(SyslogText.builder().rfc5424(), Records.record(0, 9, encoder -> {
            encoder.text(LOGGER, chunk);
            encoder.text(TEMPLATE, chunk);
            encoder.beginPairs(FIELDS);
            encoder.key(chunk);
            encoder.putNullable(chunk);
            encoder.endPair();
            encoder.endPairs();
        }));
        Map<String, String> read = parameters(line);
        String shown = escaped(chunk);
        assertThat(read.get("logger")).isEqualTo(shown);
        assertThat(read).containsValue(shown).hasSize(9);
        assertThat(line).endsWith("] " + shown);
    }

    /** A reader of our own, since the expression above would recurse over long values. */
    private static Map<String, String> parameters(String line) {
        Map<String, String> read = new LinkedHashMap<>();
        int at = line.indexOf('[');
        while (line.charAt(at) == '[') {
            at = line.indexOf(' ', at);
            while (line.charAt(at) == ' ') {
                int equals = line.indexOf('=', at);
                String name = line.substring(at + 1, equals);
                assertThat(name).matches(NAME);
                assertThat(line.charAt(equals + 1)).isEqualTo('"');
                StringBuilder value = new StringBuilder();
                for (at = equals + 2; line.charAt(at) != '"'; at++) {
                    assertThat(line.charAt(at)).isNotEqualTo(']');
                    if (line.charAt(at) == '\\') {
                        at++;
                        assertThat("\"\\]").contains(line.substring(at, at + 1));
                    }
                    value.append(line.charAt(at));
                }
                read.put(name, value.toString());
                at++;
            }
            assertThat(line.charAt(at)).isEqualTo(']');
            at++;
        }
        assertThat(line.charAt(at)).isEqualTo(' ');
        return read;
    }

    private static String escaped(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Utf8Buffer escaped = new Utf8Buffer(64);
        Escaper.LINE.append(escaped, utf8, 0, utf8.length);
        return escaped.toString();
    }

    @Test
    void aMessageThatIsTooLongLosesItsEndAndNoHalfCharacter() {
        String text = "€".repeat(2_000);
        LogRecord record = Records.plain(0, text);
        for (int most = 480; most < 500; most++) {
            String cut = text(SyslogText.builder().maxLength(most).rfc5424(), record);
            int length = cut.getBytes(StandardCharsets.UTF_8).length;
            assertThat(length).isBetween(most - 2, most);
            assertThat(cut).contains("[emberlog@32473 ").matches(".*\\] €+ \\[cut from 6249 bytes]");
            String old = text(SyslogText.builder().maxLength(most).rfc3164(), record);
            assertThat(old.getBytes(StandardCharsets.UTF_8).length).isBetween(most - 2, most);
            assertThat(old).matches(".* - €+ \\[cut from 6065 bytes]");
        }
    }

    @Test
    void structuredDataThatAloneIsTooLongMakesRoomForTheText() {
        LogRecord record = Records.record(0, 9, encoder -> {
            encoder.text(LOGGER, "l".repeat(600));
            encoder.text(TEMPLATE, "the text");
        });
        assertThat(text(SyslogText.builder().maxLength(600).rfc5424(), record))
                .isEqualTo("<14>1 2026-01-15T10:30:45.123456Z myhost pricing 4711 - - the text");
    }

    @Test
    void whatAReceiverWantsCanBeSaid() {
        SyslogText text = SyslogText.builder()
                .facility("local7")
                .appName("shop")
                .enterprise(8)
                .bom()
                .content(PatternFormat.of("%level %msg", ZoneOffset.UTC))
                .rfc5424();
        assertThat(text(text, Records.plain(0, "x")))
                .startsWith("<190>1 2026-01-15T10:30:45.123456Z myhost shop 4711 - [emberlog@8 level=")
                .endsWith("] \ufeffINFO x");
        assertThatThrownBy(() -> SyslogText.builder().facility("local8"))
                .hasMessageStartingWith("facility=local8 must be one of [kern, user, mail, ");
        assertThatThrownBy(() -> SyslogText.builder().maxLength(479)).hasMessage("maxLength=479 must be at least 480");
        assertThatThrownBy(() -> SyslogText.builder().enterprise(-1))
                .hasMessage("enterprise=-1 must be in 0..4294967295");
    }

    private String text(SyslogText syslog, LogRecord record) {
        out.clear();
        syslog.append(record, out);
        return out.toString();
    }
}

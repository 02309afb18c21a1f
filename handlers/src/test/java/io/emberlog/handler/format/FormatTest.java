package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden lines: what operators and programs see. A change here is a change of a public format. */
class FormatTest {
    @Test
    void humanShowsAPlainRecordInOneGlance() {
        assertThat(human(Records.plain(0, "order {} filled")))
                .isEqualTo("2026-01-15T10:30:45.123Z INFO  md-1 [main] com.acme.Orders - order {} filled\n");
    }

    @Test
    void humanShowsEverythingOnOneLine() {
        assertThat(human(Records.full()))
                .isEqualTo("2026-01-15T10:30:45.130Z OUTAGE md-1 [main] com.acme.Orders (Orders.java:42) -"
                        + " order 42 filled at 101.25 for ada \"a\" bytes[3]=0102ff #FILL"
                        + " venue=XETRA note=\"two words\" spread=NaN {user=ada}"
                        + " trace=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7"
                        + " | java.io.IOException: gone | at com.acme.Orders.fill(Orders.java:42)"
                        + " | at com.acme.Main.main(Main.java:1)"
                        + " | Suppressed: java.lang.Error | at com.acme.Orders.close(Orders.java:50) | ... 1 more"
                        + " | Caused by: java.net.SocketException: reset | ... 2 more\n");
    }

    @Test
    void humanOfARecordWithNothingIsStillALine() {
        assertThat(human(Records.record(0, 0, encoder -> {})))
                .isEqualTo("2026-01-15T10:30:45.123Z NOTSET md-1 [#17] - \n");
    }

    @Test
    void humanUsesTheZoneItIsGivenAcrossItsTransitions() {
        HumanFormat berlin = new HumanFormat(ZoneId.of("Europe/Berlin"));
        assertThat(line(berlin, Records.plain(0, "x"))).startsWith("2026-01-15T11:30:45.123+01:00 INFO");
        long halfAYear = 15_552_000_000L;
        assertThat(line(berlin, Records.plain(halfAYear / 1000, "x"))).startsWith("2026-01-15T15:49:57.123+01:00 INFO");
        assertThat(line(berlin, Records.plain(halfAYear, "x"))).startsWith("2026-07-14T12:30:45.123+02:00 INFO");
        assertThat(line(berlin, Records.plain(0, "x"))).startsWith("2026-01-15T11:30:45.123+01:00 INFO");
    }

    @Test
    void jsonHasTheContractsKeysInOrder() {
        assertThat(json(Records.full()))
                .isEqualTo(
                        "{\"seq\":7,\"time\":\"2026-01-15T10:30:45.130456789Z\",\"level\":\"OUTAGE\",\"severity\":17,"
                                + "\"worker\":\"md-1\",\"pid\":4711,\"process\":\"MarketData\",\"service\":\"pricing\","
                                + "\"host\":\"myhost\",\"thread\":\"main\",\"thread_id\":17,\"logger\":\"com.acme.Orders\","
                                + "\"module\":\"orders\",\"message\":\"order 42 filled at 101.25 for ada \\\"a\\\"\","
                                + "\"bytes\":\"AQL/\",\"template\":\"order {} filled at {} for {}\","
                                + "\"args\":[42,101.25,\"ada \\\"a\\\"\"],"
                                + "\"fields\":{\"venue\":\"XETRA\",\"note\":\"two words\",\"spread\":\"NaN\"},"
                                + "\"mdc\":{\"user\":\"ada\"},\"marker\":\"FILL\","
                                + "\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\","
                                + "\"exception\":{\"class\":\"java.io.IOException\",\"message\":\"gone\","
                                + "\"frames\":[\"com.acme.Orders.fill(Orders.java:42)\",\"com.acme.Main.main(Main.java:1)\"],"
                                + "\"suppressed\":[{\"class\":\"java.lang.Error\","
                                + "\"frames\":[\"com.acme.Orders.close(Orders.java:50)\"],\"common_frames\":1}],"
                                + "\"cause\":{\"class\":\"java.net.SocketException\",\"message\":\"reset\","
                                + "\"common_frames\":2}},"
                                + "\"caller\":{\"file\":\"Orders.java\",\"path\":\"src/Orders.java\",\"line\":42,"
                                + "\"function\":\"fill\"},"
                                + "\"id\":\"00112233-4455-6677-8899-aabbccddeeff:4992:0\"}\n");
    }

    @Test
    void jsonLeavesOutWhatIsNotSet() {
        assertThat(json(Records.plain(0, "order {} filled")))
                .isEqualTo("{\"seq\":0,\"time\":\"2026-01-15T10:30:45.123456789Z\",\"level\":\"INFO\",\"severity\":9,"
                        + "\"worker\":\"md-1\",\"pid\":4711,\"process\":\"MarketData\",\"service\":\"pricing\","
                        + "\"host\":\"myhost\",\"thread\":\"main\",\"thread_id\":17,\"logger\":\"com.acme.Orders\","
                        + "\"message\":\"order {} filled\","
                        + "\"id\":\"00112233-4455-6677-8899-aabbccddeeff:4096:0\"}\n");
    }

    @Test
    void columnsHaveFixedWidths() {
        assertThat(line(new ColumnsFormat(), Records.plain(3, "order filled")))
                .isEqualTo(
                        "3          2026-01-15T10:30:45.126Z myhost           com.acme.Orders                  INFO     "
                                + " -                        -                        -      order filled\n");
        assertThat(line(new ColumnsFormat(), Records.full()))
                .startsWith("7          2026-01-15T10:30:45.130Z myhost           com.acme.Orders                  "
                        + "OUTAGE    Orders.java              fill                     42     order 42 filled");
    }

    @Test
    void columnsCutWhatIsTooWideAndSaySo() {
        LogRecord wide = Records.record(0, 9, encoder -> {
            encoder.text(MessageDescriptor.LOGGER, "ü".repeat(33));
            encoder.text(MessageDescriptor.TEMPLATE, "x");
        });
        assertThat(line(new ColumnsFormat(), wide)).contains(" " + "ü".repeat(31) + "~ INFO ");
        LogRecord fits = Records.record(0, 9, encoder -> encoder.text(MessageDescriptor.LOGGER, "ü".repeat(32)));
        assertThat(line(new ColumnsFormat(), fits)).contains(" " + "ü".repeat(32) + " INFO ");
    }

    /** Names of levels are not cut anywhere: they say more than the severity does. */
    @ParameterizedTest
    @CsvSource({
        "notset, 0",
        "debug, 5",
        "stream, 7",
        "info, 9",
        "logon, 10",
        "logout, 10",
        "trade, 11",
        "schedule, 11",
        "report, 12",
        "warning, 13",
        "error, 17",
        "critical, 18",
        "settlement-failed, 14"
    })
    void everyFormatShowsTheWholeNameOfALevel(String name, int severity) {
        Level level = new Level(name, severity);
        LogRecord record = Records.record(0, severity, encoder -> {
            encoder.text(MessageDescriptor.TEMPLATE, "x");
            if (level.needsName()) {
                encoder.text(MessageDescriptor.LEVEL_NAME, level.name());
            }
        });
        String upper = name.toUpperCase(Locale.ROOT);
        assertThat(human(record)).contains("Z " + String.format("%-5s", upper) + " md-1 ");
        assertThat(json(record)).contains(",\"level\":\"" + upper + "\",\"severity\":" + severity + ",");
        assertThat(line(new ColumnsFormat(), record)).contains(" " + String.format("%-9s", upper) + " - ");
    }

    @Test
    void aCutTextSaysHowLongItWas() {
        LogRecord cut =
                Records.record(0, 9, encoder -> encoder.text(MessageDescriptor.TEMPLATE, "x".repeat(2 * 1024 * 1024)));
        assertThat(human(cut)).endsWith("xxx [cut from 2097152 bytes]\n");
        assertThat(json(cut)).contains(",\"truncated\":2097152,\"id\":");
    }

    @Test
    void anUnknownFormatNamesThoseThereAre() {
        assertThatThrownBy(() -> Format.of("xml", ZoneOffset.UTC))
                .hasMessage(
                        "format 'xml' is not known; one of [human, json, ecs, otel, syslog, columns], or a pattern like"
                                + " '%d %-5level %msg'");
    }

    private static String human(LogRecord record) {
        return line(new HumanFormat(ZoneOffset.UTC), record);
    }

    private static String json(LogRecord record) {
        return line(new JsonFormat(), record);
    }

    static String line(Format format, LogRecord record) {
        Utf8Buffer out = new Utf8Buffer(1);
        format.format(record, out);
        return out.toString();
    }
}

package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Golden lines, and what the ecs-logging specification asks for. */
class EcsFormatTest {
    @Test
    void everythingHasItsPlaceInTheSchema() {
        assertThat(ecs(Records.full()))
                .isEqualTo("{\"@timestamp\":\"2026-01-15T10:30:45.130456789Z\",\"log.level\":\"OUTAGE\","
                        + "\"message\":\"order 42 filled at 101.25 for ada \\\"a\\\"\",\"ecs.version\":\"8.11.0\","
                        + "\"service.name\":\"pricing\",\"service.node.name\":\"md-1\",\"event.dataset\":\"pricing\","
                        + "\"host.name\":\"myhost\",\"process.pid\":4711,\"process.name\":\"MarketData\","
                        + "\"process.thread.name\":\"main\",\"process.thread.id\":17,\"log.logger\":\"com.acme.Orders\","
                        + "\"event.severity\":17,\"event.sequence\":7,"
                        + "\"trace.id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span.id\":\"00f067aa0ba902b7\","
                        + "\"tags\":[\"FILL\"],\"error.type\":\"java.io.IOException\",\"error.message\":\"gone\","
                        + "\"error.stack_trace\":\"java.io.IOException: gone\\n\\tat com.acme.Orders.fill(Orders.java:42)"
                        + "\\n\\tat com.acme.Main.main(Main.java:1)\\n\\tSuppressed: java.lang.Error"
                        + "\\n\\t\\tat com.acme.Orders.close(Orders.java:50)\\n\\t\\t... 1 more"
                        + "\\nCaused by: java.net.SocketException: reset\\n\\t... 2 more\","
                        + "\"log.origin.file.name\":\"Orders.java\",\"log.origin.file.line\":42,"
                        + "\"log.origin.function\":\"fill\","
                        + "\"labels\":{\"venue\":\"XETRA\",\"note\":\"two words\",\"spread\":\"NaN\",\"user\":\"ada\","
                        + "\"module\":\"orders\",\"bytes\":\"AQL/\"},"
                        + "\"event.id\":\"00112233-4455-6677-8899-aabbccddeeff:4992:0\"}\n");
    }

    @Test
    void whatIsNotSetIsNotThere() {
        assertThat(ecs(Records.plain(0, "order {} filled")))
                .isEqualTo("{\"@timestamp\":\"2026-01-15T10:30:45.123456789Z\",\"log.level\":\"INFO\","
                        + "\"message\":\"order {} filled\",\"ecs.version\":\"8.11.0\","
                        + "\"service.name\":\"pricing\",\"service.node.name\":\"md-1\",\"event.dataset\":\"pricing\","
                        + "\"host.name\":\"myhost\",\"process.pid\":4711,\"process.name\":\"MarketData\","
                        + "\"process.thread.name\":\"main\",\"process.thread.id\":17,\"log.logger\":\"com.acme.Orders\","
                        + "\"event.severity\":9,\"event.sequence\":0,"
                        + "\"event.id\":\"00112233-4455-6677-8899-aabbccddeeff:4096:0\"}\n");
    }

    @Test
    void theFieldsThatTheSpecificationRequiresComeFirstInItsOrder() {
        for (LogRecord record : List.of(Records.full(), Records.record(0, 0, encoder -> {}), Records.plain(1, "x"))) {
            assertThat(ecs(record))
                    .matches(
                            "(?s)\\{\"@timestamp\":\"[^\"]+\",\"log.level\":\"[^\"]+\",\"message\":\".*\",\"ecs.version\":.*\n");
        }
    }

    @Test
    void namesOfLabelsAreCleanedAndNeverComeTwice() {
        LogRecord record = Records.record(0, 9, encoder -> {
            encoder.text(TEMPLATE, "x");
            encoder.beginPairs(FIELDS);
            for (String key : List.of("a.b", "a*b", "a\\b", "n", "", " ", "b", "module")) {
                encoder.key(key);
                encoder.putNullable(key.equals("n") ? null : "v");
                encoder.endPair();
            }
            encoder.key("l");
            encoder.putLong(-7);
            encoder.endPair();
            encoder.key("t");
            encoder.putBoolean(true);
            encoder.endPair();
            encoder.endPairs();
            encoder.beginPairs(MDC);
            encoder.key("b");
            encoder.putNullable("mdc");
            encoder.endPair();
            encoder.endPairs();
            encoder.text(MODULE, "m");
        });
        assertThat(ecs(record))
                .contains(
                        "\"labels\":{\"a_b\":\"v\",\"a_b_2\":\"v\",\"a_b_3\":\"v\",\"n\":null,\"_\":\"v\",\" _\":\"v\",\"b\":\"v\","
                                + "\"module\":\"v\",\"l\":\"-7\",\"t\":\"true\",\"b_2\":\"mdc\",\"module_2\":\"m\"},\"event.id\"");
    }

    @Test
    void emptyFieldsMakeNoLabels() {
        LogRecord record = Records.record(0, 9, encoder -> {
            encoder.beginPairs(FIELDS);
            encoder.endPairs();
        });
        assertThat(ecs(record)).doesNotContain("labels");
    }

    private static String ecs(LogRecord record) {
        return FormatTest.line(new EcsFormat(), record);
    }
}

package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.WorkerIdentity;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Golden lines, and the same lines as OpenTelemetry's own messages, which refuse what they do not know. */
class OtelFormatTest {
    @Test
    void aPlainRecordIsOneLineOfTheFileExporter() throws Exception {
        String line = otel(Records.plain(3, "order {} filled"));
        assertThat(line)
                .isEqualTo("{\"resourceLogs\":[{\"resource\":{\"attributes\":["
                        + string("service.name", "pricing") + ","
                        + string("service.instance.id", "00112233-4455-6677-8899-aabbccddeeff") + ","
                        + string("host.name", "myhost") + ","
                        + "{\"key\":\"process.pid\",\"value\":{\"intValue\":\"4711\"}},"
                        + string("emberlog.process", "MarketData") + "," + string("emberlog.worker", "md-1")
                        + "]},\"scopeLogs\":[{\"scope\":{\"name\":\"com.acme.Orders\"},\"logRecords\":[{"
                        + "\"timeUnixNano\":\"1768473045126456789\",\"observedTimeUnixNano\":\"1768473045126456789\","
                        + "\"severityNumber\":9,\"severityText\":\"INFO\",\"body\":{\"stringValue\":\"order {} filled\"},"
                        + "\"attributes\":[{\"key\":\"thread.id\",\"value\":{\"intValue\":\"17\"}},"
                        + string("thread.name", "main") + ","
                        + "{\"key\":\"emberlog.sequence\",\"value\":{\"intValue\":\"3\"}},"
                        + string("log.record.uid", "00112233-4455-6677-8899-aabbccddeeff:4480:0") + "]}]}]}]}\n");
        assertThat(parsed(line).getSeverityNumber()).isEqualTo(SeverityNumber.SEVERITY_NUMBER_INFO);
    }

    private static String string(String key, String value) {
        return "{\"key\":\"" + key + "\",\"value\":{\"stringValue\":\"" + value + "\"}}";
    }

    @Test
    void everythingHasItsPlaceInTheDataModel() throws Exception {
        io.opentelemetry.proto.logs.v1.LogRecord record = parsed(otel(Records.full()));
        assertThat(record.getTimeUnixNano()).isEqualTo(1_768_473_045_130_456_789L);
        assertThat(record.getSeverityNumberValue()).isEqualTo(17);
        assertThat(record.getSeverityText()).isEqualTo("OUTAGE");
        assertThat(record.getBody().getStringValue()).isEqualTo("order 42 filled at 101.25 for ada \"a\"");
        // hexadecimal in OTLP, and base64 to protobuf's own parser
        assertThat(Base64.getEncoder().encodeToString(record.getTraceId().toByteArray()))
                .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(Base64.getEncoder().encodeToString(record.getSpanId().toByteArray()))
                .isEqualTo("00f067aa0ba902b7");
        assertThat(attribute(record, "venue").getStringValue()).isEqualTo("XETRA");
        assertThat(attribute(record, "spread").getDoubleValue()).isNaN();
        assertThat(attribute(record, "user").getStringValue()).isEqualTo("ada");
        assertThat(attribute(record, "exception.type").getStringValue()).isEqualTo("java.io.IOException");
        assertThat(attribute(record, "exception.message").getStringValue()).isEqualTo("gone");
        assertThat(attribute(record, "exception.stacktrace").getStringValue())
                .startsWith("java.io.IOException: gone\n\tat com.acme.Orders.fill(Orders.java:42)\n\tat ")
                .endsWith("\nCaused by: java.net.SocketException: reset\n\t... 2 more");
        assertThat(attribute(record, "code.file.path").getStringValue()).isEqualTo("src/Orders.java");
        assertThat(attribute(record, "code.line.number").getIntValue()).isEqualTo(42);
        assertThat(attribute(record, "code.function.name").getStringValue()).isEqualTo("fill");
        assertThat(attribute(record, "emberlog.marker").getStringValue()).isEqualTo("FILL");
        assertThat(attribute(record, "emberlog.module").getStringValue()).isEqualTo("orders");
        assertThat(attribute(record, "emberlog.bytes").getBytesValue().toByteArray())
                .containsExactly(1, 2, 0xFF);
    }

    @Test
    void valuesKeepTheirTypes() throws Exception {
        io.opentelemetry.proto.logs.v1.LogRecord record = parsed(otel(Records.record(0, 9, encoder -> {
            encoder.beginPairs(FIELDS);
            encoder.key("long");
            encoder.putLong(Long.MIN_VALUE);
            encoder.endPair();
            encoder.key("double");
            encoder.putDouble(1e300);
            encoder.endPair();
            encoder.key("infinite");
            encoder.putDouble(Double.NEGATIVE_INFINITY);
            encoder.endPair();
            encoder.key("float");
            encoder.putFloat(2.5f);
            encoder.endPair();
            encoder.key("boolean");
            encoder.putBoolean(true);
            encoder.endPair();
            encoder.key("null");
            encoder.putNullable(null);
            encoder.endPair();
            encoder.key("");
            encoder.putNullable("");
            encoder.endPair();
            encoder.endPairs();
            encoder.bytes(new byte[] {1, 2, 3}, 0, 3);
        })));
        assertThat(attribute(record, "long").getIntValue()).isEqualTo(Long.MIN_VALUE);
        assertThat(attribute(record, "double").getDoubleValue()).isEqualTo(1e300);
        assertThat(attribute(record, "infinite").getDoubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(attribute(record, "float").getDoubleValue()).isEqualTo(2.5);
        assertThat(attribute(record, "boolean").getBoolValue()).isTrue();
        assertThat(attribute(record, "null").getValueCase()).isEqualTo(AnyValue.ValueCase.VALUE_NOT_SET);
        assertThat(attribute(record, "_").getStringValue()).isEmpty();
        assertThat(record.getBody().getBytesValue().toByteArray()).containsExactly(1, 2, 3);
    }

    @Test
    void noAttributeComesTwiceWhateverAWorkerCallsItsFields() throws Exception {
        List<String> keys = List.of(
                "thread.name",
                "exception.type",
                "log.record.uid",
                "emberlog.bytes",
                "a",
                "a_2",
                "a_3",
                "code.line.number",
                "");
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            LogRecord record = Records.record(0, 9, encoder -> {
                encoder.text(THREAD_NAME, "main");
                for (int tag : new int[] {FIELDS, MDC}) {
                    encoder.beginPairs(tag);
                    for (int i = random.nextInt(8); i > 0; i--) {
                        encoder.key(keys.get(random.nextInt(keys.size())));
                        encoder.putLong(i);
                        encoder.endPair();
                    }
                    encoder.endPairs();
                }
                encoder.caller("A.java", null, 7, null);
            });
            Set<String> names = new HashSet<>();
            for (KeyValue attribute : parsed(otel(record)).getAttributesList()) {
                assertThat(names.add(attribute.getKey()))
                        .as("seed %d: %s", seed, attribute)
                        .isTrue();
            }
        }
    }

    @Test
    void anIdThatOtlpWouldRefuseIsAnAttribute() throws Exception {
        io.opentelemetry.proto.logs.v1.LogRecord record = parsed(otel(Records.record(0, 9, encoder -> {
            encoder.text(TRACE_ID, "4bf92f3577b34da6a3ce929d0e0e473g");
            encoder.text(SPAN_ID, "7");
        })));
        assertThat(record.getTraceId().isEmpty()).isTrue();
        assertThat(record.getSpanId().isEmpty()).isTrue();
        assertThat(attribute(record, "emberlog.trace_id").getStringValue())
                .isEqualTo("4bf92f3577b34da6a3ce929d0e0e473g");
        assertThat(attribute(record, "emberlog.span_id").getStringValue()).isEqualTo("7");
    }

    @Test
    void aWorkerWithoutAServiceHasTheNameThatTheSpecificationWants() throws Exception {
        for (String process : List.of("Main", "")) {
            LogRecord record = Records.plain(0, "x");
            WorkerIdentity worker = new WorkerIdentity(new UUID(1, 2), "w", 0, 0, "", "", "", "", process, "");
            record.wrap(worker, 0, 0, LogRecord.UNNUMBERED, record.entry());
            assertThat(logs(otel(record))
                            .getResource()
                            .getAttributes(0)
                            .getValue()
                            .getStringValue())
                    .isEqualTo(process.isEmpty() ? "unknown_service" : "unknown_service:Main");
        }
    }

    @Test
    void aRecordWithNothingIsOneTooAndATimeBeforeTheEpochIsUnknown() throws Exception {
        io.opentelemetry.proto.logs.v1.LogRecord record =
                parsed(otel(Records.record(-2_000_000_000_000L, 0, encoder -> {})));
        assertThat(record.getTimeUnixNano()).isZero();
        assertThat(record.hasBody()).isFalse();
    }

    private static AnyValue attribute(io.opentelemetry.proto.logs.v1.LogRecord record, String key) {
        List<KeyValue> found = record.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .toList();
        assertThat(found).as(key).hasSize(1);
        return found.get(0).getValue();
    }

    private static io.opentelemetry.proto.logs.v1.LogRecord parsed(String line) throws Exception {
        return logs(line).getScopeLogs(0).getLogRecords(0);
    }

    private static ResourceLogs logs(String line) throws Exception {
        LogsData.Builder data = LogsData.newBuilder();
        JsonFormat.parser().merge(line, data);
        assertThat(data.getResourceLogsCount()).isEqualTo(1);
        assertThat(data.getResourceLogs(0).getScopeLogsCount()).isEqualTo(1);
        assertThat(data.getResourceLogs(0).getScopeLogs(0).getLogRecordsCount()).isEqualTo(1);
        return data.getResourceLogs(0);
    }

    private static String otel(LogRecord record) {
        return FormatTest.line(new OtelFormat(), record);
    }
}

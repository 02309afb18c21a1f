package io.emberlog.handler.otlp;

import static io.emberlog.message.MessageDescriptor.*;

import com.google.protobuf.ByteString;
import io.emberlog.message.ValueCursor;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Attributes of one record or resource: names once each, as OpenTelemetry asks for; absent is not empty. One thread. */
final class Attributes {
    private final Map<String, AnyValue> values = new LinkedHashMap<>();

    /** Nothing for null and the empty text. */
    void put(String name, String text) {
        if (text != null && !text.isEmpty()) {
            values.put(name, of(text));
        }
    }

    void put(String name, long value) {
        values.put(name, AnyValue.newBuilder().setIntValue(value).build());
    }

    void put(String name, byte[] source, int offset, int length) {
        values.put(
                name,
                AnyValue.newBuilder()
                        .setBytesValue(ByteString.copyFrom(source, offset, length))
                        .build());
    }

    /** Of a cursor over values, in an array. */
    void putArray(String name, ValueCursor cursor) {
        ArrayValue.Builder array = ArrayValue.newBuilder();
        while (cursor.next()) {
            array.addValues(of(cursor));
        }
        values.put(name, AnyValue.newBuilder().setArrayValue(array).build());
    }

    /** Of a cursor over pairs; a name that is taken gets this in front, and loses if that is taken, too. */
    void addPairs(ValueCursor cursor, String prefixWhereTaken) {
        while (cursor.next()) {
            String name = text(cursor.buffer(), cursor.textOffset(), cursor.textLength());
            cursor.next();
            AnyValue value = of(cursor);
            if (values.putIfAbsent(name, value) != null) {
                values.putIfAbsent(prefixWhereTaken + name, value);
            }
        }
    }

    List<KeyValue> list() {
        return values.entrySet().stream()
                .map(entry -> KeyValue.newBuilder()
                        .setKey(entry.getKey())
                        .setValue(entry.getValue())
                        .build())
                .toList();
    }

    static AnyValue of(String text) {
        return AnyValue.newBuilder().setStringValue(text).build();
    }

    private static AnyValue of(ValueCursor cursor) {
        AnyValue.Builder value = AnyValue.newBuilder();
        return switch (cursor.type()) {
            case FALSE -> value.setBoolValue(false).build();
            case TRUE -> value.setBoolValue(true).build();
            case LONG -> value.setIntValue(cursor.longValue()).build();
            case DOUBLE -> value.setDoubleValue(cursor.doubleValue()).build();
            case FLOAT -> value.setDoubleValue(cursor.floatValue()).build();
            case STRING ->
                value.setStringValue(text(cursor.buffer(), cursor.textOffset(), cursor.textLength()))
                        .build();
            default -> value.build(); // null
        };
    }

    /** Bytes of a worker as text; what is not UTF-8 becomes U+FFFD, since protobuf takes nothing else. */
    static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}

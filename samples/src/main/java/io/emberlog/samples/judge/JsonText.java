package io.emberlog.samples.judge;

import java.util.Collection;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** Writes what {@link Json} reads. */
public final class JsonText {
    private JsonText() {}

    /** Maps, collections, numbers, booleans and nulls as such; all else as its text. */
    public static void write(JsonGenerator json, Object value) {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            map.forEach((key, item) -> {
                json.writeName(key.toString());
                write(json, item);
            });
            json.writeEndObject();
        } else if (value instanceof Collection<?> items) {
            json.writeStartArray();
            items.forEach(item -> write(json, item));
            json.writeEndArray();
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else if (value instanceof Boolean bool) {
            json.writeBoolean(bool);
        } else if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value.toString());
        }
    }
}

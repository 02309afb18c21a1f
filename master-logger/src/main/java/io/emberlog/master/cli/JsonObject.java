package io.emberlog.master.cli;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** One JSON object on one line, member by member; what is not known is left out. One thread. */
final class JsonObject {
    private final List<String> members = new ArrayList<>();

    static String time(long epochNs) {
        return Instant.ofEpochSecond(Math.floorDiv(epochNs, 1_000_000_000L), Math.floorMod(epochNs, 1_000_000_000L))
                .toString();
    }

    JsonObject text(String key, String value) {
        return value.isEmpty() ? this : raw(key, Plain.json(value));
    }

    JsonObject number(String key, long value) {
        return value < 0 ? this : raw(key, Long.toString(value));
    }

    JsonObject seconds(String key, long ns) {
        return ns < 0 ? this : raw(key, String.format(Locale.ROOT, "%.3f", ns / 1e9));
    }

    /** To the nanosecond: of what may be that short. */
    JsonObject exactSeconds(String key, long ns) {
        return ns < 0 ? this : raw(key, BigDecimal.valueOf(ns, 9).toPlainString());
    }

    <T> JsonObject array(String key, List<T> values, Function<T, String> element) {
        return raw(key, '[' + String.join(",", values.stream().map(element).toList()) + ']');
    }

    JsonObject raw(String key, String json) {
        members.add('"' + key + "\":" + json);
        return this;
    }

    @Override
    public String toString() {
        return '{' + String.join(",", members) + '}';
    }
}

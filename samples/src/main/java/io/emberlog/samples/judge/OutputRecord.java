package io.emberlog.samples.judge;

import java.util.Map;

/**
 * What the judge needs to know of one line of JSON.
 *
 * @param seq -1 when absent
 * @param severity -1 when absent
 * @param worker empty when absent, like the other texts
 * @param fields values are String, Long, Double, Boolean, null, or Map and List of these
 */
record OutputRecord(
        long seq,
        int severity,
        String worker,
        String thread,
        String logger,
        String message,
        Map<String, Object> fields) {

    static OutputRecord of(Map<String, Object> json) {
        return new OutputRecord(
                json.get("seq") instanceof Long seq ? seq : -1,
                json.get("severity") instanceof Long severity ? severity.intValue() : -1,
                text(json, "worker"),
                text(json, "thread"),
                text(json, "logger"),
                text(json, "message"),
                Json.object(json.get("fields")));
    }

    private static String text(Map<String, Object> json, String key) {
        return json.get(key) instanceof String text ? text : "";
    }

    String field(String name) {
        return fields.get(name) instanceof String value ? value : "";
    }
}

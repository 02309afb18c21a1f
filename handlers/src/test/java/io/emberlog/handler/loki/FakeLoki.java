package io.emberlog.handler.loki;

import io.emberlog.handler.http.ScriptedServer;
import io.emberlog.handler.http.ScriptedServer.Answer;
import io.emberlog.handler.http.ScriptedServer.Request;
import io.emberlog.handler.http.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Loki's push API with the limits of its default configuration. What a client may run into (a line too long, an entry too far behind)
 * is answered as Loki does; what a client must never do (a label without a name, entries of a request out of order, a time that is a
 * number) is a breach.
 */
final class FakeLoki implements AutoCloseable {
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern TIME = Pattern.compile("[0-9]{1,19}");
    private static final int MAX_LABELS = 15;
    private static final int MAX_LABEL_VALUE = 2048;
    private static final int MAX_LINE = 256 * 1024;
    private static final int MAX_METADATA = 128;
    private static final int MAX_METADATA_BYTES = 64 * 1024;
    private static final int MAX_REQUEST = 100 << 20;
    private static final long BEHIND_NS = 3_600_000_000_000L;

    /** @param metadata null where none was sent */
    record Entry(Map<String, String> stream, long timeNs, String line, Map<String, String> metadata) {}

    final ScriptedServer server = new ScriptedServer(this::answer);
    final List<Entry> entries = new ArrayList<>();
    String tenant;
    boolean allowsMetadata = true;
    private final Map<Map<String, String>, Long> newest = new HashMap<>();

    FakeLoki() throws IOException {}

    private Answer answer(Request request) {
        if (!request.method().equals("POST") || !request.path().equals("/loki/api/v1/push")) {
            return Answer.of(404, "404 page not found\n");
        }
        if (tenant != null && !tenant.equals(request.header("X-Scope-OrgID"))) {
            return Answer.of(401, "no org id\n");
        }
        if (!"application/json".equals(request.header("Content-Type"))) {
            return breach("Content-Type: " + request.header("Content-Type"));
        }
        if (request.body().length > MAX_REQUEST) {
            return Answer.of(413, "request body too large\n");
        }
        Map<String, Object> push = StrictJson.object(StrictJson.parse(request.body()));
        if (!push.keySet().equals(java.util.Set.of("streams"))
                || StrictJson.list(push.get("streams")).isEmpty()) {
            return breach("not streams alone: " + push.keySet());
        }
        List<String> refused = new ArrayList<>();
        Map<Map<String, String>, Integer> seen = new LinkedHashMap<>();
        for (Object stream : StrictJson.list(push.get("streams"))) {
            Map<String, Object> object = StrictJson.object(stream);
            if (!object.keySet().equals(java.util.Set.of("stream", "values"))) {
                return breach("not stream and values: " + object.keySet());
            }
            Map<String, String> labels = labels(object.get("stream"));
            List<?> values = StrictJson.list(object.get("values"));
            if (seen.put(labels, values.size()) != null || values.isEmpty()) {
                return breach("a stream twice, or empty: " + labels);
            }
            take(labels, values, refused);
        }
        return refused.isEmpty() ? Answer.of(204, "") : Answer.of(400, String.join(",\n", refused) + "\n");
    }

    private Map<String, String> labels(Object given) {
        Map<String, String> labels = new TreeMap<>();
        StrictJson.object(given).forEach((name, value) -> {
            if (!LABEL.matcher(name).matches()
                    || name.startsWith("__")
                    || !(value instanceof String text)
                    || text.isEmpty()
                    || text.length() > MAX_LABEL_VALUE) {
                server.breach("label " + name + "=" + value);
            }
            labels.put(name, String.valueOf(value));
        });
        if (labels.isEmpty() || labels.size() > MAX_LABELS) {
            server.breach("labels: " + labels);
        }
        return labels;
    }

    private void take(Map<String, String> labels, List<?> values, List<String> refused) {
        long before = Long.MIN_VALUE;
        int ignored = 0;
        for (Object value : values) {
            List<?> parts = StrictJson.list(value);
            if (parts.size() < 2
                    || parts.size() > 3
                    || !(parts.get(0) instanceof String time)
                    || !TIME.matcher(time).matches()
                    || !(parts.get(1) instanceof String line)) {
                server.breach("an entry that is not [time, line, metadata]: " + parts);
                return;
            }
            long timeNs = Long.parseLong(time);
            if (timeNs < before) {
                server.breach("entries of a request out of order: " + timeNs + " behind " + before);
            }
            before = timeNs;
            Map<String, String> metadata = parts.size() == 3 ? metadata(parts.get(2)) : null;
            String why = refusal(labels, timeNs, line, metadata);
            if (why == null) {
                keep(new Entry(labels, timeNs, line, metadata));
            } else {
                refused.add(why);
                ignored++;
            }
        }
        if (ignored > 0) {
            refused.add(
                    "user 'fake', total ignored: " + ignored + " out of " + values.size() + " for stream: " + labels);
        }
    }

    private String refusal(Map<String, String> labels, long timeNs, String line, Map<String, String> metadata) {
        int length = line.getBytes(StandardCharsets.UTF_8).length;
        if (metadata != null && !allowsMetadata) {
            return "stream '" + labels + "' includes structured metadata, but this feature is disallowed. Please see"
                    + " `limits_config.allow_structured_metadata` or contact your Loki administrator to enable it";
        }
        if (length > MAX_LINE) {
            return "max entry size '" + MAX_LINE + "' bytes exceeded for stream '" + labels
                    + "' while adding an entry with length '" + length + "' bytes";
        }
        long oldest = newest.getOrDefault(labels, Long.MIN_VALUE + BEHIND_NS) - BEHIND_NS;
        if (timeNs < oldest) {
            return "entry with timestamp " + time(timeNs)
                    + " ignored, reason: 'entry too far behind, entry timestamp is: " + time(timeNs)
                    + ", oldest acceptable timestamp is: " + time(oldest) + "' for stream: " + labels;
        }
        return null;
    }

    private void keep(Entry entry) {
        newest.merge(entry.stream(), entry.timeNs(), Math::max);
        boolean known = entries.stream()
                .anyMatch(other -> other.stream().equals(entry.stream())
                        && other.timeNs() == entry.timeNs()
                        && other.line().equals(entry.line()));
        if (!known) {
            entries.add(entry);
        }
    }

    private Map<String, String> metadata(Object given) {
        Map<String, String> metadata = new LinkedHashMap<>();
        int bytes = 0;
        for (Map.Entry<String, Object> entry : StrictJson.object(given).entrySet()) {
            if (!LABEL.matcher(entry.getKey()).matches() || !(entry.getValue() instanceof String)) {
                server.breach("structured metadata " + entry);
            }
            metadata.put(entry.getKey(), String.valueOf(entry.getValue()));
            bytes += entry.getKey().length() + String.valueOf(entry.getValue()).getBytes(StandardCharsets.UTF_8).length;
        }
        if (metadata.size() > MAX_METADATA || bytes > MAX_METADATA_BYTES) {
            server.breach("structured metadata of " + metadata.size() + " names and " + bytes + " bytes");
        }
        return metadata;
    }

    private Answer breach(String what) {
        server.breach(what);
        return Answer.of(400, what);
    }

    private static Instant time(long epochNs) {
        return Instant.ofEpochSecond(0, epochNs);
    }

    @Override
    public void close() {
        server.close();
    }
}

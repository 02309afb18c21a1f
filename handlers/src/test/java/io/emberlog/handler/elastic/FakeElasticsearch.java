package io.emberlog.handler.elastic;

import io.emberlog.handler.http.ScriptedServer;
import io.emberlog.handler.http.ScriptedServer.Answer;
import io.emberlog.handler.http.ScriptedServer.Request;
import io.emberlog.handler.http.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The bulk API of Elasticsearch: NDJSON with its LF at the end, one action a line and its document on the next, ids of at most 512
 * bytes, names of indices as it takes them, {@code @timestamp} in data streams, documents that fit the mapping that the first ones made.
 * Answers with a status for each item. What breaks the format is a breach.
 */
final class FakeElasticsearch implements AutoCloseable {
    private static final int MAX_CONTENT = 100 << 20;

    final ScriptedServer server = new ScriptedServer(this::answer);

    /** By index, then by id. */
    final Map<String, Map<String, Map<String, Object>>> documents = new LinkedHashMap<>();

    /** Type of {@code fields.x}, from the first document that has it. */
    private final Map<String, Class<?>> mapping = new HashMap<>();

    /** Status that the next items get whose document is not there yet, in turn. */
    final List<Integer> itemStatuses = new ArrayList<>();

    /** Type and reason of the 400 that the next items get, in turn. */
    final List<String[]> itemRefusals = new ArrayList<>();

    String authorization;

    FakeElasticsearch() throws IOException {}

    private Answer answer(Request request) {
        if (authorization != null && !authorization.equals(request.header("Authorization"))) {
            return error(401, "security_exception", "unable to authenticate with provided credentials");
        }
        if (!request.method().equals("POST") || !request.path().matches("/_bulk(\\?.*)?")) {
            return error(405, "method_not_allowed", request.method() + ' ' + request.path());
        }
        if (!"application/x-ndjson".equals(request.header("Content-Type"))) {
            return breach("Content-Type: " + request.header("Content-Type"));
        }
        if (request.body().length > MAX_CONTENT) {
            return Answer.of(413, "");
        }
        String text = request.text();
        if (!text.endsWith("\n")) {
            return breach("The bulk request must be terminated by a newline [\\n]");
        }
        String[] lines = text.split("\n", -1);
        if (lines.length % 2 == 0) {
            return breach("lines: " + lines.length);
        }
        List<String> items = new ArrayList<>();
        boolean errors = false;
        for (int i = 0; i + 1 < lines.length; i += 2) {
            String item = item(lines[i], lines[i + 1]);
            errors |= item.contains("\"error\"");
            items.add("{\"create\":" + item + "}");
        }
        return Answer.json(200, "{\"errors\":" + errors + ",\"items\":[" + String.join(",", items) + "]}");
    }

    private String item(String action, String source) {
        Map<String, Object> create =
                StrictJson.object(StrictJson.object(StrictJson.parse(action.getBytes(StandardCharsets.UTF_8)))
                        .get("create"));
        if (create == null || !create.keySet().equals(Set.of("_index", "_id"))) {
            server.breach("action " + action);
            return failed(400, "illegal_argument_exception", "Malformed action/metadata line");
        }
        String index = (String) create.get("_index");
        String id = (String) create.get("_id");
        if (!index.matches("[a-z0-9][a-z0-9._-]{0,254}") || id.isEmpty() || id.length() > 512) {
            server.breach("index " + index + ", id " + id);
        }
        Map<String, Object> document = StrictJson.object(StrictJson.parse(source.getBytes(StandardCharsets.UTF_8)));
        if (!(document.get("@timestamp") instanceof String time)
                || !time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z")) {
            server.breach("@timestamp " + document.get("@timestamp"));
        }
        Map<String, Map<String, Object>> known = documents.computeIfAbsent(index, name -> new LinkedHashMap<>());
        if (known.containsKey(id)) {
            return failed(
                    409,
                    "version_conflict_engine_exception",
                    "[" + id + "]: version conflict, document already exists");
        }
        if (!itemRefusals.isEmpty()) {
            String[] refusal = itemRefusals.remove(0);
            return failed(400, refusal[0], refusal[1]);
        }
        int status = itemStatuses.isEmpty() ? 201 : itemStatuses.remove(0);
        if (status != 201) {
            return failed(
                    status, status == 429 ? "es_rejected_execution_exception" : "unavailable_shards_exception", "busy");
        }
        String conflict = conflict(document);
        if (conflict != null) {
            return failed(
                    400,
                    "document_parsing_exception",
                    "[1:2] failed to parse field [fields." + conflict + "] of type [long] in document with id '" + id
                            + "'. Preview of field's value: 'x'");
        }
        known.put(id, document);
        return "{\"status\":201}";
    }

    /** As dynamic mapping does: a field has the type of the first value that came. */
    private String conflict(Map<String, Object> document) {
        if (document.get("fields") == null) {
            return null;
        }
        for (Map.Entry<String, Object> field :
                StrictJson.object(document.get("fields")).entrySet()) {
            Class<?> type = field.getValue() == null ? null : field.getValue().getClass();
            Class<?> mapped = type == null ? null : mapping.putIfAbsent(field.getKey(), type);
            if (mapped == Long.class && type == String.class) {
                return field.getKey();
            }
        }
        return null;
    }

    private static String failed(int status, String type, String reason) {
        return "{\"status\":" + status + ",\"error\":{\"type\":\"" + type + "\",\"reason\":\"" + reason + "\"}}";
    }

    private Answer breach(String what) {
        server.breach(what);
        return error(400, "illegal_argument_exception", what);
    }

    static Answer error(int status, String type, String reason) {
        return Answer.json(
                status,
                "{\"error\":{\"root_cause\":[{\"type\":\"" + type + "\",\"reason\":\"" + reason + "\"}],\"type\":\""
                        + type + "\",\"reason\":\"" + reason + "\"},\"status\":" + status + "}");
    }

    /** Over all indices. */
    List<Map<String, Object>> all() {
        return documents.values().stream()
                .flatMap(index -> index.values().stream())
                .toList();
    }

    @Override
    public void close() {
        server.close();
    }
}

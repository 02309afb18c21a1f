package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.logging.EcsJsonSerializer;
import io.emberlog.handler.Records;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Against Elastic's own library: what it writes of a record, we write by the same name. */
class EcsPeerTest {
    private static final JsonFactory JSON = new JsonFactory();

    @Test
    void everyFieldOfElasticsIsThereWithTheSameValue() {
        for (int seed = 0; seed < 500; seed++) {
            PeerRecord record = PeerRecord.random(new Random(seed));
            Map<String, String> ours = flat(FormatTest.line(new EcsFormat(), record.encoded()));
            Map<String, String> theirs = flat(elastic(record));
            theirs.put(
                    "error.stack_trace",
                    String.valueOf(theirs.get("error.stack_trace")).strip());
            if (record.exception() == null) {
                theirs.remove("error.stack_trace");
            }
            assertThat(theirs.remove("ecs.version")).isNotNull();
            assertThat(ours).as("seed %d", seed).containsKey("ecs.version");
            // ours has nanoseconds
            assertThat(ours.get("@timestamp"))
                    .startsWith(theirs.remove("@timestamp").replace("Z", ""));
            assertThat(ours).as("seed %d", seed).containsAllEntriesOf(theirs);
        }
    }

    private static String elastic(PeerRecord record) {
        StringBuilder json = new StringBuilder();
        EcsJsonSerializer.serializeObjectStart(json, record.timeNs() / 1_000_000);
        EcsJsonSerializer.serializeLogLevel(json, record.level());
        EcsJsonSerializer.serializeFormattedMessage(json, record.message());
        EcsJsonSerializer.serializeEcsVersion(json);
        EcsJsonSerializer.serializeServiceName(json, Records.WORKER.service());
        EcsJsonSerializer.serializeServiceNodeName(json, Records.WORKER.name());
        EcsJsonSerializer.serializeEventDataset(
                json, EcsJsonSerializer.computeEventDataset(null, Records.WORKER.service()));
        EcsJsonSerializer.serializeThreadName(json, record.thread());
        EcsJsonSerializer.serializeThreadId(json, 17);
        EcsJsonSerializer.serializeLoggerName(json, record.logger());
        EcsJsonSerializer.serializeTag(json, record.marker());
        if (record.function() != null) {
            EcsJsonSerializer.serializeOrigin(json, record.file(), record.function(), record.line());
        }
        EcsJsonSerializer.serializeException(json, record.exception(), false);
        EcsJsonSerializer.serializeObjectEnd(json);
        return json.toString();
    }

    /** Objects within objects as names with dots, as Elasticsearch sees them. */
    private static Map<String, String> flat(String line) {
        Map<String, String> flat = new TreeMap<>();
        List<String> path = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line.getBytes(StandardCharsets.UTF_8))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    path.add("");
                } else if (token == JsonToken.END_OBJECT) {
                    path.remove(path.size() - 1);
                } else if (token == JsonToken.PROPERTY_NAME) {
                    path.set(path.size() - 1, parser.getString());
                } else if (token.isScalarValue()) {
                    flat.merge(String.join(".", path), parser.getString(), (one, other) -> one + "," + other);
                }
            }
        }
        return flat;
    }
}

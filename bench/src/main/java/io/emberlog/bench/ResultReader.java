package io.emberlog.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads what {@code bench --json} of this or an earlier version printed; passes over what it does not know. */
final class ResultReader {
    private static final JsonFactory FACTORY = new JsonFactory();

    private ResultReader() {}

    /**
     * @throws IOException when it is not that
     */
    static List<Result> read(byte[] json) throws IOException {
        List<Result> results = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json, 0, json.length)) {
            expect(parser, JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                if (!parser.currentName().equals("results")) {
                    parser.nextToken();
                    parser.skipChildren();
                    continue;
                }
                expect(parser, JsonToken.START_ARRAY);
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    results.add(result(parser));
                }
            }
        } catch (JacksonException e) {
            throw new IOException("not the JSON of a bench: " + e.getOriginalMessage(), e);
        }
        return results;
    }

    private static Result result(JsonParser parser) throws IOException {
        String name = null;
        boolean intact = false;
        Map<String, Double> figures = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            if (key.equals("name") && value == JsonToken.VALUE_STRING) {
                name = parser.getString();
            } else if (key.equals("intact")) {
                intact = value == JsonToken.VALUE_TRUE;
            } else if (key.equals("figures") && value == JsonToken.START_OBJECT) {
                figures(parser, figures);
            } else {
                parser.skipChildren();
            }
        }
        if (name == null) {
            throw new IOException("not the JSON of a bench: a result without a name");
        }
        return new Result(name, figures, intact);
    }

    private static void figures(JsonParser parser, Map<String, Double> figures) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            figures.put(key, value.isNumeric() ? parser.getDoubleValue() : Double.NaN);
            parser.skipChildren();
        }
    }

    private static void expect(JsonParser parser, JsonToken token) throws IOException {
        if (parser.nextToken() != token) {
            throw new IOException("not the JSON of a bench");
        }
    }
}

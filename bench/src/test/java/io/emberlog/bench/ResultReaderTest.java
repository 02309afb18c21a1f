package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultReaderTest {
    private static List<Result> read(String json) throws IOException {
        return ResultReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatJsonPrintsIsReadBack() throws Exception {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("average ns", 153.25);
        figures.put("+-", Double.NaN);
        figures.put("refused", 0.0);
        List<Result> results = List.of(
                new Result("call.three-args", figures, true),
                new Result("replay.text", Map.of("M records/s", 1e-3), false));
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        Report.printJson(Map.of("cpu", "a \"good\" one"), results, new PrintStream(json, true, StandardCharsets.UTF_8));
        assertThat(ResultReader.read(json.toByteArray())).isEqualTo(results);
    }

    @Test
    void whatAnotherVersionAddsIsPassedOver() throws Exception {
        assertThat(read("{\"results\": [{\"new\": [{}], \"name\": \"a.b\", \"intact\": true, \"figures\":"
                        + " {\"x\": 1, \"y\": {\"z\": 2}}}], \"more\": {\"results\": []}}"))
                .singleElement()
                .satisfies(result -> assertThat(result.figures()).containsEntry("x", 1.0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "no JSON",
                "{\"results\": 1}",
                "{\"results\": [{\"intact\": true}]}",
                "{\"results\": [{"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
    }
}

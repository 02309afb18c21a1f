package io.emberlog.handler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonAnswerTest {
    @Test
    void valuesOfAllKindsAreRead() {
        Object value = JsonAnswer.parse(
                " {\"a\": [1, -2.5e3, true, false, null, \"\\u00e9\\n\\\\\\/\\\"\"], \"b\":{}, \"c\":[] }\n");
        assertThat(JsonAnswer.get(value, "a")).isEqualTo(Arrays.asList(1.0, -2500.0, true, false, null, "é\n\\/\""));
        assertThat(JsonAnswer.get(value, "b")).isEqualTo(Map.of());
        assertThat(JsonAnswer.get(value, "c")).isEqualTo(List.of());
        assertThat(JsonAnswer.get(value, "d")).isNull();
        assertThat(JsonAnswer.get("text", "d")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "{\"a\"}",
                "{\"a\":1,}",
                "[1 2]",
                "nul",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"a\nb\"",
                "1 2",
                "<html>",
                "{1:2}",
                "[--1]"
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonAnswer.parse(text))
                .withMessageStartingWith("not JSON: ");
    }

    @Test
    void depthIsBounded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonAnswer.parse("[".repeat(100_000)))
                .withMessageContaining("levels");
    }

    @Test
    void randomTextNeitherHangsNorFailsOtherwise() {
        SplittableRandom random = new SplittableRandom(11);
        String alphabet = "{}[]\",:\\u0123tfnae-. \n";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(24); j > 0; j--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                JsonAnswer.parse(text.toString());
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("not JSON: ");
            }
        }
    }
}

package io.emberlog.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
    private static final List<String> KEYS = List.of("path", "format", "max_size", "min_level", "keep_files");

    @ParameterizedTest
    @CsvSource({"pahth,path", "maxSize,max_size", "max-size,max_size", "MinLevel,min_level", "fromat,format"})
    void aSlipOfTheFingersIsForgiven(String written, String meant) {
        assertThat(Suggestion.of(written, KEYS)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"colour", "x", "rotation", "pa"})
    void anotherWordIsNotGuessedAt(String written) {
        assertThat(Suggestion.of(written, KEYS)).isEmpty();
    }

    @Test
    void theDistanceCountsEditsAndSwaps() {
        assertThat(Suggestion.distance("", "abc")).isEqualTo(3);
        assertThat(Suggestion.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Suggestion.distance("ab", "ba")).isEqualTo(1);
        assertThat(Suggestion.distance("same", "same")).isZero();
    }
}

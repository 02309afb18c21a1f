package io.emberlog.handler.alert;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {
    private static long literal(String text) {
        return Fingerprint.of(Records.of("md-1", "a", 17, 0, text));
    }

    @ParameterizedTest
    @CsvSource({
        "order 42 failed, order 43 failed",
        "at 10:30:45.123 lost 10.0.0.1:8080, at 11:31:46.9 lost 10.0.12.250:80",
        "id 4bf92f35-77b3-4da6-a3ce-929d0e0e4736 gone, id 00f067aa-0ba9-02b7-a3ce-929d0e0e4736 gone",
        "Ünï7 x, Ünï8 x"
    })
    void textsThatDifferInNumbersAreOneProblem(String one, String other) {
        assertThat(literal(one)).isEqualTo(literal(other));
    }

    @ParameterizedTest
    @CsvSource({"order failed, order filled", "order 42 failed, order failed", "a b, ab"})
    void textsThatDifferInWordsAreTwo(String one, String other) {
        assertThat(literal(one)).isNotEqualTo(literal(other));
    }

    @Test
    void aTemplateIsOneProblemWhateverItsArguments() {
        assertThat(Fingerprint.of(Records.template("order {} failed", "a")))
                .isEqualTo(Fingerprint.of(Records.template("order {} failed", "b")))
                .isNotEqualTo(Fingerprint.of(Records.template("order {} filled", "a")));
    }

    @Test
    void levelLoggerExceptionClassAndTopFrameTellProblemsApart() {
        assertThat(List.of(
                        failure(17, "a", "X", "f"),
                        failure(18, "a", "X", "f"),
                        failure(17, "b", "X", "f"),
                        failure(17, "a", "Y", "f"),
                        failure(17, "a", "X", "g")))
                .doesNotHaveDuplicates();
        assertThat(failure(17, "a", "X", "f")).isEqualTo(failure(17, "a", "X", "f"));
    }

    private static long failure(int severity, String logger, String type, String frame) {
        LogRecord record = Records.record(0, severity, encoder -> {
            encoder.text(LOGGER, logger);
            encoder.text(TEMPLATE, "failed");
            encoder.beginException();
            encoder.beginThrowable(ROOT, 0, type, "message " + System.nanoTime());
            encoder.frame(frame);
            encoder.endThrowable(0);
            encoder.endException();
        });
        return Fingerprint.of(record);
    }
}

package io.emberlog.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpReplyTest {
    private static final Instant NOW = Instant.parse("2026-01-15T10:30:45Z");

    @ParameterizedTest
    @CsvSource({
        "200, DELIVERED", "204, DELIVERED", "301, UNAVAILABLE", "400, REJECTED", "401, UNAVAILABLE", "403, UNAVAILABLE",
        "404, UNAVAILABLE", "408, UNAVAILABLE", "413, TOO_LARGE", "422, REJECTED", "429, UNAVAILABLE",
                "500, UNAVAILABLE",
        "503, UNAVAILABLE", "999, UNAVAILABLE"
    })
    void theStatusSaysWhetherTheRecordsAreToBlame(int status, String kind) {
        assertThat(new HttpReply(status, Duration.ZERO, new byte[0])
                        .toReply("Service")
                        .toString())
                .startsWith(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7000",
        "0.25, 250",
        "' 3 ', 3000",
        "0, 0",
        "-1, 0",
        "86400, 3600000",
        "'Thu, 15 Jan 2026 10:31:00 GMT', 15000",
        "'Thu, 15 Jan 2026 10:30:00 GMT', 0",
        "soon, 0",
        "'', 0",
        "99999999999999999999, 0"
    })
    void retryAfterIsSecondsOrADateAndAnythingElseNothing(String header, long ms) {
        assertThat(HttpReply.retryAfter(Optional.of(header), NOW)).isEqualTo(Duration.ofMillis(ms));
        assertThat(HttpReply.retryAfter(Optional.empty(), NOW)).isZero();
    }

    @Test
    void whatIsShownOfABodyIsOneShortLine() {
        byte[] body = ("first\u001b[2J\r\n\u2028second " + "x".repeat(1000)).getBytes(StandardCharsets.UTF_8);
        String shown = new HttpReply(500, Duration.ZERO, body).shown();
        assertThat(shown)
                .startsWith(": first [2J")
                .doesNotContain("\n", "\u001b", "\u2028")
                .hasSizeLessThanOrEqualTo(202);
    }
}

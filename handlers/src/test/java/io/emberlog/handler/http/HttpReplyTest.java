package io.emberlog.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.http.HttpReply.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpReplyTest {
    private static final Instant NOW = Instant.parse("2026-01-15T10:30:45Z");

    private static HttpReply answer(int status) {
        return new HttpReply(status, Duration.ZERO, new byte[0]);
    }

    private static String reply(int status) {
        return answer(status).toReply("Service").toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 207, 299})
    void whatItTookIsDelivered(int status) {
        assertThat(answer(status).verdict()).isEqualTo(Verdict.TAKEN);
        assertThat(reply(status)).isEqualTo("DELIVERED");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 409, 416, 418, 422, 444, 499})
    void theRecordsAreToBlameWhereItWorksAndDoesNotWantThem(int status) {
        assertThat(answer(status).verdict()).isEqualTo(Verdict.CONTENT);
        assertThat(reply(status)).isEqualTo("REJECTED " + status + ": Service answered " + status);
    }

    @Test
    void tooMuchAtOnceIsHalved() {
        assertThat(reply(413)).startsWith("TOO_LARGE");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 408, 421, 423, 424, 425, 429, 500, 501, 502, 503, 504, 507, 529, 999})
    void aServiceThatIsAwayOrBusyIsWaitedFor(int status) {
        assertThat(answer(status).verdict()).isEqualTo(Verdict.MOMENT);
        assertThat(reply(status)).isEqualTo("UNAVAILABLE: Service answered " + status);
    }

    @ParameterizedTest
    @CsvSource({
        "401, credentials that may write",
        "402, credentials that may write",
        "403, credentials that may write",
        "407, credentials that may write",
        "301, the address of the service",
        "404, the address of the service",
        "405, the address of the service",
        "410, the address of the service",
        "451, the address of the service",
        "406, a form of request",
        "411, a form of request",
        "412, a form of request",
        "414, a form of request",
        "415, a form of request",
        "417, a form of request",
        "426, a form of request",
        "428, a form of request",
        "431, a form of request"
    })
    void aMistakeInTheConfigurationWaitsAndIsTold(int status, String allowed) {
        assertThat(reply(status))
                .startsWith("UNAVAILABLE: Service answered " + status)
                .contains("; allowed: " + allowed);
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

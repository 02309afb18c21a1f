package io.emberlog.handler.http;

import io.emberlog.handler.delivery.Reply;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * What a service answered. Immutable.
 *
 * @param status of RFC 9110
 * @param retryAfter of the header {@code Retry-After} (seconds, with decimals where a service has them, or a date); zero without
 * @param body at most {@link HttpSender#MAX_BODY} bytes of it
 */
public record HttpReply(int status, Duration retryAfter, byte[] body) {
    private static final int MAX_SHOWN = 200;
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Decoded as UTF-8, whatever it is. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public boolean isSuccess() {
        return status / 100 == 2;
    }

    /**
     * What it means for the records that were sent, by its status alone: 2xx took them, 413 asks for less at once, and 4xx blame
     * them but for those that are about access (401, 403, 407), the address (404, 405) or the moment (408, 409, 423, 425, 429);
     * these, 3xx and 5xx say nothing about the records.
     *
     * @param service for the text: {@code Loki}
     */
    public Reply toReply(String service) {
        if (isSuccess()) {
            return Reply.delivered();
        }
        String said = service + " answered " + status + shown();
        return switch (status) {
            case 413 -> Reply.tooLarge(said);
            case 401, 403 -> Reply.unavailable(said + "; allowed: credentials that may write", retryAfter);
            case 404, 405 -> Reply.unavailable(said + "; allowed: the address of the service", retryAfter);
            case 407, 408, 409, 423, 425, 429 -> Reply.unavailable(said, retryAfter);
            default ->
                status / 100 == 4
                        ? Reply.rejected(Integer.toString(status), said)
                        : Reply.unavailable(
                                status / 100 == 3 ? said + ", a redirect, which is not followed" : said, retryAfter);
        };
    }

    /** The start of the body on one line, for an operator. */
    public String shown() {
        String text = text().strip();
        if (text.isEmpty()) {
            return "";
        }
        StringBuilder line = new StringBuilder(": ");
        text.codePoints()
                .limit(MAX_SHOWN)
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
                .forEach(line::appendCodePoint);
        return line.toString();
    }

    /** Of RFC 9110, 10.2.3; what cannot be read is as if it were not there, more than an hour is an hour. */
    static Duration retryAfter(Optional<String> header, Instant now) {
        if (header.isEmpty()) {
            return Duration.ZERO;
        }
        String text = header.get().strip();
        try {
            return text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")
                    ? seconds(Double.parseDouble(text))
                    : bounded(Duration.between(
                            now,
                            ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant()));
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }

    /** For services that say it in the body; more than an hour is an hour. */
    public static Duration seconds(double seconds) {
        return seconds > 0
                ? bounded(Duration.ofMillis((long) Math.ceil(Math.min(seconds, 1e6) * 1000)))
                : Duration.ZERO;
    }

    private static Duration bounded(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }
}

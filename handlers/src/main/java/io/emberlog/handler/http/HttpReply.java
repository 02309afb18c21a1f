package io.emberlog.handler.http;

import io.emberlog.handler.delivery.Reply;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/**
 * What a service answered. Immutable.
 *
 * @param status of RFC 9110
 * @param retryAfter of the header {@code Retry-After} (seconds, with decimals where a service has them, or a date); zero without
 * @param headers all of them
 * @param body at most {@link HttpSender#MAX_BODY} bytes of it
 */
public record HttpReply(int status, Duration retryAfter, HttpHeaders headers, byte[] body) {
    /** Who is to blame; all but the records' own fault is waited out, and told with what to do about it. */
    public enum Verdict {
        /** Nobody: it took them. */
        TAKEN,
        /** Their number or length: half of them may do. */
        TOO_LARGE,
        /** What was sent: it works and does not want this. */
        CONTENT,
        /** Credentials, or the account. */
        ACCESS,
        /** The address: nothing that takes records is there. */
        ADDRESS,
        /** What is the same in all our requests: content type, headers, encoding. */
        FORM,
        /** Nobody we know: it is away, busy, locked. */
        MOMENT
    }

    private static final int MAX_SHOWN = 200;
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Without headers. */
    public HttpReply(int status, Duration retryAfter, byte[] body) {
        this(status, retryAfter, HttpHeaders.of(Map.of(), (name, value) -> true), body);
    }

    /** Decoded as UTF-8, whatever it is. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public boolean isSuccess() {
        return status / 100 == 2;
    }

    /** What the status alone says, by RFC 9110 and those beside it. */
    public Verdict verdict() {
        return switch (status) {
            case 401, 402, 403, 407 -> Verdict.ACCESS;
            case 404, 405, 410, 451 -> Verdict.ADDRESS;
            case 406, 411, 412, 414, 415, 417, 426, 428, 431 -> Verdict.FORM;
            case 408, 421, 423, 424, 425, 429 -> Verdict.MOMENT;
            case 413 -> Verdict.TOO_LARGE;
            default ->
                switch (status / 100) {
                    case 2 -> Verdict.TAKEN;
                    case 3 -> Verdict.ADDRESS;
                    case 4 -> Verdict.CONTENT; // one that is not known means what 400 does
                    default -> Verdict.MOMENT;
                };
        };
    }

    /**
     * What it means for the records that were sent, by its {@link #verdict} alone.
     *
     * @param service for the text: {@code Loki}
     */
    public Reply toReply(String service) {
        String said = service + " answered " + status + shown();
        return switch (verdict()) {
            case TAKEN -> Reply.delivered();
            case TOO_LARGE -> Reply.tooLarge(said);
            case CONTENT -> Reply.rejected(Integer.toString(status), said);
            case ACCESS -> Reply.unavailable(said + "; allowed: credentials that may write", retryAfter);
            case ADDRESS -> Reply.unavailable(said + redirect() + "; allowed: the address of the service", retryAfter);
            case FORM -> Reply.unavailable(said + "; allowed: a form of request that it takes", retryAfter);
            case MOMENT -> Reply.unavailable(said, retryAfter);
        };
    }

    /** Behind what it answered, for an operator; nothing where it is none. */
    public String redirect() {
        return status / 100 == 3 ? ", a redirect, which is not followed" : "";
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

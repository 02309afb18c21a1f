package io.emberlog.handler.delivery;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What became of one request to a destination. Texts are shown to operators and hold no secret. Immutable; any thread. */
public final class Reply {
    enum Kind {
        DELIVERED,
        UNAVAILABLE,
        REJECTED,
        TOO_LARGE,
        PARTLY
    }

    private static final Reply ALL_DELIVERED = new Reply(Kind.DELIVERED, "", "", 0, Map.of(), new BitSet());

    private final Kind kind;
    private final String code;
    private final String reason;
    private final long retryAfterNs;
    private final Map<Integer, String> rejected;
    private final BitSet again;

    private Reply(
            Kind kind, String code, String reason, long retryAfterNs, Map<Integer, String> rejected, BitSet again) {
        this.kind = kind;
        this.code = Objects.requireNonNull(code, "code");
        this.reason = Objects.requireNonNull(reason, "reason");
        this.retryAfterNs = retryAfterNs;
        this.rejected = rejected;
        this.again = again;
    }

    /** The service has them all. */
    public static Reply delivered() {
        return ALL_DELIVERED;
    }

    /** The service did not take them, and this says nothing about the records: it is away, full, slow, or refuses us. */
    public static Reply unavailable(String reason) {
        return unavailable(reason, Duration.ZERO);
    }

    /** @param retryAfter the service's own word for when to come back; zero if it gave none */
    public static Reply unavailable(String reason, Duration retryAfter) {
        return new Reply(Kind.UNAVAILABLE, "", reason, retryAfter.toNanos(), Map.of(), new BitSet());
    }

    /**
     * The service works and does not take these: at least one of them is to blame.
     *
     * @param code the same for the same kind of refusal, such as an HTTP status; what was refused for good once is refused at
     *     once when it comes again
     */
    public static Reply rejected(String code, String reason) {
        return new Reply(Kind.REJECTED, code, reason, 0, Map.of(), new BitSet());
    }

    /** Too much at once; each half may fit. */
    public static Reply tooLarge(String reason) {
        return new Reply(Kind.TOO_LARGE, "size", reason, 0, Map.of(), new BitSet());
    }

    /**
     * The service has some of them.
     *
     * @param rejected why, by place in the batch
     * @param again places that it would take later; what is in neither was taken
     */
    public static Reply partly(String code, Map<Integer, String> rejected, BitSet again, String reason) {
        return new Reply(Kind.PARTLY, code, reason, 0, Collections.unmodifiableMap(new TreeMap<>(rejected)), (BitSet)
                again.clone());
    }

    Kind kind() {
        return kind;
    }

    String code() {
        return code;
    }

    String reason() {
        return reason;
    }

    long retryAfterNs() {
        return retryAfterNs;
    }

    Map<Integer, String> rejected() {
        return rejected;
    }

    boolean isAgain(int place) {
        return again.get(place);
    }

    @Override
    public String toString() {
        return kind + (code.isEmpty() ? "" : " " + code) + (reason.isEmpty() ? "" : ": " + reason);
    }
}

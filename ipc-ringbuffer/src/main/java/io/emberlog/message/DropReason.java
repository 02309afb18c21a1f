package io.emberlog.message;

/** Why a record was not taken. The code is what crosses processes; codes are never used again for another reason. */
public enum DropReason {
    /** The ring had no room, or only the share kept for WARN and above. */
    RING_FULL(1),
    /** The caller waited for room until its deadline. */
    BLOCK_TIMEOUT(2),
    /** No ring could be created; the record went to the fallback or nowhere. */
    NO_RING(3),
    /** The ring was being replaced and no successor was ready in time. */
    RETIRING(4),
    /** A check refused the record (larger than the ring takes). */
    REFUSED(5),
    /** An error inside the logger; counted so that the books balance. */
    FAILED(6),
    /** The logger was closed. */
    CLOSED(7);

    /** Reasons have codes below this. */
    public static final int COUNT = 8;

    private static final DropReason[] BY_CODE = new DropReason[COUNT];

    static {
        for (DropReason reason : values()) {
            BY_CODE[reason.code] = reason;
        }
    }

    private final int code;

    DropReason(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Lower-case words for messages, such as {@code ring full}. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    /** Null for a code of nobody's. */
    public static DropReason of(int code) {
        return code > 0 && code < COUNT ? BY_CODE[code] : null;
    }
}

package io.emberlog.master.drain;

import io.emberlog.master.drain.MasterEvents.Field;

/**
 * The fields by which the master's records say that a handler will not get some numbers: {@code event}, {@code handler},
 * {@code first_seq}, {@code last_seq}, {@code records}. Written by the master, read by {@code emberlog loss}.
 */
public final class LossEvent {
    /** The journal became too large, and the records were deleted. */
    public static final String RETENTION = "retention loss";

    /** The handler came to the place and they were not there. */
    public static final String GAP = "handler gap";

    public static final String EVENT_KEY = "event";
    public static final String HANDLER_KEY = "handler";
    public static final String FIRST_KEY = "first_seq";
    public static final String LAST_KEY = "last_seq";

    private LossEvent() {}

    /**
     * @param event {@link #RETENTION} or {@link #GAP}
     * @param first number of the first record
     * @param last number of the last record
     */
    public static Field[] fields(String event, String handler, long first, long last) {
        return new Field[] {
            new Field(EVENT_KEY, event),
            new Field(HANDLER_KEY, handler),
            new Field(FIRST_KEY, first),
            new Field(LAST_KEY, last),
            new Field("records", last - first + 1)
        };
    }
}

package io.emberlog.master.findings;

/**
 * Something that did not arrive, one distinct cause.
 *
 * @param kind what happened
 * @param who the worker, handler or file concerned, as that calls itself
 * @param what the cause in words
 * @param count how many of {@link Kind#unit}
 * @param firstEpochNs when the first was noticed; -1 where unknown
 * @param lastEpochNs when the last was noticed; -1 where unknown
 */
public record Loss(Kind kind, String who, String what, long count, long firstEpochNs, long lastEpochNs) {
    /** What can happen to a record on its way. */
    public enum Kind {
        /** The log call returned false: not acknowledged. */
        DROPPED("record"),
        /** A kill cut a log call short: not acknowledged. */
        UNFINISHED("call"),
        /** The ring broke the rules and was set aside; what it held and no journal has is in that file. */
        QUARANTINED("ring"),
        /** Deleted from the journal before the handler had it, or not in the journal for another reason. */
        NOT_DELIVERED("record"),
        /** The handler's destination would not take it; it is in the dead letters. */
        REJECTED("record"),
        /** Numbers that the journal does not have. */
        MISSING("record"),
        /** Places in the journal that cannot be read. */
        DAMAGED("place");

        private final String unit;

        Kind(String unit) {
            this.unit = unit;
        }

        /** What is counted, in the singular. */
        public String unit() {
            return unit;
        }
    }
}

package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;

/** A part of an expression. Immutable; any thread, as long as the record is that thread's. */
interface Condition {
    /** How tightly a part holds together when it is printed. */
    int OR = 0;

    int AND = 1;
    int NOT = 2;

    boolean holds(LogRecord record);

    /** Appends text that the parser reads as an equivalent of this. */
    void print(StringBuilder out);

    default int precedence() {
        return NOT;
    }

    /** The smallest part that makes this false for a record for which it is; itself where nothing smaller can. */
    default Condition culprit(LogRecord record) {
        return this;
    }
}

package io.emberlog.master.replay;

import io.emberlog.handler.LogRecord;
import java.io.IOException;

/** Takes the records of a replay, in order. */
@FunctionalInterface
public interface RecordSink {
    /** @param record valid during the call; its number is {@link LogRecord#UNNUMBERED} if only a ring has it */
    void accept(LogRecord record) throws IOException;
}

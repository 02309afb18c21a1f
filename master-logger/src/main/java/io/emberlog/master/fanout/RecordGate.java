package io.emberlog.master.fanout;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Which records a handler gets; the one place for filters. One thread. */
final class RecordGate {
    private final int minSeverity;
    private final byte[] ownLogger;

    RecordGate(String handler, int minSeverity) {
        this.minSeverity = minSeverity;
        ownLogger = ReportSink.loggerName(handler).getBytes(StandardCharsets.UTF_8);
    }

    boolean accepts(EntryDecoder entry) {
        return entry.severity() >= minSeverity && !isAboutThisHandler(entry);
    }

    private boolean isAboutThisHandler(EntryDecoder entry) {
        if (entry.sectionLength(MessageDescriptor.LOGGER) != ownLogger.length) {
            return false;
        }
        int offset = entry.sectionOffset(MessageDescriptor.LOGGER);
        return Arrays.equals(entry.buffer(), offset, offset + ownLogger.length, ownLogger, 0, ownLogger.length);
    }
}

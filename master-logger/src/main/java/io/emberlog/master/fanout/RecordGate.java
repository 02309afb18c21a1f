package io.emberlog.master.fanout;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
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

    boolean accepts(LogRecord record) {
        EntryDecoder entry = record.entry();
        return entry.severity() >= minSeverity && !(isAboutThisHandler(entry) && isOfAMaster(record.worker()));
    }

    /** A worker's logger may have any name. */
    private static boolean isOfAMaster(WorkerIdentity worker) {
        return worker.process().equals(ReportSink.MASTER_PROCESS)
                && worker.service().equals(ReportSink.MASTER_SERVICE);
    }

    private boolean isAboutThisHandler(EntryDecoder entry) {
        if (entry.sectionLength(MessageDescriptor.LOGGER) != ownLogger.length) {
            return false;
        }
        int offset = entry.sectionOffset(MessageDescriptor.LOGGER);
        return Arrays.equals(entry.buffer(), offset, offset + ownLogger.length, ownLogger, 0, ownLogger.length);
    }
}

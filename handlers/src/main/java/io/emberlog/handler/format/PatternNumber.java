package io.emberlog.handler.format;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.Level;

/** The numbers that a pattern can show. Stateless. */
enum PatternNumber {
    PROCESS {
        @Override
        long of(LogRecord record) {
            return record.worker().pid();
        }
    },
    THREAD {
        @Override
        long of(LogRecord record) {
            return record.entry().threadId();
        }
    },
    LINE {
        @Override
        long of(LogRecord record) {
            long line = CallerText.line(record.entry());
            return line < 0 ? UNKNOWN : line;
        }
    },
    /** 0 to 24, OpenTelemetry's scale. */
    SEVERITY {
        @Override
        long of(LogRecord record) {
            return record.entry().severity();
        }
    },
    /** Python's: 10 for DEBUG, 20 INFO, 30 WARN, 40 ERROR, 50 FATAL, and up to three above each for those between. */
    PYTHON_LEVEL {
        @Override
        long of(LogRecord record) {
            int severity = record.entry().severity();
            int debug = Level.DEBUG.severity();
            return severity < debug ? severity : (severity - debug) / 4 * 10 + (severity - debug) % 4 + 10;
        }
    },
    SEQUENCE {
        @Override
        long of(LogRecord record) {
            return record.sequence() == LogRecord.UNNUMBERED ? UNKNOWN : record.sequence();
        }
    },
    /** Of the timestamp, 0 to 999. */
    MILLISECOND {
        @Override
        long of(LogRecord record) {
            return Math.floorMod(record.entry().timestampNs(), 1_000_000_000L) / 1_000_000;
        }
    };

    /** Of a record that has none. */
    static final long UNKNOWN = Long.MIN_VALUE;

    abstract long of(LogRecord record);

    PatternPart part() {
        return (record, out) -> {
            long value = of(record);
            if (value == UNKNOWN) {
                out.append(PatternTexts.UNKNOWN);
            } else {
                out.append(value);
            }
        };
    }
}

package io.emberlog.worker.slf4j;

import io.emberlog.message.Level;
import io.emberlog.worker.LogEntry;
import io.emberlog.worker.WorkerLogger;
import java.util.List;
import java.util.Map;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LoggingEventAware;

/**
 * An SLF4J logger whose calls are records of the worker. Arguments and key-values stay typed; the diagnostic context of
 * the calling thread goes along, and where it holds {@code trace_id} and {@code span_id} (or {@code traceId} and
 * {@code spanId}) these are the record's. Any thread; never throws, whatever is logged: what an error keeps from becoming a
 * record is counted as {@code FAILED}.
 */
final class EmberlogLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1;
    private static final String CALLED_CLASS =
            LegacyAbstractLogger.class.getSuperclass().getName();

    /** By {@link org.slf4j.event.Level#toInt} / 10. */
    private static final Level[] LEVELS = {Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR};

    private static final int INFO = 2;

    private final transient LazyWorker worker;
    private final transient ThreadMdcAdapter mdc;
    /** Set at first use; null also when the worker could not be opened. */
    private transient volatile WorkerLogger delegate;
    /**
     * Calls of each of {@link #LEVELS} whose thread had not even the stack to count them as failed; the next call does. The
     * one place that is written without a method call, and not atomic for that.
     */
    private final transient long[] failedAtStackEnd = new long[LEVELS.length];

    private transient boolean hasFailedAtStackEnd;

    EmberlogLogger(String name, LazyWorker worker, ThreadMdcAdapter mdc) {
        this.name = name;
        this.worker = worker;
        this.mdc = mdc;
    }

    private WorkerLogger delegate() {
        WorkerLogger logger = delegate;
        if (logger == null) {
            WorkerLogger root = worker.get();
            if (root != null) {
                logger = root.logger(name);
                delegate = logger;
            }
        }
        return logger;
    }

    private boolean isEnabled(Level level) {
        try {
            WorkerLogger logger = delegate();
            return logger != null && logger.isEnabled(level);
        } catch (Throwable heapOrStackIsFull) {
            return true; // the call that follows finds out, and counts
        }
    }

    @Override
    public boolean isTraceEnabled() {
        return isEnabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled(Level.ERROR);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null; // only read by loggers that hand the record on to another system
    }

    @Override
    protected void handleNormalizedLoggingCall(
            org.slf4j.event.Level level, Marker marker, String message, Object[] arguments, Throwable throwable) {
        LogEntry entry = null;
        int at = INFO;
        try {
            at = level.toInt() / 10;
            entry = start(at);
            if (entry != null) {
                if (marker != null) {
                    entry.marker(name(marker));
                }
                finish(entry, message, arguments, throwable, CALLED_CLASS);
            }
        } catch (Throwable e) {
            try {
                fail(entry, at);
            } catch (Throwable noStackLeft) {
                failedAtStackEnd[at]++;
                hasFailedAtStackEnd = true;
            }
        }
    }

    @Override
    public void log(LoggingEvent event) {
        LogEntry entry = null;
        int at = INFO;
        try {
            org.slf4j.event.Level level = event.getLevel();
            at = level == null ? INFO : level.toInt() / 10;
            entry = start(at);
            if (entry != null) {
                markers(entry, event.getMarkers());
                pairs(entry, event.getKeyValuePairs());
                String message = event.getMessage();
                String boundary = event.getCallerBoundary();
                finish(
                        entry,
                        message == null ? "" : message,
                        event.getArgumentArray(),
                        event.getThrowable(),
                        boundary == null ? CALLED_CLASS : boundary);
            }
        } catch (Throwable e) {
            try {
                fail(entry, at);
            } catch (Throwable noStackLeft) {
                failedAtStackEnd[at]++;
                hasFailedAtStackEnd = true;
            }
        }
    }

    /** @return null when there is no worker */
    private LogEntry start(int at) {
        WorkerLogger logger = delegate();
        if (logger == null) {
            return null;
        }
        if (hasFailedAtStackEnd) {
            collect(logger);
        }
        return logger.at(LEVELS[at]);
    }

    /** @param entry null when there was none yet; one that was ended before is counted already */
    private void fail(LogEntry entry, int at) {
        if (entry != null) {
            entry.fail();
            return;
        }
        WorkerLogger logger = delegate;
        WorkerLogger counting = logger == null ? worker.get() : logger;
        if (counting != null) {
            counting.at(LEVELS[at]).fail();
        }
    }

    /** Counts what could not be counted where it failed. */
    private void collect(WorkerLogger logger) {
        hasFailedAtStackEnd = false;
        try {
            synchronized (failedAtStackEnd) { // for some numbers; nothing in here waits
                for (int at = 0; at < LEVELS.length; at++) {
                    while (failedAtStackEnd[at] > 0) {
                        logger.at(LEVELS[at]).fail();
                        failedAtStackEnd[at]--;
                    }
                }
            }
        } catch (Throwable noStackEither) {
            hasFailedAtStackEnd = true;
        }
    }

    private static void markers(LogEntry entry, List<Marker> markers) {
        if (markers == null || markers.isEmpty()) {
            return;
        }
        if (markers.size() == 1) {
            entry.marker(name(markers.get(0)));
            return;
        }
        StringBuilder names = new StringBuilder();
        for (Marker marker : markers) {
            names.append(names.length() == 0 ? "" : ",").append(name(marker));
        }
        entry.marker(names.toString());
    }

    /** A marker may be a class of the application, or null. */
    private static String name(Marker marker) {
        try {
            return marker == null ? "null" : marker.getName();
        } catch (Throwable e) {
            return failed("getName()", e);
        }
    }

    private static void pairs(LogEntry entry, List<KeyValuePair> pairs) {
        if (pairs == null) {
            return;
        }
        for (KeyValuePair pair : pairs) {
            if (pair != null) {
                entry.kv(pair.key, pair.value);
            }
        }
    }

    private void finish(LogEntry entry, String message, Object[] arguments, Throwable throwable, String boundary) {
        if (arguments != null) {
            for (Object argument : arguments) {
                entry.arg(argument);
            }
        }
        if (throwable != null) {
            entry.cause(throwable);
        }
        context(entry);
        if (delegate.recordsCaller()) {
            entry.location(boundary);
        }
        entry.log(message);
    }

    private void context(LogEntry entry) {
        Map<String, String> map = mdc.current();
        if (map == null) {
            return;
        }
        String trace = null;
        String span = null;
        for (Map.Entry<?, ?> pair : map.entrySet()) { // through a raw map anything gets in
            String key = text(pair.getKey());
            String value = pair.getValue() == null ? null : text(pair.getValue());
            entry.mdc(key, value);
            switch (key) {
                case "trace_id", "traceId" -> trace = value;
                case "span_id", "spanId" -> span = value;
                default -> {
                    // an entry like any other
                }
            }
        }
        if (trace != null || span != null) {
            entry.trace(trace, span);
        }
    }

    private static String text(Object object) {
        try {
            String text = object == null ? null : object.toString();
            return text == null ? "null" : text;
        } catch (Throwable e) {
            return failed("toString()", e);
        }
    }

    /** What stands in the record where a method of the application threw. */
    private static String failed(String method, Throwable e) {
        return "[FAILED " + method + ": " + e.getClass().getName() + "]";
    }
}

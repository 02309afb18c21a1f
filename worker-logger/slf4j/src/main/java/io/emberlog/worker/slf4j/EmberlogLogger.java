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
 * {@code spanId}) these are the record's. Any thread; never throws, whatever is logged.
 */
final class EmberlogLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1;
    private static final String CALLED_CLASS =
            LegacyAbstractLogger.class.getSuperclass().getName();

    private final transient LazyWorker worker;
    private final transient ThreadMdcAdapter mdc;
    /** Set at first use; null also when the worker could not be opened. */
    private transient volatile WorkerLogger delegate;

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
        WorkerLogger logger = delegate();
        return logger != null && logger.isEnabled(level);
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

    private static Level level(org.slf4j.event.Level level) {
        return switch (level) {
            case TRACE -> Level.TRACE;
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null; // only read by loggers that hand the record on to another system
    }

    @Override
    protected void handleNormalizedLoggingCall(
            org.slf4j.event.Level level, Marker marker, String message, Object[] arguments, Throwable throwable) {
        WorkerLogger logger = delegate();
        if (logger == null) {
            return;
        }
        LogEntry entry = logger.at(level(level));
        if (marker != null) {
            entry.marker(name(marker));
        }
        finish(logger, entry, message, arguments, throwable, CALLED_CLASS);
    }

    @Override
    public void log(LoggingEvent event) {
        WorkerLogger logger = delegate();
        if (logger == null) {
            return;
        }
        LogEntry entry = logger.at(level(event.getLevel()));
        if (event.getMarkers() != null && !event.getMarkers().isEmpty()) {
            entry.marker(names(event.getMarkers()));
        }
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                entry.kv(pair.key, pair.value);
            }
        }
        String boundary = event.getCallerBoundary();
        finish(
                logger,
                entry,
                event.getMessage() == null ? "" : event.getMessage(),
                event.getArgumentArray(),
                event.getThrowable(),
                boundary == null ? CALLED_CLASS : boundary);
    }

    private static String names(List<Marker> markers) {
        if (markers.size() == 1) {
            return name(markers.get(0));
        }
        StringBuilder names = new StringBuilder();
        for (Marker marker : markers) {
            names.append(names.length() == 0 ? "" : ",").append(name(marker));
        }
        return names.toString();
    }

    /** A marker may be a class of the application. */
    private static String name(Marker marker) {
        try {
            return marker.getName();
        } catch (RuntimeException | Error e) {
            return "[FAILED getName(): " + e.getClass().getName() + "]";
        }
    }

    private void finish(
            WorkerLogger logger,
            LogEntry entry,
            String message,
            Object[] arguments,
            Throwable throwable,
            String boundary) {
        if (arguments != null) {
            for (Object argument : arguments) {
                entry.arg(argument);
            }
        }
        if (throwable != null) {
            entry.cause(throwable);
        }
        context(entry);
        if (logger.recordsCaller()) {
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
            String key = String.valueOf(pair.getKey());
            String value = pair.getValue() == null ? null : String.valueOf(pair.getValue());
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
}

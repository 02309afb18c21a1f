package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.lang.StackWalker.StackFrame;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One record in the making: {@code log.atWarn().arg(id).kv("venue", "XLON").cause(e).log("order {} rejected")}. Obtained
 * from {@link WorkerLogger#at}, used by one thread for one record, ended by {@code log}; after that it is another
 * record's and calls on it do nothing. Makes no garbage for numbers, strings, booleans and {@code null}. Where the level
 * is disabled, every method does nothing and {@code log} returns false. No method throws.
 */
public final class LogEntry {
    static final LogEntry DISABLED = new LogEntry(null);

    private static final StackWalker CALLERS = StackWalker.getInstance();

    private final Scratch scratch;
    private final ArgList args;
    private final ValueList fields;
    private final ValueList mdc;
    /** Null while the entry is nobody's. Also set where no method can be called any more. */
    Thread owner;

    private WorkerLogger logger;
    private Level level;
    /** Why something of this record is missing, a full heap or the end of the stack; null while nothing is. */
    private VirtualMachineError incomplete;

    /** More than text and arguments: one of the fields that follow is set, or a pair. */
    private boolean extended;

    private Throwable cause;
    private String marker;
    private String traceId;
    private String spanId;
    private byte[] payload;
    private boolean hasCaller;
    private String callerFile;
    private String callerPath;
    private String callerFunction;
    private int callerLine;

    /** @param scratch null for the one that does nothing */
    LogEntry(Scratch scratch) {
        this.scratch = scratch;
        args = scratch == null ? null : new ArgList();
        fields = scratch == null ? null : new ValueList();
        mdc = scratch == null ? null : new ValueList();
    }

    LogEntry start(WorkerLogger forLogger, Level atLevel) {
        owner = Thread.currentThread();
        logger = forLogger;
        level = atLevel;
        return this;
    }

    private boolean isMine() {
        return owner != null && owner == Thread.currentThread();
    }

    /** The next argument for {@code {}}. */
    public LogEntry arg(long value) {
        if (isMine()) {
            try {
                args.add(value);
            } catch (VirtualMachineError e) {
                incomplete = e; // a record without it would be another one
            }
        }
        return this;
    }

    /** The next argument for {@code {}}. */
    public LogEntry arg(double value) {
        if (isMine()) {
            try {
                args.add(value);
            } catch (VirtualMachineError e) {
                incomplete = e;
            }
        }
        return this;
    }

    /** The next argument for {@code {}}. */
    public LogEntry arg(float value) {
        if (isMine()) {
            try {
                args.add(value);
            } catch (VirtualMachineError e) {
                incomplete = e;
            }
        }
        return this;
    }

    /** The next argument for {@code {}}. */
    public LogEntry arg(boolean value) {
        if (isMine()) {
            try {
                args.add(value);
            } catch (VirtualMachineError e) {
                incomplete = e;
            }
        }
        return this;
    }

    /** The next argument for {@code {}}; a text of one character. */
    public LogEntry arg(char value) {
        if (isMine()) {
            try {
                args.add(value);
            } catch (VirtualMachineError e) {
                incomplete = e;
            }
        }
        return this;
    }

    /**
     * The next argument for {@code {}}. Rendered when {@code log} is called, in this thread, unless it is a number, a
     * boolean or a string. A throwable that is the last argument and has no {@code {}} is the record's exception.
     */
    public LogEntry arg(Object value) {
        if (isMine()) {
            try {
                args.add(value);
            } catch (VirtualMachineError e) {
                incomplete = e;
            }
        }
        return this;
    }

    /** The next argument for {@code {}}, computed now and only where the level is enabled. */
    public LogEntry arg(Supplier<?> supplier) {
        return isMine() ? arg(get(supplier)) : this;
    }

    private void add(ValueList pairs, String key, int kind, long bits, Object object) {
        extended = true;
        try {
            pairs.add(key, kind, bits, object);
        } catch (VirtualMachineError e) {
            incomplete = e;
        }
    }

    private static Object get(Supplier<?> supplier) {
        try {
            return supplier == null ? null : supplier.get();
        } catch (Throwable e) {
            return ObjectText.failed("get()", e);
        }
    }

    /** A field beside the text. */
    public LogEntry kv(String key, long value) {
        return kv(key, ValueList.LONG, value, null);
    }

    /** A field beside the text. */
    public LogEntry kv(String key, double value) {
        return kv(key, ValueList.DOUBLE, Double.doubleToRawLongBits(value), null);
    }

    /** A field beside the text. */
    public LogEntry kv(String key, float value) {
        return kv(key, ValueList.FLOAT, Float.floatToRawIntBits(value), null);
    }

    /** A field beside the text. */
    public LogEntry kv(String key, boolean value) {
        return kv(key, ValueList.BOOLEAN, value ? 1 : 0, null);
    }

    /** A field beside the text; a text of one character. */
    public LogEntry kv(String key, char value) {
        return kv(key, ValueList.CHAR, value, null);
    }

    /** A field beside the text. Rendered as {@link #arg(Object)} is. */
    public LogEntry kv(String key, Object value) {
        return kv(key, ValueList.OBJECT, 0, value);
    }

    /** A field beside the text, computed now and only where the level is enabled. */
    public LogEntry kv(String key, Supplier<?> supplier) {
        return isMine() ? kv(key, get(supplier)) : this;
    }

    private LogEntry kv(String key, int kind, long bits, Object object) {
        if (isMine()) {
            add(fields, key, kind, bits, object);
        }
        return this;
    }

    /** A pair of the diagnostic context; bridges of APIs that have one call this. */
    public LogEntry mdc(String key, String value) {
        if (isMine()) {
            add(mdc, key, ValueList.OBJECT, 0, value);
        }
        return this;
    }

    /** The exception, with its causes and suppressed ones. */
    public LogEntry cause(Throwable throwable) {
        if (isMine()) {
            extended = true;
            cause = throwable;
        }
        return this;
    }

    /** The marker; the last one counts. */
    public LogEntry marker(String name) {
        if (isMine()) {
            extended = true;
            marker = name;
        }
        return this;
    }

    /** Ids of the trace and the span that this record belongs to, as text; null for none. */
    public LogEntry trace(String trace, String span) {
        if (isMine()) {
            extended = true;
            traceId = trace;
            spanId = span;
        }
        return this;
    }

    /** A payload of bytes beside the text, copied when {@code log} is called. */
    public LogEntry bytes(byte[] bytes) {
        if (isMine()) {
            extended = true;
            payload = bytes;
        }
        return this;
    }

    /** Where this call stands in the code. Walks the stack: some microseconds and some garbage. */
    public LogEntry location() {
        return isMine() ? located(null) : this;
    }

    /**
     * As {@link #location()} for bridges: the caller is whoever called into that class.
     *
     * @param boundary name of the class that the application calls
     */
    public LogEntry location(String boundary) {
        return isMine() ? located(boundary) : this;
    }

    private LogEntry located(String boundary) {
        try {
            CALLERS.walk(frames -> {
                        Stream<StackFrame> callers = frames.dropWhile(frame -> isOf(LogEntry.class.getName(), frame));
                        if (boundary != null) {
                            callers = callers.dropWhile(frame -> !isOf(boundary, frame))
                                    .dropWhile(frame -> isOf(boundary, frame));
                        }
                        return callers.findFirst();
                    })
                    .ifPresent(this::caller);
        } catch (RuntimeException | Error notFound) {
            return this; // a record without its place is better than none
        }
        return this;
    }

    private static boolean isOf(String className, StackFrame frame) {
        return frame.getClassName().equals(className);
    }

    private void caller(StackFrame frame) {
        String type = frame.getClassName();
        String file = frame.getFileName();
        String folder = type.substring(0, type.lastIndexOf('.') + 1).replace('.', '/');
        caller(file, file == null ? null : folder + file, frame.getLineNumber(), type + "." + frame.getMethodName());
    }

    /** Where the code stood, as the caller knows it; texts may be null. */
    public LogEntry caller(String file, String path, int line, String function) {
        if (isMine()) {
            extended = true;
            hasCaller = true;
            callerFile = file;
            callerPath = path;
            callerLine = line;
            callerFunction = function;
        }
        return this;
    }

    /**
     * Ends the record.
     *
     * @param template text; {@code {}} stands for the arguments where there are any, else it is literal
     * @return true when the record is ringed
     */
    public boolean log(String template) {
        if (!isMine()) {
            return false;
        }
        return logger.finish(this, scratch, level, template);
    }

    /** Ends a record that has no text, such as one of bytes or of fields alone. */
    public boolean log() {
        return log("");
    }

    /**
     * Ends the record without logging it, where something of it could not be had: it counts as {@code FAILED}. For bridges,
     * in whose own code an error may come; of a record that was ended before, nothing is counted.
     */
    public void fail() {
        if (isMine()) {
            logger.fail(this, scratch, level);
        }
    }

    /** Writes all sections; user code may run in here. */
    void encode(WorkerLogger from, Level at, String template) {
        if (incomplete != null) {
            throw incomplete;
        }
        BatchEncoder batch = scratch.batch;
        from.begin(scratch, at, template);
        Throwable exception = cause;
        int count = args.size();
        if (exception == null && args.lastThrowable() != null && Placeholders.count(template) < count) {
            exception = args.lastThrowable();
            count--;
        }
        if (args.size() > 0) {
            args.encode(batch, count);
        }
        scratch.levelName(at);
        if (extended || exception != null) {
            encodeRest(batch, exception);
        }
        batch.endEntry();
    }

    private void encodeRest(BatchEncoder batch, Throwable exception) {
        batch.text(MessageDescriptor.MARKER, marker);
        if (fields.size() > 0) {
            fields.encodePairs(batch, MessageDescriptor.FIELDS);
        }
        if (mdc.size() > 0) {
            mdc.encodePairs(batch, MessageDescriptor.MDC);
        }
        batch.text(MessageDescriptor.TRACE_ID, traceId);
        batch.text(MessageDescriptor.SPAN_ID, spanId);
        if (exception != null) {
            ThrowableEncoder.encode(batch, exception);
        }
        if (hasCaller) {
            batch.caller(callerFile, callerPath, callerLine, callerFunction);
        }
        if (payload != null) {
            batch.bytes(payload, 0, payload.length);
        }
    }

    /** Lets go of everything that belongs to the application. */
    void clear() {
        owner = null;
        logger = null;
        level = null;
        incomplete = null;
        args.clear();
        if (extended) {
            clearRest();
        }
    }

    private void clearRest() {
        extended = false;
        cause = null;
        marker = null;
        traceId = null;
        spanId = null;
        payload = null;
        hasCaller = false;
        callerFile = null;
        callerPath = null;
        callerFunction = null;
        fields.clear();
        mdc.clear();
    }
}

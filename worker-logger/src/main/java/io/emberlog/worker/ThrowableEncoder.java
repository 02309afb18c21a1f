package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Writes a throwable with its causes and suppressed ones, in the order in which Java prints them, with the frames that
 * are in common with the enclosing one left out and counted. Bounded in depth, number and frames; ends at a circle.
 * Methods that the application may have overridden are called with care: what they throw becomes text. One thread.
 */
final class ThrowableEncoder {
    private static final int MAX_DEPTH = 60;
    private static final int MAX_THROWABLES = 300;
    private static final int MAX_FRAMES = 1024;
    private static final StackTraceElement[] NO_FRAMES = {};

    private final BatchEncoder batch;
    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private int count;

    private ThrowableEncoder(BatchEncoder batch) {
        this.batch = batch;
    }

    static void encode(BatchEncoder batch, Throwable root) {
        batch.beginException();
        new ThrowableEncoder(batch).node(MessageDescriptor.ROOT, 0, root, NO_FRAMES);
        batch.endException();
    }

    /** @return false when nothing more fits */
    private boolean node(int kind, int depth, Throwable throwable, StackTraceElement[] enclosing) {
        String name = throwable.getClass().getName();
        if (!seen.add(throwable)) {
            return begin(MessageDescriptor.CIRCULAR, depth, name, message(throwable)) && end(0);
        }
        if (depth > MAX_DEPTH || ++count > MAX_THROWABLES) {
            if (begin(kind, depth, name, "[further causes left out]")) {
                end(0);
            }
            return false;
        }
        if (!begin(kind, depth, name, message(throwable))) {
            return false;
        }
        StackTraceElement[] trace = trace(throwable);
        int common = framesInCommon(trace, enclosing);
        int own = Math.min(trace.length - common, MAX_FRAMES);
        boolean room = true;
        for (int i = 0; i < own && room; i++) {
            room = batch.frame(String.valueOf(trace[i]));
        }
        end(common);
        return room && related(depth + 1, throwable, trace);
    }

    private boolean related(int depth, Throwable throwable, StackTraceElement[] trace) {
        for (Throwable suppressed : throwable.getSuppressed()) {
            if (!node(MessageDescriptor.SUPPRESSED, depth, suppressed, trace)) {
                return false;
            }
        }
        Throwable cause = cause(throwable);
        return cause == null || node(MessageDescriptor.CAUSE, depth, cause, trace);
    }

    private boolean begin(int kind, int depth, String name, String message) {
        return batch.beginThrowable(kind, depth, name, message);
    }

    private boolean end(int common) {
        batch.endThrowable(common);
        return true;
    }

    private static int framesInCommon(StackTraceElement[] trace, StackTraceElement[] enclosing) {
        int common = 0;
        while (common < trace.length
                && common < enclosing.length
                && trace[trace.length - 1 - common] != null
                && trace[trace.length - 1 - common].equals(enclosing[enclosing.length - 1 - common])) {
            common++;
        }
        return common;
    }

    private static String message(Throwable throwable) {
        try {
            return throwable.getLocalizedMessage();
        } catch (Throwable e) {
            return ObjectText.failed("getMessage()", e);
        }
    }

    private static Throwable cause(Throwable throwable) {
        try {
            return throwable.getCause();
        } catch (Throwable e) {
            return null; // a cause that cannot be asked for is one that cannot be shown
        }
    }

    private static StackTraceElement[] trace(Throwable throwable) {
        try {
            StackTraceElement[] trace = throwable.getStackTrace();
            return trace == null ? NO_FRAMES : trace;
        } catch (Throwable e) {
            return NO_FRAMES; // as with the cause
        }
    }
}

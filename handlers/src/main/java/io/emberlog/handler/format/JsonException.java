package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.ExceptionCursor;

/**
 * A throwable as an object: {@code class, message, frames} (texts), {@code common_frames} (how many more it shares with
 * the one it belongs to), {@code suppressed} (array), {@code circular} and {@code cause} (objects of the same kind).
 *
 * <p>The throwables come in the order of a printed stack trace, each with its depth, and go out as a tree while they
 * come. What has no place in one (a second cause, something deeper than {@value #MAX_DEPTH}) is left out with all that
 * belongs to it; {@code omitted} of the outermost object counts how many. One thread; no garbage.
 */
final class JsonException {
    static final int MAX_DEPTH = 100;

    private static final int NOTHING_YET = 0;
    private static final int IN_SUPPRESSED = 1;
    private static final int AFTER_SUPPRESSED = 2;
    private static final int AFTER_CIRCULAR = 3;
    private static final int AFTER_CAUSE = 4;

    /** Of each open object: how far its children have come; they stand in the order of these constants. */
    private final int[] progress = new int[MAX_DEPTH + 1];

    private int innermost;

    void append(ExceptionCursor throwable, Utf8Buffer out) {
        innermost = -1;
        int omitted = 0;
        int skipBelow = Integer.MAX_VALUE;
        while (throwable.nextThrowable()) {
            if (throwable.depth() > skipBelow) {
                omitted++;
            } else if (start(throwable, out)) {
                skipBelow = Integer.MAX_VALUE;
                appendBody(throwable, out);
            } else {
                omitted++;
                skipBelow = throwable.depth();
            }
        }
        if (innermost < 0) {
            out.append("null");
            return;
        }
        closeDownTo(0, out);
        endSuppressed(0, out);
        if (omitted > 0) {
            out.append(",\"omitted\":");
            out.append((long) omitted);
        }
        out.append('}');
    }

    /** Opens the object's place in its parent; false when it has none. */
    private boolean start(ExceptionCursor throwable, Utf8Buffer out) {
        if (innermost < 0) {
            open(0, out);
            return true;
        }
        int depth = Math.min(throwable.depth(), innermost + 1);
        if (depth == 0 || depth > MAX_DEPTH) {
            return false;
        }
        int parent = depth - 1;
        int before = progress[parent];
        switch (throwable.kind()) {
            case SUPPRESSED:
                if (before > IN_SUPPRESSED) {
                    return false;
                }
                closeDownTo(parent, out);
                out.append(before == IN_SUPPRESSED ? "," : ",\"suppressed\":[");
                progress[parent] = IN_SUPPRESSED;
                break;
            case CIRCULAR:
                if (before >= AFTER_CIRCULAR) {
                    return false;
                }
                closeDownTo(parent, out);
                endSuppressed(parent, out);
                out.append(",\"circular\":");
                progress[parent] = AFTER_CIRCULAR;
                break;
            default:
                if (before == AFTER_CAUSE) {
                    return false;
                }
                closeDownTo(parent, out);
                endSuppressed(parent, out);
                out.append(",\"cause\":");
                progress[parent] = AFTER_CAUSE;
                break;
        }
        open(depth, out);
        return true;
    }

    private void open(int depth, Utf8Buffer out) {
        out.append('{');
        innermost = depth;
        progress[depth] = NOTHING_YET;
    }

    /** Ends every object inside the one of that depth. */
    private void closeDownTo(int depth, Utf8Buffer out) {
        for (; innermost > depth; innermost--) {
            endSuppressed(innermost, out);
            out.append('}');
        }
    }

    private void endSuppressed(int depth, Utf8Buffer out) {
        if (progress[depth] == IN_SUPPRESSED) {
            out.append(']');
            progress[depth] = AFTER_SUPPRESSED;
        }
    }

    private static void appendBody(ExceptionCursor throwable, Utf8Buffer out) {
        out.append("\"class\":\"");
        Escaper.JSON.append(out, throwable.buffer(), throwable.classOffset(), throwable.classLength());
        if (throwable.messageLength() >= 0) {
            out.append("\",\"message\":\"");
            Escaper.JSON.append(out, throwable.buffer(), throwable.messageOffset(), throwable.messageLength());
        }
        out.append('"');
        int common = throwable.framesInCommon();
        String separator = ",\"frames\":[\"";
        boolean any = false;
        while (throwable.nextFrame()) {
            out.append(separator);
            Escaper.JSON.append(out, throwable.buffer(), throwable.frameOffset(), throwable.frameLength());
            out.append('"');
            separator = ",\"";
            any = true;
        }
        if (any) {
            out.append(']');
        }
        if (common > 0) {
            out.append(",\"common_frames\":");
            out.append((long) common);
        }
    }
}

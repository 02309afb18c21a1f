package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.ExceptionCursor;
import java.util.Arrays;

/** A throwable as Java prints it, on lines of its own or in one line with separators. One thread. */
final class HumanException {
    private static final int MAX_INDENT = 8;

    private final boolean multiLine;

    /** By depth: suppressed ones stand one step further in than what they belong to, causes at the same place. */
    private final int[] indents = new int[256];

    HumanException(boolean multiLine) {
        this.multiLine = multiLine;
    }

    void append(ExceptionCursor throwable, Utf8Buffer out) {
        Arrays.fill(indents, 0);
        while (throwable.nextThrowable()) {
            int depth = throwable.depth();
            int enclosing = depth == 0 ? 0 : indents[depth - 1];
            int indent = throwable.kind() == SUPPRESSED ? Math.min(enclosing + 1, MAX_INDENT) : enclosing;
            indents[depth] = indent;
            appendHead(throwable, indent, out);
            while (throwable.nextFrame()) {
                newLine(indent + 1, out);
                out.append("at ");
                Escaper.LINE.append(out, throwable.buffer(), throwable.frameOffset(), throwable.frameLength());
            }
            if (throwable.framesInCommon() > 0) {
                newLine(indent + 1, out);
                out.append("... ");
                out.append((long) throwable.framesInCommon());
                out.append(" more");
            }
        }
    }

    private void appendHead(ExceptionCursor throwable, int indent, Utf8Buffer out) {
        newLine(indent, out);
        switch (throwable.kind()) {
            case CAUSE -> out.append("Caused by: ");
            case SUPPRESSED -> out.append("Suppressed: ");
            case CIRCULAR -> out.append("[CIRCULAR REFERENCE: ");
            default -> {
                // the first one stands bare
            }
        }
        Escaper.LINE.append(out, throwable.buffer(), throwable.classOffset(), throwable.classLength());
        if (throwable.messageLength() >= 0) {
            out.append(": ");
            Escaper.LINE.append(out, throwable.buffer(), throwable.messageOffset(), throwable.messageLength());
        }
        if (throwable.kind() == CIRCULAR) {
            out.append(']');
        }
    }

    private void newLine(int indent, Utf8Buffer out) {
        if (multiLine) {
            out.append('\n');
            out.appendSpaces(4 * indent);
        } else {
            out.append(" | ");
        }
    }
}

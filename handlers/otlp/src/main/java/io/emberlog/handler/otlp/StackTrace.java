package io.emberlog.handler.otlp;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.ExceptionCursor;

/** A throwable as Java prints it, which is what {@code exception.stacktrace} holds. Stateless. */
final class StackTrace {
    private static final int MAX_INDENT = 8;
    private static final int MAX_DEPTH = 256;

    private StackTrace() {}

    static String of(ExceptionCursor throwable) {
        StringBuilder out = new StringBuilder();
        int[] indents = new int[MAX_DEPTH];
        while (throwable.nextThrowable()) {
            int depth = throwable.depth();
            int enclosing = depth == 0 ? 0 : indents[depth - 1];
            int indent = throwable.kind() == SUPPRESSED ? Math.min(enclosing + 1, MAX_INDENT) : enclosing;
            indents[depth] = indent;
            head(throwable, indent, out);
            while (throwable.nextFrame()) {
                line(indent + 1, out)
                        .append("at ")
                        .append(Attributes.text(throwable.buffer(), throwable.frameOffset(), throwable.frameLength()));
            }
            if (throwable.framesInCommon() > 0) {
                line(indent + 1, out)
                        .append("... ")
                        .append(throwable.framesInCommon())
                        .append(" more");
            }
        }
        return out.toString();
    }

    private static void head(ExceptionCursor throwable, int indent, StringBuilder out) {
        if (out.length() > 0) {
            line(indent, out);
        }
        out.append(
                switch (throwable.kind()) {
                    case CAUSE -> "Caused by: ";
                    case SUPPRESSED -> "Suppressed: ";
                    case CIRCULAR -> "[CIRCULAR REFERENCE: ";
                    default -> "";
                });
        out.append(Attributes.text(throwable.buffer(), throwable.classOffset(), throwable.classLength()));
        if (throwable.messageLength() >= 0) {
            out.append(": ")
                    .append(Attributes.text(throwable.buffer(), throwable.messageOffset(), throwable.messageLength()));
        }
        out.append(throwable.kind() == CIRCULAR ? "]" : "");
    }

    private static StringBuilder line(int indent, StringBuilder out) {
        return out.append('\n').append("\t".repeat(indent));
    }
}

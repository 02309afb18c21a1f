package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.ExceptionCursor;
import java.util.Arrays;

/** A throwable as {@link Throwable#printStackTrace} prints it, its lines put together in one of several ways. One thread. */
public final class StackTraceText {
    static final int ALL_FRAMES = Integer.MAX_VALUE;
    private static final int MAX_INDENT = 8;

    /** What stands where a printed stack trace has a new line and an indent. */
    enum Layout {
        /** All on one line, {@code " | "} between. */
        ONE_LINE(" | ", "", Escaper.LINE),
        /** On lines of its own, indented by four spaces: for terminals. */
        LINES("\n", "    ", Escaper.LINE),
        /** For the inside of a JSON string, which a parser gives back as Java prints it. */
        JSON("\\n", "\\t", Escaper.JSON);

        private final String newLine;
        private final String indent;
        private final Escaper escaper;

        Layout(String newLine, String indent, Escaper escaper) {
            this.newLine = newLine;
            this.indent = indent;
            this.escaper = escaper;
        }
    }

    private final Layout layout;
    private final int maxFrames;

    /** By depth: suppressed ones stand one step further in than what they belong to, causes at the same place. */
    private final int[] indents = new int[256];

    StackTraceText(Layout layout) {
        this(layout, ALL_FRAMES);
    }

    /** On lines of its own, indented by four spaces. */
    public static StackTraceText lines() {
        return new StackTraceText(Layout.LINES);
    }

    /** @param maxFrames shown of each throwable; fewer than {@link #ALL_FRAMES} leave out how many are not shown, too */
    StackTraceText(Layout layout, int maxFrames) {
        this.layout = layout;
        this.maxFrames = maxFrames;
    }

    /** Behind a text: starts with what stands for a new line. */
    public void appendBehind(ExceptionCursor throwable, Utf8Buffer out) {
        append(throwable, true, out);
    }

    /** For itself: starts with the throwable's class. */
    public void append(ExceptionCursor throwable, Utf8Buffer out) {
        append(throwable, false, out);
    }

    private void append(ExceptionCursor throwable, boolean behind, Utf8Buffer out) {
        Arrays.fill(indents, 0);
        boolean newLine = behind;
        while (throwable.nextThrowable()) {
            int depth = throwable.depth();
            int enclosing = depth == 0 ? 0 : indents[depth - 1];
            int indent = throwable.kind() == SUPPRESSED ? Math.min(enclosing + 1, MAX_INDENT) : enclosing;
            indents[depth] = indent;
            if (newLine) {
                newLine(indent, out);
            }
            newLine = true;
            appendHead(throwable, out);
            appendFrames(throwable, indent + 1, out);
        }
    }

    private void appendHead(ExceptionCursor throwable, Utf8Buffer out) {
        switch (throwable.kind()) {
            case CAUSE -> out.append("Caused by: ");
            case SUPPRESSED -> out.append("Suppressed: ");
            case CIRCULAR -> out.append("[CIRCULAR REFERENCE: ");
            default -> {
                // the first one stands bare
            }
        }
        layout.escaper.append(out, throwable.buffer(), throwable.classOffset(), throwable.classLength());
        if (throwable.messageLength() >= 0) {
            out.append(": ");
            layout.escaper.append(out, throwable.buffer(), throwable.messageOffset(), throwable.messageLength());
        }
        if (throwable.kind() == CIRCULAR) {
            out.append(']');
        }
    }

    private void appendFrames(ExceptionCursor throwable, int indent, Utf8Buffer out) {
        for (int shown = 0; shown < maxFrames && throwable.nextFrame(); shown++) {
            newLine(indent, out);
            out.append("at ");
            layout.escaper.append(out, throwable.buffer(), throwable.frameOffset(), throwable.frameLength());
        }
        if (throwable.framesInCommon() > 0 && maxFrames == ALL_FRAMES) {
            newLine(indent, out);
            out.append("... ");
            out.append((long) throwable.framesInCommon());
            out.append(" more");
        }
    }

    private void newLine(int indent, Utf8Buffer out) {
        out.append(layout.newLine);
        for (int i = 0; i < indent; i++) {
            out.append(layout.indent);
        }
    }
}

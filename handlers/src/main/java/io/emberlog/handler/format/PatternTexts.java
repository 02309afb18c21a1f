package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/** The texts that a pattern can show, for both kinds of pattern; all through {@link Escaper#LINE}. */
final class PatternTexts {
    /** What a caller's file, line and function are where the record has none. */
    static final String UNKNOWN = "?";

    private PatternTexts() {}

    static PatternPart level() {
        return (record, out) -> SectionText.appendLevel(record.entry(), Escaper.LINE, out);
    }

    static PatternPart message() {
        MessageCache messages = new MessageCache(Escaper.LINE);
        return (record, out) -> messages.append(record.entry(), out);
    }

    static PatternPart section(int tag) {
        return (record, out) -> SectionText.append(record.entry(), tag, Escaper.LINE, out);
    }

    /**
     * @param root for a record of the logger without a name
     * @param most as {@link NameAbbreviator} takes it
     */
    static PatternPart logger(String root, int most) {
        byte[] text = ascii(root);
        return (record, out) -> {
            EntryDecoder entry = record.entry();
            int length = entry.sectionLength(LOGGER);
            if (length > 0) {
                int start = entry.sectionOffset(LOGGER);
                NameAbbreviator.append(entry.buffer(), start, start + length, most, out);
            } else {
                out.append(text);
            }
        };
    }

    /** Its name, or {@code #} and its id. */
    static PatternPart thread() {
        return (record, out) -> {
            EntryDecoder entry = record.entry();
            if (entry.has(THREAD_NAME)) {
                SectionText.append(entry, THREAD_NAME, Escaper.LINE, out);
            } else {
                out.append('#');
                out.append(entry.threadId());
            }
        };
    }

    static PatternPart worker(Function<WorkerIdentity, String> name) {
        WorkerText text =
                new WorkerText((identity, out) -> SectionText.append(name.apply(identity), Escaper.LINE, out));
        return (record, out) -> text.append(record.worker(), out);
    }

    static PatternPart id() {
        WorkerText ring = new WorkerText(
                (identity, out) -> SectionText.append(identity.ringUuid().toString(), Escaper.LINE, out));
        return (record, out) -> {
            ring.append(record.worker(), out);
            out.append(':');
            out.append(record.position());
            out.append(':');
            out.append((long) record.index());
        };
    }

    static PatternPart file() {
        return caller(CallerText.FILE);
    }

    /** The path; the file where there is none. */
    static PatternPart path() {
        PatternPart path = caller(CallerText.PATH);
        PatternPart file = caller(CallerText.FILE);
        return (record, out) -> (CallerText.has(record.entry(), CallerText.PATH) ? path : file).append(record, out);
    }

    private static PatternPart caller(int which) {
        byte[] unknown = ascii(UNKNOWN);
        return (record, out) -> {
            if (CallerText.has(record.entry(), which)) {
                CallerText.append(record.entry(), which, Escaper.LINE, out);
            } else {
                out.append(unknown);
            }
        };
    }

    /** The function without what stands in front of its last dot. */
    static PatternPart method() {
        return (record, out) -> {
            ValueCursor function = CallerText.value(record.entry(), CallerText.FUNCTION);
            if (function == null || function.type() == NULL) {
                out.append(UNKNOWN);
            } else {
                int start = lastDot(function) + 1;
                int end = function.textOffset() + function.textLength();
                Escaper.LINE.append(out, function.buffer(), start, end - start);
            }
        };
    }

    /**
     * What stands in front of the last dot of the function.
     *
     * @param most as {@link NameAbbreviator} takes it
     */
    static PatternPart type(int most) {
        return (record, out) -> {
            ValueCursor function = CallerText.value(record.entry(), CallerText.FUNCTION);
            int dot = function == null || function.type() == NULL ? -1 : lastDot(function);
            if (function == null || dot < function.textOffset()) {
                out.append(UNKNOWN);
            } else {
                NameAbbreviator.append(function.buffer(), function.textOffset(), dot, most, out);
            }
        };
    }

    /** One in front of the text where there is none. */
    private static int lastDot(ValueCursor text) {
        int dot = text.textOffset() + text.textLength() - 1;
        while (dot >= text.textOffset() && text.buffer()[dot] != '.') {
            dot--;
        }
        return dot;
    }

    /** The module; the file without its ending where there is none, which is Python's. */
    static PatternPart module() {
        PatternPart file = file();
        return (record, out) -> {
            if (record.entry().has(MODULE)) {
                SectionText.append(record.entry(), MODULE, Escaper.LINE, out);
                return;
            }
            int start = out.length();
            file.append(record, out);
            int dot = out.length() - 1;
            while (dot > start && out.bytes()[dot] != '.') {
                dot--;
            }
            if (dot > start) {
                out.truncate(dot);
            }
        };
    }

    /** The value of one key of the fields or of the MDC. */
    static PatternPart value(int section, String key, String otherwise) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        byte[] missing = escaped(otherwise);
        return (record, out) -> {
            ValueCursor pairs = record.entry().pairs(section);
            while (pairs.next()) {
                boolean found = Arrays.equals(
                        pairs.buffer(),
                        pairs.textOffset(),
                        pairs.textOffset() + pairs.textLength(),
                        name,
                        0,
                        name.length);
                pairs.next();
                if (found && pairs.type() != NULL) {
                    MessageRenderer.appendValue(pairs, Escaper.LINE, out);
                    return;
                }
            }
            out.append(missing);
        };
    }

    /** {@code key=value, key=value} */
    static PatternPart mdc() {
        return (record, out) -> {
            ValueCursor pairs = record.entry().pairs(MDC);
            while (pairs.next()) {
                MessageRenderer.appendValue(pairs, Escaper.LINE, out);
                out.append('=');
                pairs.next();
                MessageRenderer.appendValue(pairs, Escaper.LINE, out);
                if (pairs.remaining() > 0) {
                    out.append(", ");
                }
            }
        };
    }

    /**
     * {@code key="value" key="value"}
     *
     * @param quote around values; empty for none. In double quotes a value's own and backslashes have a backslash in front.
     */
    static PatternPart fields(String quote) {
        Escaper escaper = quote.equals("\"") ? Escaper.JSON : Escaper.LINE;
        return (record, out) -> {
            ValueCursor pairs = record.entry().pairs(FIELDS);
            while (pairs.next()) {
                MessageRenderer.appendValue(pairs, Escaper.LINE, out);
                out.append('=');
                out.append(quote);
                pairs.next();
                MessageRenderer.appendValue(pairs, escaper, out);
                out.append(quote);
                if (pairs.remaining() > 0) {
                    out.append(' ');
                }
            }
        };
    }

    /** @param behind a text: starts with what stands for a new line */
    static PatternPart exception(int maxFrames, boolean behind) {
        StackTraceText text = new StackTraceText(StackTraceText.Layout.ONE_LINE, maxFrames);
        return (record, out) -> {
            if (record.entry().has(EXCEPTION)) {
                if (behind) {
                    text.appendBehind(record.entry().exception(), out);
                } else {
                    text.append(record.entry().exception(), out);
                }
            }
        };
    }

    private static byte[] escaped(String text) {
        Utf8Buffer out = new Utf8Buffer(text.length() + 16);
        SectionText.append(text, Escaper.LINE, out);
        return Arrays.copyOf(out.bytes(), out.length());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

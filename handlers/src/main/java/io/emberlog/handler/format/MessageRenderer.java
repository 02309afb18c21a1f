package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.Bytes;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;

/**
 * Template and arguments to the message, as SLF4J formats it: <code>{}</code> takes the next argument, <code>\{}</code>
 * is the two braces, <code>\\{}</code> a backslash and the argument; braces without an argument stay, surplus arguments
 * do not show. Without an ARGS section the text is literal. Numbers look as Java prints them. Stateless; any thread.
 */
public final class MessageRenderer {
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long OPENING = ONES * '{';

    private MessageRenderer() {}

    /** Appends the message; nothing when the record has no text. */
    public static void render(EntryDecoder entry, Escaper escaper, Utf8Buffer out) {
        render(entry, escaper, out, null);
    }

    /** @param places hears where in {@code out} each argument was put; null for nobody */
    static void render(EntryDecoder entry, Escaper escaper, Utf8Buffer out, MessageCache.Places places) {
        if (!entry.has(TEMPLATE)) {
            return;
        }
        byte[] text = entry.buffer();
        int from = entry.sectionOffset(TEMPLATE);
        int end = from + entry.sectionLength(TEMPLATE);
        if (entry.argCount() > 0) {
            from = renderArgs(text, from, end, entry.args(), escaper, out, places);
        }
        escaper.append(out, text, from, end - from);
    }

    /** @return where the rest of the template starts that holds no further argument */
    private static int renderArgs(
            byte[] text,
            int start,
            int end,
            ValueCursor args,
            Escaper escaper,
            Utf8Buffer out,
            MessageCache.Places places) {
        int from = start;
        int search = start;
        while (args.remaining() > 0) {
            int brace = nextBraces(text, search, end);
            if (brace < 0) {
                return from;
            }
            boolean escaped = brace > start && text[brace - 1] == '\\';
            boolean doubly = escaped && brace - 1 > start && text[brace - 2] == '\\';
            escaper.append(out, text, from, (escaped ? brace - 1 : brace) - from);
            if (escaped && !doubly) {
                out.append('{');
                from = brace + 1;
            } else {
                args.next();
                int at = out.length();
                appendValue(args, escaper, out);
                if (places != null) {
                    places.argument(at, out.length());
                }
                from = brace + 2;
            }
            search = from;
        }
        return from;
    }

    private static int nextBraces(byte[] text, int from, int end) {
        int at = from;
        for (; end - at > Long.BYTES; at += Long.BYTES) {
            // a byte's high bit is set where the byte is a brace; borrow may mark later bytes too, never earlier ones
            long word = Bytes.getLong(text, at) ^ OPENING;
            if ((word - ONES & ~word & HIGHS) != 0) {
                break;
            }
        }
        for (; at < end - 1; at++) {
            if (text[at] == '{' && text[at + 1] == '}') {
                return at;
            }
        }
        return -1;
    }

    /** Appends the cursor's present value as Java would print it. */
    public static void appendValue(ValueCursor value, Escaper escaper, Utf8Buffer out) {
        switch (value.type()) {
            case FALSE -> out.append("false");
            case TRUE -> out.append("true");
            case LONG -> out.append(value.longValue());
            case DOUBLE -> out.append(value.doubleValue());
            case FLOAT -> out.append(Float.toString(value.floatValue()));
            case STRING -> escaper.append(out, value.buffer(), value.textOffset(), value.textLength());
            default -> out.append("null");
        }
    }
}

package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;
import java.nio.charset.StandardCharsets;

/** Pieces that the JSON formats are made of. Stateless. */
final class JsonText {
    private JsonText() {}

    /** {@code ,"name":} */
    static byte[] key(String name) {
        return utf8(",\"" + name + "\":");
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Key and text; nothing when the section is absent. */
    static void appendSection(EntryDecoder entry, int tag, byte[] key, Utf8Buffer out) {
        if (entry.has(tag)) {
            out.append(key);
            out.append('"');
            SectionText.append(entry, tag, Escaper.JSON, out);
            out.append('"');
        }
    }

    /** Key and text; nothing when it is empty. Allocates. */
    static void appendName(String key, String name, Utf8Buffer out) {
        if (!name.isEmpty()) {
            out.append(key(key));
            out.append('"');
            SectionText.append(name, Escaper.JSON, out);
            out.append('"');
        }
    }

    /** NaN and infinities, which JSON has no numbers for, as strings. */
    static void appendValue(ValueCursor value, Utf8Buffer out) {
        if (isQuoted(value)) {
            appendQuoted(value, out);
        } else {
            MessageRenderer.appendValue(value, Escaper.JSON, out);
        }
    }

    static void appendQuoted(ValueCursor value, Utf8Buffer out) {
        out.append('"');
        MessageRenderer.appendValue(value, Escaper.JSON, out);
        out.append('"');
    }

    static boolean isQuoted(ValueCursor value) {
        return value.type() == STRING || isNoNumber(value);
    }

    private static boolean isNoNumber(ValueCursor value) {
        return value.type() == DOUBLE && !Double.isFinite(value.doubleValue())
                || value.type() == FLOAT && !Float.isFinite(value.floatValue());
    }

    /** The bytes section as base64, in quotes. */
    static void appendBytes(EntryDecoder entry, Utf8Buffer out) {
        out.append('"');
        out.appendBase64(entry.buffer(), entry.sectionOffset(BYTES), entry.sectionLength(BYTES));
        out.append('"');
    }
}

package io.emberlog.handler.redact;

import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.ValueCursor;
import java.util.Arrays;

/**
 * A template with its arguments in it, byte for byte as the worker wrote them, and where each went: what is secret may begin in one and
 * end in the other. No garbage once grown. One thread.
 */
final class JoinedMessage {
    private final Utf8Buffer text = new Utf8Buffer(512);
    private int[] starts = new int[16];
    private int[] ends = new int[16];

    private int count;

    /** Of an entry with arguments. */
    void join(EntryDecoder entry) {
        text.clear();
        count = 0;
        byte[] bytes = entry.buffer();
        int start = entry.has(MessageDescriptor.TEMPLATE) ? entry.sectionOffset(MessageDescriptor.TEMPLATE) : 0;
        int end = start + Math.max(0, entry.sectionLength(MessageDescriptor.TEMPLATE));
        int from = start;
        ValueCursor args = entry.args();
        while (args.remaining() > 0) {
            int brace = Placeholders.next(bytes, start, from, end);
            if (brace < 0) {
                break;
            }
            text.append(bytes, from, brace - from);
            args.next();
            argument(args);
            from = brace + 2;
        }
        text.append(bytes, from, end - from);
    }

    private void argument(ValueCursor value) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        starts[count] = text.length();
        if (value.type() == MessageDescriptor.STRING) {
            text.append(value.buffer(), value.textOffset(), value.textLength());
        } else {
            MessageRenderer.appendValue(value, Escaper.RAW, text);
        }
        ends[count++] = text.length();
    }

    byte[] bytes() {
        return text.bytes();
    }

    int length() {
        return text.length();
    }

    /** Arguments that are in the text; further ones have no place in the template. */
    int count() {
        return count;
    }

    int start(int argument) {
        return starts[argument];
    }

    int end(int argument) {
        return ends[argument];
    }
}

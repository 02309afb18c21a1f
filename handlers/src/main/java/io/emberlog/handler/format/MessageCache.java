package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.TEMPLATE;

import io.emberlog.message.Bytes;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;
import java.util.Arrays;

/**
 * Messages of templates that come again and again: where the arguments go was found and the text around them escaped for an
 * earlier record, and a comparison and some copies are left. Texts without arguments are not kept; they may all differ, and
 * are copied anyway. Bounded; makes no garbage once grown; one thread.
 *
 * <p>To keep a template costs more than to render it. So that two that share a place, or templates that a program puts together
 * anew for each record, do not take it from each other for ever, every change doubles how many others must come in a row
 * before the next one.
 */
final class MessageCache {
    private static final int SIZE = 256;
    /** Longer templates are not kept, nor those of more arguments. */
    private static final int MAX_LENGTH = 1024;

    private static final int MAX_ARGS = 16;
    private static final int MAX_NEEDED = 1 << 20;

    /** Of the text rendered last, where arguments start and end; what lies between them is the template's. */
    static final class Places {
        private final int[] starts = new int[MAX_ARGS];
        private final int[] ends = new int[MAX_ARGS];
        private int count;

        void argument(int start, int end) {
            starts[count] = start;
            ends[count] = end;
            count++;
        }
    }

    private static final class Message {
        /** As the worker wrote it. */
        byte[] template = {};
        /** -1 while none is kept. */
        int templateLength = -1;

        int argCount;
        /** The pieces around the arguments one after the other, escaped; behind them the template itself, escaped. */
        byte[] pieces = {};
        /** Arguments that the template has room for. */
        int places;
        /** Where the piece in front of each argument ends, and last where the last one does. */
        final int[] ends = new int[MAX_ARGS + 1];

        int escapedTemplateLength;
        /** Of others, since this one came last. */
        int others;
        /** How many it takes for one of them to be kept instead. */
        int needed = 1;
    }

    private final Escaper escaper;
    private final Message[] messages = new Message[SIZE];
    private final Places places = new Places();
    /** Of the record appended last; null where none is kept. */
    private Message found;

    MessageCache(Escaper escaper) {
        this.escaper = escaper;
        Arrays.setAll(messages, at -> new Message());
    }

    /** As {@link MessageRenderer#render} does. */
    void append(EntryDecoder entry, Utf8Buffer out) {
        found = null;
        places.count = 0;
        int argCount = entry.argCount();
        int length = entry.sectionLength(TEMPLATE);
        if (argCount == 0 || argCount > MAX_ARGS || length < Long.BYTES || length > MAX_LENGTH) {
            MessageRenderer.render(entry, escaper, out, null);
            return;
        }
        byte[] bytes = entry.buffer();
        int from = entry.sectionOffset(TEMPLATE);
        Message message = messages[place(bytes, from, length)];
        if (message.argCount == argCount
                && message.templateLength == length
                && Arrays.equals(bytes, from, from + length, message.template, 0, length)) {
            message.others = 0;
            append(message, entry.args(), out);
            found = message;
        } else if (++message.others < message.needed) {
            MessageRenderer.render(entry, escaper, out, null);
        } else {
            keep(message, entry, out);
        }
    }

    private void append(Message message, ValueCursor args, Utf8Buffer out) {
        byte[] pieces = message.pieces;
        int at = 0;
        for (int i = 0; i < message.places; i++) {
            int end = message.ends[i];
            out.append(pieces, at, end - at);
            at = end;
            args.next();
            int start = out.length();
            MessageRenderer.appendValue(args, escaper, out);
            places.argument(start, out.length());
        }
        out.append(pieces, at, message.ends[message.places] - at);
    }

    /** How many of its first arguments stand in the message appended last, and can be copied from there; 0 where that is not known. */
    int argsShown() {
        return places.count;
    }

    /** What stands for that argument in the message appended last, to which nothing was done but appending. */
    void copyArg(int arg, Utf8Buffer out) {
        int start = places.starts[arg];
        out.append(out.bytes(), start, places.ends[arg] - start);
    }

    /** The template itself, escaped, of the record appended last. */
    void appendTemplate(EntryDecoder entry, Utf8Buffer out) {
        if (found == null) {
            SectionText.append(entry, TEMPLATE, escaper, out);
        } else {
            out.append(found.pieces, found.ends[found.places], found.escapedTemplateLength);
        }
    }

    private void keep(Message message, EntryDecoder entry, Utf8Buffer out) {
        int start = out.length();
        MessageRenderer.render(entry, escaper, out, places);
        message.templateLength = -1; // where the heap has no room for the rest, nothing is kept
        message.others = 0;
        message.needed = Math.min(MAX_NEEDED, 2 * message.needed);
        int messageEnd = out.length();
        SectionText.append(entry, TEMPLATE, escaper, out);
        int escapedTemplateLength = out.length() - messageEnd;
        int argsLength = 0;
        for (int i = 0; i < places.count; i++) {
            argsLength += places.ends[i] - places.starts[i];
        }
        int length = out.length() - start - argsLength;
        if (message.pieces.length < length + Long.BYTES) {
            message.pieces = new byte[2 * length + Long.BYTES]; // with some bytes more, Utf8Buffer copies by words
        }
        int at = start;
        int end = 0;
        for (int i = 0; i <= places.count; i++) {
            int to = i < places.count ? places.starts[i] : messageEnd;
            System.arraycopy(out.bytes(), at, message.pieces, end, to - at);
            end += to - at;
            message.ends[i] = end;
            at = i < places.count ? places.ends[i] : to;
        }
        System.arraycopy(out.bytes(), messageEnd, message.pieces, end, escapedTemplateLength);
        out.truncate(messageEnd);
        message.places = places.count;
        message.escapedTemplateLength = escapedTemplateLength;
        message.argCount = entry.argCount();
        int templateLength = entry.sectionLength(TEMPLATE);
        if (message.template.length < templateLength) {
            message.template = new byte[templateLength];
        }
        System.arraycopy(entry.buffer(), entry.sectionOffset(TEMPLATE), message.template, 0, templateLength);
        message.templateLength = templateLength;
    }

    /** By the length, the first and the last eight bytes: templates of one program differ there more often than not. */
    private static int place(byte[] bytes, int from, int length) {
        long mixed = (Bytes.getLong(bytes, from) * 31 + Bytes.getLong(bytes, from + length - Long.BYTES) + length)
                * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 56);
    }
}

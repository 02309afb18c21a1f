package io.emberlog.worker;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.ValueCursor;
import java.time.Instant;

/**
 * One escaped line on standard error per record that has no ring to go to, as far as that takes them. The record is taken
 * from its encoded form, so that it shows what would have been logged. Any thread; waits for nobody.
 */
final class FallbackPrinter {
    private FallbackPrinter() {}

    static void print(Encoded entries) {
        if (Stderr.isFull()) {
            Stderr.skip(entries.entries());
            return;
        }
        EntryDecoder entry = new EntryDecoder();
        byte[] bytes = entries.source().byteArray();
        int at = MessageDescriptor.BATCH_HEADER_LENGTH;
        while (at < entries.length() && entry.wrap(bytes, at, entries.length())) {
            Stderr.println(line(entry));
            at += entry.length();
        }
    }

    static String line(EntryDecoder entry) {
        long ns = entry.timestampNs();
        StringBuilder line = new StringBuilder()
                .append(Instant.ofEpochSecond(Math.floorDiv(ns, 1_000_000_000L), Math.floorMod(ns, 1_000_000_000L)))
                .append(' ')
                .append(entry.levelName())
                .append(" [");
        escape(line, entry.text(MessageDescriptor.THREAD_NAME));
        line.append("] ");
        if (entry.has(MessageDescriptor.LOGGER)) {
            escape(line, entry.text(MessageDescriptor.LOGGER));
            line.append(' ');
        }
        line.append("- ");
        escape(line, message(entry));
        if (entry.has(MessageDescriptor.EXCEPTION)) {
            var exception = entry.exception();
            if (exception.nextThrowable()) {
                line.append(" | ");
                escape(line, text(exception.buffer(), exception.classOffset(), exception.classLength()));
                if (exception.messageLength() >= 0) {
                    line.append(": ");
                    escape(line, text(exception.buffer(), exception.messageOffset(), exception.messageLength()));
                }
            }
        }
        return line.toString();
    }

    private static String text(byte[] buffer, int offset, int length) {
        return new String(buffer, offset, length, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String message(EntryDecoder entry) {
        String template = entry.text(MessageDescriptor.TEMPLATE);
        if (template == null || entry.isLiteral()) {
            return template;
        }
        StringBuilder text = new StringBuilder();
        ValueCursor args = entry.args();
        int from = 0;
        int at = template.indexOf("{}");
        while (at >= 0 && args.next()) {
            text.append(template, from, at).append(args.value());
            from = at + 2;
            at = template.indexOf("{}", from);
        }
        return text.append(template, from, template.length()).toString();
    }

    private static void escape(StringBuilder line, String text) {
        for (int i = 0; text != null && i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)
                    || c == '\u2028'
                    || c == '\u2029'
                    || Character.getType(c) == Character.FORMAT) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
    }
}

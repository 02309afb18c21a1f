package io.emberlog.handler.journald;

import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.Utf8Buffer;

/**
 * Text of a worker for the journal, which keeps lines: line feed and tab stay, every other control character is escaped as in lines
 * ({@link Escaper#LINE}), since {@code journalctl -o cat} prints them to a terminal as they are. Stateless.
 */
final class JournalText {
    private JournalText() {}

    static void append(byte[] bytes, int offset, int length, Utf8Buffer out) {
        int end = offset + length;
        int from = offset;
        for (int i = offset; i < end; i++) {
            if (bytes[i] == '\n' || bytes[i] == '\t') {
                Escaper.LINE.append(out, bytes, from, i - from);
                out.append((char) bytes[i]);
                from = i + 1;
            }
        }
        Escaper.LINE.append(out, bytes, from, end - from);
    }
}

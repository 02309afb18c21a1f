package io.emberlog.handler.format;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.nio.charset.StandardCharsets;

/** What the formats share: sections of an entry, and texts of ours, through an {@link Escaper}. Stateless. */
final class SectionText {
    private static final byte[][] LEVEL_NAMES = new byte[Level.MAX_SEVERITY + 1][];

    static {
        for (int severity = 0; severity <= Level.MAX_SEVERITY; severity++) {
            LEVEL_NAMES[severity] = Level.canonical(severity).name().getBytes(StandardCharsets.UTF_8);
        }
    }

    private SectionText() {}

    /** Nothing when the section is absent. */
    static void append(EntryDecoder entry, int tag, Escaper escaper, Utf8Buffer out) {
        if (entry.has(tag)) {
            escaper.append(out, entry.buffer(), entry.sectionOffset(tag), entry.sectionLength(tag));
        }
    }

    /** A name of the worker, which is as little trusted as the rest. Allocates. */
    static void append(String text, Escaper escaper, Utf8Buffer out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        escaper.append(out, bytes, 0, bytes.length);
    }

    static void appendLevel(EntryDecoder entry, Escaper escaper, Utf8Buffer out) {
        if (entry.has(MessageDescriptor.LEVEL_NAME)) {
            append(entry, MessageDescriptor.LEVEL_NAME, escaper, out);
        } else {
            out.append(LEVEL_NAMES[entry.severity()]);
        }
    }
}

package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.util.Arrays;

/**
 * What lines begin with that depends on level, worker, thread and logger alone, as it was rendered for an earlier record
 * of the same: records come in runs of one thread, and one comparison and one copy replace four renderings. Bounded;
 * makes no garbage once grown; one thread.
 */
final class HeadCache {
    private static final int SIZE = 64;
    /** Longer ones are not kept. */
    private static final int MAX_LENGTH = 1024;
    /** Sections behind the template that a head may show. */
    private static final int OTHERS = EntryDecoder.tags(LEVEL_NAME, CALLER, MODULE);

    private static final class Head {
        WorkerIdentity worker;
        int severity;
        long threadId;
        /** The sections in front of the template, as the worker wrote them. */
        byte[] sections = {};

        int sectionsLength;
        byte[] text = {};
        int textLength;
    }

    private final Head[] heads = new Head[SIZE];

    HeadCache() {
        Arrays.setAll(heads, at -> new Head());
    }

    /** @return false when this record's is not kept: the caller then renders it, and calls {@link #keep} */
    boolean append(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        Head head = head(entry);
        if (head.worker != record.worker()
                || head.threadId != entry.threadId()
                || head.severity != entry.severity()
                || !dependsOnHeadAlone(entry)) {
            return false;
        }
        int from = entry.offset() + ENTRY_HEADER_LENGTH;
        int to = entry.sectionOffset(TEMPLATE) - SECTION_HEADER_LENGTH;
        if (!Arrays.equals(entry.buffer(), from, to, head.sections, 0, head.sectionsLength)) {
            return false;
        }
        out.append(head.text, 0, head.textLength);
        return true;
    }

    /** @param start where the head starts that was rendered last in {@code out} */
    void keep(LogRecord record, Utf8Buffer out, int start) {
        EntryDecoder entry = record.entry();
        if (!dependsOnHeadAlone(entry)) {
            return;
        }
        int from = entry.offset() + ENTRY_HEADER_LENGTH;
        int length = entry.sectionOffset(TEMPLATE) - SECTION_HEADER_LENGTH - from;
        int textLength = out.length() - start;
        if (length > MAX_LENGTH || textLength > MAX_LENGTH) {
            return;
        }
        Head head = head(entry);
        head.worker = null; // where the heap has no room for the rest, nobody's
        head.severity = entry.severity();
        head.threadId = entry.threadId();
        head.sections = filled(head.sections, entry.buffer(), from, length);
        head.sectionsLength = length;
        head.text = filled(head.text, out.bytes(), start, textLength);
        head.textLength = textLength;
        head.worker = record.worker();
    }

    private static boolean dependsOnHeadAlone(EntryDecoder entry) {
        return entry.has(TEMPLATE) && !entry.hasAny(OTHERS);
    }

    private Head head(EntryDecoder entry) {
        return heads[(int) (entry.threadId() * 31 + entry.severity()) & SIZE - 1];
    }

    private static byte[] filled(byte[] array, byte[] source, int from, int length) {
        byte[] to = array.length >= length ? array : new byte[Math.max(length, 2 * array.length)];
        System.arraycopy(source, from, to, 0, length);
        return to;
    }
}

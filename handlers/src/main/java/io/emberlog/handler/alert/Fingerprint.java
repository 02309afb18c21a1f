package io.emberlog.handler.alert;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;

/**
 * What makes two records the same problem, as 64 bits of FNV-1a: level, logger, template, and of an exception its class and top
 * frame. A text without arguments has what looks like a number, an id or an address in it passed over: each word that holds a digit
 * counts as the same word, so {@code order 42 failed} and {@code order 43 failed} are one problem. Makes no garbage. Stateless.
 */
final class Fingerprint {
    /** Of the group that takes what finds no room; no record has it. */
    static final long OTHERS = 0;

    /** Of a text, so that one of a megabyte costs no more. */
    private static final int MOST_BYTES = 4096;

    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Fingerprint() {}

    static long of(LogRecord record) {
        EntryDecoder entry = record.entry();
        long hash = add(BASIS, entry.severity());
        hash = section(hash, entry, LEVEL_NAME);
        hash = section(hash, entry, LOGGER);
        hash = entry.isLiteral() && entry.has(TEMPLATE)
                ? words(hash, entry.buffer(), entry.sectionOffset(TEMPLATE), entry.sectionLength(TEMPLATE))
                : section(hash, entry, TEMPLATE);
        if (entry.has(EXCEPTION)) {
            ExceptionCursor cursor = entry.exception();
            if (cursor.nextThrowable()) {
                hash = bytes(hash, cursor.buffer(), cursor.classOffset(), cursor.classLength());
                if (cursor.nextFrame()) {
                    hash = bytes(hash, cursor.buffer(), cursor.frameOffset(), cursor.frameLength());
                }
            }
        }
        long mixed = mix(hash);
        return mixed == OTHERS ? 1 : mixed;
    }

    /** Of a name; for counting different ones. */
    static int of(String text) {
        long hash = BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = add(add(hash, text.charAt(i)), text.charAt(i) >>> 8);
        }
        return (int) mix(hash);
    }

    private static long section(long hash, EntryDecoder entry, int tag) {
        return entry.has(tag)
                ? bytes(hash, entry.buffer(), entry.sectionOffset(tag), entry.sectionLength(tag))
                : add(hash, 0xFF);
    }

    private static long bytes(long start, byte[] source, int offset, int length) {
        long hash = start;
        int end = offset + Math.min(length, MOST_BYTES);
        for (int i = offset; i < end; i++) {
            hash = add(hash, source[i]);
        }
        return add(hash, 0xFE); // not in UTF-8: a text ends here and not elsewhere
    }

    private static long words(long start, byte[] source, int offset, int length) {
        long hash = start;
        int end = offset + Math.min(length, MOST_BYTES);
        int at = offset;
        while (at < end) {
            int wordEnd = at;
            boolean digit = false;
            while (wordEnd < end && isOfAWord(source[wordEnd])) {
                digit |= source[wordEnd] >= '0' && source[wordEnd] <= '9';
                wordEnd++;
            }
            if (digit) {
                hash = add(hash, '0');
            } else {
                for (int i = at; i < wordEnd; i++) {
                    hash = add(hash, source[i]);
                }
            }
            at = wordEnd;
            if (at < end) {
                hash = add(hash, source[at++]);
            }
        }
        return add(hash, 0xFE);
    }

    private static boolean isOfAWord(byte b) {
        return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '_' || b < 0;
    }

    private static long add(long hash, int b) {
        return (hash ^ b & 0xFF) * PRIME;
    }

    /** The last step of MurmurHash3, so that all bits depend on all. */
    private static long mix(long hash) {
        long mixed = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}

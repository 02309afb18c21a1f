package io.emberlog.master.journal;

import io.emberlog.fuzz.Check;
import io.emberlog.fuzz.Scratch;
import io.emberlog.fuzz.Script;
import io.emberlog.message.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Bytes as the one or two segment files of a journal, of pieces:
 *
 * <pre>
 *  u8 kind: 0 bytes as they are | 1 a document | 2 a document, its length field as it is | 3 the end | 4 zeros | 5 next segment
 *  u16 length, bytes
 * </pre>
 *
 * A scan forwards ends, delivers documents that are in the files and in ascending places, and tells of what it steps over; one
 * backwards delivers the same where nothing is damaged. Nothing but an {@link IOException} comes out, and what is found is
 * bounded by the size of the files.
 */
public final class SegmentFuzz {
    private static final int MOST = 64 * 1024;
    private static final Path JOURNAL = Scratch.directory("segment");

    private static final byte[] BYTES = new byte[MOST];
    private static int length;

    private SegmentFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException, JournalException {
        int bytes = write(JOURNAL, new Script(data));
        Heard heard = new Heard();
        List<Long> forwards = new ArrayList<>();
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalScanner scanner = JournalScanner.open(JOURNAL, heard)) {
            long read = -1;
            while (scanner.next(document) || scanner.searchBehindEnd() && scanner.next(document)) {
                Check.that(scanner.bytesRead() > read, "places ascend");
                read = scanner.bytesRead();
                forwards.add(document.firstSequence());
                Check.that(forwards.size() <= bytes / Integer.BYTES, "no more documents than bytes");
            }
            Check.that(!scanner.next(document), "the end is the end");
            Check.that(heard.count <= bytes, "no more complaints than bytes");
            backwards(scanner, document, heard, forwards, bytes);
            scanner.skipSegments(first -> first.firstSequence() < 50);
            scanner.next(document);
        }
    }

    private static void backwards(
            JournalScanner scanner, JournalDocumentReader document, Heard heard, List<Long> forwards, int bytes)
            throws IOException {
        scanner.toEnd();
        List<Long> backwards = new ArrayList<>();
        while (scanner.previous(document)) {
            backwards.add(document.firstSequence());
            Check.that(backwards.size() <= bytes / Integer.BYTES, "no more documents than bytes, backwards");
        }
        if (heard.count == 0) {
            Collections.reverse(backwards);
            Check.same(backwards, forwards, "what is found backwards");
        }
    }

    /**
     * Makes the segments of a journal in that directory.
     *
     * @return bytes of them all
     */
    public static int write(Path journal, Script script) {
        Path[] files = {SegmentFiles.path(journal, 100), SegmentFiles.path(journal, 101)};
        int file = 0;
        int bytes = 0;
        length = 0;
        while (script.left() > 0) {
            int kind = script.u8() % 6;
            int size = script.u16();
            switch (kind) {
                case 0 -> add(script.take(size));
                case 1, 2 -> document(script, size, kind == 1);
                case 3 -> word(0xC000_0000);
                case 4 -> length = Math.min(MOST, length + size % 512 * Integer.BYTES);
                default -> {
                    if (file == 0) {
                        Scratch.write(files[file++], BYTES, 0, length);
                        bytes += length;
                        begin();
                    }
                }
            }
        }
        Scratch.write(files[file], BYTES, 0, length);
        bytes += length;
        begin();
        if (file == 0) {
            files[1].toFile().delete();
        }
        return bytes;
    }

    private static void begin() {
        java.util.Arrays.fill(BYTES, 0, length, (byte) 0);
        length = 0;
    }

    /** Framed as Chronicle does it, with a version and a CRC32C that are right. */
    private static void document(Script script, int size, boolean framed) {
        byte[] document = script.take(Math.max(size, JournalDocumentDescriptor.MIN_DOCUMENT_LENGTH));
        if (document.length < JournalDocumentDescriptor.MIN_DOCUMENT_LENGTH) {
            return;
        }
        document[0] = JournalDocumentDescriptor.VERSION;
        document[1] = 0;
        CRC32C crc = new CRC32C();
        crc.update(document, 0, document.length - Integer.BYTES);
        Bytes.putInt(document, document.length - Integer.BYTES, (int) crc.getValue());
        int counted = document.length + 1;
        int numberBytes = counted < 256 ? 1 : 2;
        byte[] block = new byte[Integer.BYTES + 1 + numberBytes + counted];
        Bytes.putInt(block, 0, 0x636F_64C3);
        block[4] = (byte) (numberBytes == 1 ? 0x80 : 0x81);
        block[5] = (byte) counted;
        if (numberBytes == 2) {
            block[6] = (byte) (counted >> 8);
        }
        block[5 + numberBytes] = (byte) 0x8A;
        System.arraycopy(document, 0, block, 6 + numberBytes, document.length);
        word(framed ? block.length : script.u16());
        add(block);
    }

    private static void word(int word) {
        byte[] bytes = new byte[Integer.BYTES];
        Bytes.putInt(bytes, 0, word);
        add(bytes);
    }

    /** Aligned to what follows. */
    private static void add(byte[] bytes) {
        if (length + bytes.length <= MOST - Integer.BYTES) {
            System.arraycopy(bytes, 0, BYTES, length, bytes.length);
            length = length + bytes.length + Integer.BYTES - 1 & -Integer.BYTES;
        }
    }

    private static final class Heard implements JournalListener {
        private long count;

        @Override
        public void onBroken(long index, String what) {
            Check.that(index >= 0 && !what.isEmpty(), "where and what");
            count++;
        }

        @Override
        public void onGap(long expected, long found) {
            Check.that(expected != found, "a gap");
            count++;
        }
    }
}

package io.emberlog.handler.file;

import io.emberlog.message.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a checkpoint of the file handler says, version 1, little-endian. Written and read by {@link FileHandler};
 * stored by its caller.
 *
 * <pre>
 *  byte 0         1       2      4         8        16       24            28
 *       +---------+-------+------+---------+--------+--------+------------+------+-----------+-----+
 *       | version | flags | zero | tailCrc | length | number | pathLength | path | keyLength | key |
 *       +---------+-------+------+---------+--------+--------+------------+------+-----------+-----+
 *   flags: 1 = about to be renamed to path.number
 *   path, key: UTF-8; each length an i32
 * </pre>
 *
 * @param path the file, as configured and made absolute
 * @param key {@link FileOps.OpenFile#key} of it; a hint, for inodes are used again and devices renumbered; null of a state
 *     {@linkplain #withoutKey without}
 * @param length bytes that hold exactly the records up to this checkpoint (and what stood there before us)
 * @param tailCrc CRC32C of the last 4 KiB before {@code length}, or of all there are
 * @param rotating {@code path} is to become {@code path.number}, if it has not yet
 * @param number of the rotation under way, else of the last one; 0 = none yet
 */
record FileState(String path, String key, long length, int tailCrc, boolean rotating, long number) {
    private static final int VERSION = 1;
    private static final int ROTATING = 1;

    private static final int VERSION_OFFSET = 0;
    private static final int FLAGS_OFFSET = VERSION_OFFSET + 1;
    private static final int ZERO_OFFSET = FLAGS_OFFSET + 1;
    private static final int TAIL_CRC_OFFSET = ZERO_OFFSET + Short.BYTES;
    private static final int LENGTH_OFFSET = TAIL_CRC_OFFSET + Integer.BYTES;
    private static final int NUMBER_OFFSET = LENGTH_OFFSET + Long.BYTES;
    private static final int PATH_OFFSET = NUMBER_OFFSET + Long.BYTES;

    /** Of which only the CRC32C of the key is known, in place of the tail's, and that only when the length is 0. */
    static FileState withoutKey(String path, long length, int crc, boolean rotating, long number) {
        return new FileState(path, null, length, crc, rotating, number);
    }

    /** Whether this open file is the one meant. */
    boolean isOf(FileOps.OpenFile opened) throws IOException {
        if (length > 0) {
            return LogFile.tailCrc(opened, length) == (tailCrc & 0xFFFF_FFFFL);
        }
        return key == null ? tailCrc == FileTreeState.keyCrc(opened.key()) : key.equals(opened.key());
    }

    byte[] encode() {
        byte[] pathBytes = path.getBytes(StandardCharsets.UTF_8);
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        int keyOffset = PATH_OFFSET + Integer.BYTES + pathBytes.length;
        byte[] state = new byte[keyOffset + Integer.BYTES + keyBytes.length];
        state[VERSION_OFFSET] = VERSION;
        state[FLAGS_OFFSET] = (byte) (rotating ? ROTATING : 0);
        Bytes.putInt(state, TAIL_CRC_OFFSET, tailCrc);
        Bytes.putLong(state, LENGTH_OFFSET, length);
        Bytes.putLong(state, NUMBER_OFFSET, number);
        putText(state, PATH_OFFSET, pathBytes);
        putText(state, keyOffset, keyBytes);
        return state;
    }

    /** Empty when these bytes are no state of this version. */
    static Optional<FileState> decode(byte[] state) {
        if (state.length < PATH_OFFSET || state[VERSION_OFFSET] != VERSION) {
            return Optional.empty();
        }
        String path = getText(state, PATH_OFFSET);
        String key =
                path == null ? null : getText(state, PATH_OFFSET + Integer.BYTES + Bytes.getInt(state, PATH_OFFSET));
        long length = Bytes.getLong(state, LENGTH_OFFSET);
        long number = Bytes.getLong(state, NUMBER_OFFSET);
        if (key == null || length < 0 || number < 0) {
            return Optional.empty();
        }
        boolean rotating = (state[FLAGS_OFFSET] & ROTATING) != 0;
        return Optional.of(new FileState(path, key, length, Bytes.getInt(state, TAIL_CRC_OFFSET), rotating, number));
    }

    private static void putText(byte[] state, int offset, byte[] text) {
        Bytes.putInt(state, offset, text.length);
        System.arraycopy(text, 0, state, offset + Integer.BYTES, text.length);
    }

    private static String getText(byte[] state, int offset) {
        if (state.length - offset < Integer.BYTES) {
            return null;
        }
        int length = Bytes.getInt(state, offset);
        int from = offset + Integer.BYTES;
        return length < 0 || length > state.length - from
                ? null
                : new String(state, from, length, StandardCharsets.UTF_8);
    }
}

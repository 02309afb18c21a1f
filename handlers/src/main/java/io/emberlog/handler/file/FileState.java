package io.emberlog.handler.file;

import io.emberlog.message.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a checkpoint of the file handler says, version 3, little-endian. Written and read by {@link FileHandler};
 * stored by its caller.
 *
 * <pre>
 *  byte 0         1          2      4         8        16       24      32          40
 *       +---------+----------+------+---------+--------+--------+-------+-----------+-------+
 *       | version | commands | zero | tailCrc | length | number | start | lastStart | texts |
 *       +---------+----------+------+---------+--------+--------+-------+-----------+-------+
 *   texts: path, key, target, each an i32 of bytes and UTF-8
 * </pre>
 *
 * @param path the file, as configured and made absolute
 * @param key {@link FileOps.OpenFile#key} of it; a hint, for inodes are used again and devices renumbered; null of a state
 *     {@linkplain #withoutKey without}
 * @param length bytes that hold exactly the records up to this checkpoint (and what stood there before us)
 * @param tailCrc CRC32C of the last 4 KiB before {@code length}, or of all there are
 * @param rotation of this file and the ones before it
 */
record FileState(String path, String key, long length, int tailCrc, Rotation rotation) {
    /**
     * @param target the name that {@code path} is to get, if it has not yet; empty = it stays
     * @param number of the rotation under way, else of the last one; 0 = none yet, or without number
     * @param start of the file's first record, seconds since the epoch; 0 = unknown
     * @param lastStart that of the file rotated last, or being rotated
     * @param commands rotated files that wait for the command, 0 to 255
     */
    record Rotation(String target, long number, long start, long lastStart, int commands) {
        static final int MOST_COMMANDS = 255;
        static final Rotation NONE = new Rotation("", 0, 0, 0, 0);

        boolean isIntended() {
            return !target.isEmpty();
        }
    }

    private static final int VERSION = 3;

    private static final int VERSION_OFFSET = 0;
    private static final int COMMANDS_OFFSET = VERSION_OFFSET + 1;
    private static final int ZERO_OFFSET = COMMANDS_OFFSET + 1;
    private static final int TAIL_CRC_OFFSET = ZERO_OFFSET + Short.BYTES;
    private static final int LENGTH_OFFSET = TAIL_CRC_OFFSET + Integer.BYTES;
    private static final int NUMBER_OFFSET = LENGTH_OFFSET + Long.BYTES;
    private static final int START_OFFSET = NUMBER_OFFSET + Long.BYTES;
    private static final int LAST_START_OFFSET = START_OFFSET + Long.BYTES;
    private static final int TEXTS_OFFSET = LAST_START_OFFSET + Long.BYTES;

    /** Of which only the CRC32C of the key is known, in place of the tail's, and that only when the length is 0. */
    static FileState withoutKey(String path, long length, int crc, Rotation rotation) {
        return new FileState(path, null, length, crc, rotation);
    }

    /** Whether this open file is the one meant. */
    boolean isOf(FileOps.OpenFile opened) throws IOException {
        if (length > 0) {
            return LogFile.tailCrc(opened, length) == (tailCrc & 0xFFFF_FFFFL);
        }
        return key == null ? tailCrc == FileTreeState.keyCrc(opened.key()) : key.equals(opened.key());
    }

    byte[] encode() {
        byte[][] texts = {utf8(path), utf8(key), utf8(rotation.target())};
        int length = TEXTS_OFFSET;
        for (byte[] text : texts) {
            length += Integer.BYTES + text.length;
        }
        byte[] state = new byte[length];
        state[VERSION_OFFSET] = VERSION;
        state[COMMANDS_OFFSET] = (byte) rotation.commands();
        Bytes.putInt(state, TAIL_CRC_OFFSET, tailCrc);
        Bytes.putLong(state, LENGTH_OFFSET, this.length);
        Bytes.putLong(state, NUMBER_OFFSET, rotation.number());
        Bytes.putLong(state, START_OFFSET, rotation.start());
        Bytes.putLong(state, LAST_START_OFFSET, rotation.lastStart());
        int at = TEXTS_OFFSET;
        for (byte[] text : texts) {
            Bytes.putInt(state, at, text.length);
            System.arraycopy(text, 0, state, at + Integer.BYTES, text.length);
            at += Integer.BYTES + text.length;
        }
        return state;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Empty when these bytes are no state of this version. */
    static Optional<FileState> decode(byte[] state) {
        if (state.length < TEXTS_OFFSET || state[VERSION_OFFSET] != VERSION) {
            return Optional.empty();
        }
        String[] texts = new String[3];
        int at = TEXTS_OFFSET;
        for (int i = 0; i < texts.length; i++) {
            int length = state.length - at < Integer.BYTES ? -1 : Bytes.getInt(state, at);
            at += Integer.BYTES;
            if (length < 0 || length > state.length - at) {
                return Optional.empty();
            }
            texts[i] = new String(state, at, length, StandardCharsets.UTF_8);
            at += length;
        }
        long length = Bytes.getLong(state, LENGTH_OFFSET);
        Rotation rotation = new Rotation(
                texts[2],
                Bytes.getLong(state, NUMBER_OFFSET),
                Bytes.getLong(state, START_OFFSET),
                Bytes.getLong(state, LAST_START_OFFSET),
                Byte.toUnsignedInt(state[COMMANDS_OFFSET]));
        if (length < 0
                || rotation.number() < 0
                || !isTime(rotation.start())
                || !isTime(rotation.lastStart())
                || texts[2].indexOf('/') >= 0) {
            return Optional.empty();
        }
        return Optional.of(new FileState(texts[0], texts[1], length, Bytes.getInt(state, TAIL_CRC_OFFSET), rotation));
    }

    private static boolean isTime(long seconds) {
        return seconds >= 0 && seconds <= RotationTimer.LAST_SECOND;
    }
}

package io.emberlog.handler.file;

import io.emberlog.message.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a checkpoint of a file handler with placeholders says, version 4, little-endian: every file that there is, so that none
 * is written of which the stored checkpoint does not say how long it is. Written and read by {@link FileTreeHandler};
 * stored by its caller.
 *
 * <pre>
 *  byte 0         1      4           8               8+p
 *       +---------+------+-----------+---------------+---------+
 *       | version | zero | p: pattern's length, UTF-8 | files   |
 *       +---------+------+-----------+---------------+---------+
 *  file 0          1              2            4         8        16       24      28          32
 *       +----------+--------------+------------+---------+--------+--------+-------+-----------+------+--------+
 *       | commands | targetLength | pathLength | tailCrc | length | number | start | lastStart | path | target |
 *       +----------+--------------+------------+---------+--------+--------+-------+-----------+------+--------+
 *   start, lastStart, lengths of texts: unsigned; the rest as in {@link FileState.Rotation}
 *   tailCrc: as in {@link FileState}; of a file of length 0 the CRC32C of its key
 *   path: UTF-8, relative to the directory in front of the first placeholder
 * </pre>
 */
final class FileTreeState {
    /** Most bytes of a state, by the contract of {@link io.emberlog.handler.Handler#checkpoint}. */
    static final int MAX_LENGTH = 64 * 1024;

    /** Most bytes that one rotation under way adds; there is no other while it is not finished. */
    static final int ROTATION_LENGTH = 255;

    private static final int VERSION = 4;
    private static final int PATTERN_LENGTH_OFFSET = Integer.BYTES;
    private static final int PATTERN_OFFSET = PATTERN_LENGTH_OFFSET + Integer.BYTES;

    private static final int TARGET_LENGTH_OFFSET = 1;
    private static final int PATH_LENGTH_OFFSET = TARGET_LENGTH_OFFSET + 1;
    private static final int TAIL_CRC_OFFSET = PATH_LENGTH_OFFSET + Short.BYTES;
    private static final int LENGTH_OFFSET = TAIL_CRC_OFFSET + Integer.BYTES;
    private static final int NUMBER_OFFSET = LENGTH_OFFSET + Long.BYTES;
    private static final int START_OFFSET = NUMBER_OFFSET + Long.BYTES;
    private static final int LAST_START_OFFSET = START_OFFSET + Integer.BYTES;
    private static final int PATH_OFFSET = LAST_START_OFFSET + Integer.BYTES;

    private final String pattern;
    private final Map<String, FileState> files;

    /**
     * @param pattern as configured
     * @param files by path relative to the pattern's root
     */
    FileTreeState(String pattern, Map<String, FileState> files) {
        this.pattern = pattern;
        this.files = files;
    }

    String pattern() {
        return pattern;
    }

    Map<String, FileState> files() {
        return files;
    }

    /** Bytes that a file takes while it is not being rotated. */
    static int lengthOf(String path) {
        return PATH_OFFSET + utf8(path).length;
    }

    /** Bytes of a state without files. */
    static int lengthWithout(String pattern) {
        return PATTERN_OFFSET + utf8(pattern).length;
    }

    byte[] encode() {
        byte[] patternBytes = utf8(pattern);
        int length = PATTERN_OFFSET + patternBytes.length;
        for (Map.Entry<String, FileState> file : files.entrySet()) {
            length += lengthOf(file.getKey()) + utf8(file.getValue().rotation().target()).length;
        }
        byte[] state = new byte[length];
        state[0] = VERSION;
        Bytes.putInt(state, PATTERN_LENGTH_OFFSET, patternBytes.length);
        System.arraycopy(patternBytes, 0, state, PATTERN_OFFSET, patternBytes.length);
        int at = PATTERN_OFFSET + patternBytes.length;
        for (Map.Entry<String, FileState> file : files.entrySet()) {
            at = put(state, at, utf8(file.getKey()), file.getValue());
        }
        return state;
    }

    private static int put(byte[] state, int at, byte[] path, FileState file) {
        FileState.Rotation rotation = file.rotation();
        byte[] target = utf8(rotation.target());
        state[at] = (byte) rotation.commands();
        state[at + TARGET_LENGTH_OFFSET] = (byte) target.length;
        Bytes.putShort(state, at + PATH_LENGTH_OFFSET, (short) path.length);
        Bytes.putInt(state, at + TAIL_CRC_OFFSET, crc(file));
        Bytes.putLong(state, at + LENGTH_OFFSET, file.length());
        Bytes.putLong(state, at + NUMBER_OFFSET, rotation.number());
        Bytes.putInt(state, at + START_OFFSET, (int) rotation.start());
        Bytes.putInt(state, at + LAST_START_OFFSET, (int) rotation.lastStart());
        System.arraycopy(path, 0, state, at + PATH_OFFSET, path.length);
        System.arraycopy(target, 0, state, at + PATH_OFFSET + path.length, target.length);
        return at + PATH_OFFSET + path.length + target.length;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int crc(FileState file) {
        return file.length() > 0 || file.key() == null ? file.tailCrc() : keyCrc(file.key());
    }

    /** Empty when these bytes are no state of this version. */
    static Optional<FileTreeState> decode(byte[] state, Path root) {
        if (state.length < PATTERN_OFFSET || state[0] != VERSION) {
            return Optional.empty();
        }
        int patternLength = Bytes.getInt(state, PATTERN_LENGTH_OFFSET);
        if (patternLength < 0 || patternLength > state.length - PATTERN_OFFSET) {
            return Optional.empty();
        }
        String pattern = new String(state, PATTERN_OFFSET, patternLength, StandardCharsets.UTF_8);
        Map<String, FileState> files = new LinkedHashMap<>();
        int at = PATTERN_OFFSET + patternLength;
        while (at < state.length) {
            boolean whole = state.length - at >= PATH_OFFSET;
            int pathLength = whole ? Bytes.getUnsignedShort(state, at + PATH_LENGTH_OFFSET) : 0;
            int targetLength = whole ? Byte.toUnsignedInt(state[at + TARGET_LENGTH_OFFSET]) : 0;
            if (!whole || pathLength + targetLength > state.length - at - PATH_OFFSET) {
                return Optional.empty();
            }
            long length = Bytes.getLong(state, at + LENGTH_OFFSET);
            String path = new String(state, at + PATH_OFFSET, pathLength, StandardCharsets.UTF_8);
            String target = new String(state, at + PATH_OFFSET + pathLength, targetLength, StandardCharsets.UTF_8);
            FileState.Rotation rotation = new FileState.Rotation(
                    target,
                    Bytes.getLong(state, at + NUMBER_OFFSET),
                    Integer.toUnsignedLong(Bytes.getInt(state, at + START_OFFSET)),
                    Integer.toUnsignedLong(Bytes.getInt(state, at + LAST_START_OFFSET)),
                    Byte.toUnsignedInt(state[at]));
            if (length < 0 || rotation.number() < 0 || target.indexOf('/') >= 0) {
                return Optional.empty();
            }
            int crc = Bytes.getInt(state, at + TAIL_CRC_OFFSET);
            files.put(path, FileState.withoutKey(root.resolve(path).toString(), length, crc, rotation));
            at += PATH_OFFSET + pathLength + targetLength;
        }
        return Optional.of(new FileTreeState(pattern, files));
    }

    static int keyCrc(String key) {
        CRC32C crc = new CRC32C();
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }
}

package io.emberlog.handler.file;

import io.emberlog.message.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a checkpoint of a file handler with placeholders says, version 2, little-endian: every file that there is, so that none
 * is written of which the stored checkpoint does not say how long it is. Written and read by {@link FileTreeHandler};
 * stored by its caller.
 *
 * <pre>
 *  byte 0         1      4           8               8+p
 *       +---------+------+-----------+---------------+---------+
 *       | version | zero | p: pattern's length, UTF-8 | files   |
 *       +---------+------+-----------+---------------+---------+
 *  file 0       1      2            4         8        16       24
 *       +-------+------+------------+---------+--------+--------+------+
 *       | flags | zero | pathLength | tailCrc | length | number | path |
 *       +-------+------+------------+---------+--------+--------+------+
 *   flags: 1 = about to be renamed to path.number
 *   tailCrc: as in {@link FileState}; of a file of length 0 the CRC32C of its key
 *   path: UTF-8, relative to the directory in front of the first placeholder
 * </pre>
 */
final class FileTreeState {
    /** Most bytes of a state, by the contract of {@link io.emberlog.handler.Handler#checkpoint}. */
    static final int MAX_LENGTH = 64 * 1024;

    private static final int VERSION = 2;
    private static final int ROTATING = 1;
    private static final int PATTERN_LENGTH_OFFSET = Integer.BYTES;
    private static final int PATTERN_OFFSET = PATTERN_LENGTH_OFFSET + Integer.BYTES;

    private static final int PATH_LENGTH_OFFSET = Short.BYTES;
    private static final int TAIL_CRC_OFFSET = PATH_LENGTH_OFFSET + Short.BYTES;
    private static final int LENGTH_OFFSET = TAIL_CRC_OFFSET + Integer.BYTES;
    private static final int NUMBER_OFFSET = LENGTH_OFFSET + Long.BYTES;
    private static final int PATH_OFFSET = NUMBER_OFFSET + Long.BYTES;

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

    /** Bytes that a file takes. */
    static int lengthOf(String path) {
        return PATH_OFFSET + path.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Bytes of a state without files. */
    static int lengthWithout(String pattern) {
        return PATTERN_OFFSET + pattern.getBytes(StandardCharsets.UTF_8).length;
    }

    byte[] encode() {
        byte[] patternBytes = pattern.getBytes(StandardCharsets.UTF_8);
        int length = PATTERN_OFFSET + patternBytes.length;
        for (String path : files.keySet()) {
            length += lengthOf(path);
        }
        byte[] state = new byte[length];
        state[0] = VERSION;
        Bytes.putInt(state, PATTERN_LENGTH_OFFSET, patternBytes.length);
        System.arraycopy(patternBytes, 0, state, PATTERN_OFFSET, patternBytes.length);
        int at = PATTERN_OFFSET + patternBytes.length;
        for (Map.Entry<String, FileState> file : files.entrySet()) {
            at = put(state, at, file.getKey().getBytes(StandardCharsets.UTF_8), file.getValue());
        }
        return state;
    }

    private static int put(byte[] state, int at, byte[] path, FileState file) {
        state[at] = (byte) (file.rotating() ? ROTATING : 0);
        Bytes.putShort(state, at + PATH_LENGTH_OFFSET, (short) path.length);
        Bytes.putInt(state, at + TAIL_CRC_OFFSET, crc(file));
        Bytes.putLong(state, at + LENGTH_OFFSET, file.length());
        Bytes.putLong(state, at + NUMBER_OFFSET, file.number());
        System.arraycopy(path, 0, state, at + PATH_OFFSET, path.length);
        return at + PATH_OFFSET + path.length;
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
            int pathLength =
                    state.length - at < PATH_OFFSET ? -1 : Bytes.getUnsignedShort(state, at + PATH_LENGTH_OFFSET);
            if (pathLength < 0 || pathLength > state.length - at - PATH_OFFSET) {
                return Optional.empty();
            }
            long length = Bytes.getLong(state, at + LENGTH_OFFSET);
            long number = Bytes.getLong(state, at + NUMBER_OFFSET);
            if (length < 0 || number < 0) {
                return Optional.empty();
            }
            String path = new String(state, at + PATH_OFFSET, pathLength, StandardCharsets.UTF_8);
            boolean rotating = (state[at] & ROTATING) != 0;
            int crc = Bytes.getInt(state, at + TAIL_CRC_OFFSET);
            files.put(path, FileState.withoutKey(root.resolve(path).toString(), length, crc, rotating, number));
            at += PATH_OFFSET + pathLength;
        }
        return Optional.of(new FileTreeState(pattern, files));
    }

    static int keyCrc(String key) {
        CRC32C crc = new CRC32C();
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }
}

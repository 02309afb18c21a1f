package io.emberlog.samples.relog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a line is here: the bytes between two LFs, or between the file's start or end and an LF. LF alone ends a line and
 * is no part of it; a CR in front of it is part of the line. What follows the last LF is a line only if it has bytes. So
 * a file is its lines, each with an LF behind it, but for the last when the file does not end with one.
 */
final class Lines {
    private Lines() {}

    static List<byte[]> of(Path file) throws IOException {
        return of(Files.readAllBytes(file));
    }

    static List<byte[]> of(byte[] content) {
        List<byte[]> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                lines.add(Arrays.copyOfRange(content, start, i));
                start = i + 1;
            }
        }
        if (start < content.length) {
            lines.add(Arrays.copyOfRange(content, start, content.length));
        }
        return lines;
    }

    /** The text of a line; null when its bytes are not UTF-8. */
    static String text(byte[] line) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}

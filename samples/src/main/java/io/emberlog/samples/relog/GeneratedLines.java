package io.emberlog.samples.relog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Files of lines that are awkward on purpose, the same for the same seed. */
final class GeneratedLines {
    private static final String[] TEXTS = {
        "2026-11-21 08:00:00 INFO  dfs.DataNode$PacketResponder: Received block blk_38865049064139660 of size 67108864",
        "same line again",
        "",
        " leading and trailing blanks \t ",
        "braces {} and ${jndi:ldap://x} and %s and \\n that are text",
        "quotes \" ' ` and a backslash \\",
        "naïve Größe 東京 Москва 🚀",
        "lone CR in the\rmiddle, NUL \u0000, ESC \u001b[31m, NEL \u0085, LS \u2028, RLO \u202e, BOM \ufeff",
        "\r",
    };
    private static final byte[] NOT_UTF8 = {'l', 'a', 't', 'i', 'n', '-', '1', ' ', (byte) 0xE9, (byte) 0xFF, 0x00, '\r'
    };

    private GeneratedLines() {}

    /** Three files: CRLF without a last line end; LF with one; a short one of CRLF with one. */
    static List<Path> write(Path directory, int lines, long seed) throws IOException {
        Files.createDirectories(directory);
        Random random = new Random(seed);
        return List.of(
                write(directory.resolve("generated-crlf.log"), lines, random, "\r\n", false),
                write(directory.resolve("generated-lf.log"), lines, random, "\n", true),
                write(directory.resolve("generated-short.log"), lines / 10, random, "\r\n", true));
    }

    private static Path write(Path file, int lines, Random random, String end, boolean endAtEnd) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < lines; i++) {
            switch (random.nextInt(TEXTS.length + 3)) {
                case 0 -> out.write(NOT_UTF8);
                case 1 -> out.write(utf8("x".repeat(random.nextInt(4_000))));
                case 2 -> out.write(utf8("line " + i));
                default -> out.write(utf8(TEXTS[random.nextInt(TEXTS.length)]));
            }
            if (endAtEnd || i < lines - 1) {
                out.write(utf8(end));
            }
        }
        if (!endAtEnd) {
            out.write('.'); // without a line end, and not empty
        }
        Files.write(file, out.toByteArray());
        return file;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

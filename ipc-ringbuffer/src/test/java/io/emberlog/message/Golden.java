package io.emberlog.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares bytes with a hex dump in {@code src/test/resources/golden}; a dump changes only with the layout's version, or by a flag that readers of before pass over. */
public final class Golden {
    private static final int WIDTH = 16;

    private Golden() {}

    /** A missing dump fails, and is left in {@code target} to be looked at and moved. */
    public static void check(String name, byte[] bytes, int length) {
        String actual = dump(bytes, length);
        try (InputStream stream = Golden.class.getResourceAsStream("/golden/" + name)) {
            if (stream == null) {
                Path written = Files.writeString(Path.of("target", name), actual);
                throw new AssertionError("no golden dump " + name + "; what it would be is in " + written);
            }
            assertThat(actual).isEqualTo(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Offset, 16 bytes in hex, and what of them is ASCII; lines of zeros are left out. */
    private static String dump(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < length; line += WIDTH) {
            StringBuilder ascii = new StringBuilder();
            StringBuilder hex = new StringBuilder();
            boolean zero = true;
            for (int i = line; i < Math.min(line + WIDTH, length); i++) {
                zero &= bytes[i] == 0;
                hex.append(String.format("%02x ", bytes[i]));
                ascii.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
            }
            if (!zero) {
                text.append(String.format("%04x  %-48s %s%n", line, hex, ascii));
            }
        }
        return text.append("length ").append(length).append('\n').toString();
    }
}

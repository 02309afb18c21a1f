package io.emberlog.master.state;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Lines of parts that are separated by tabs, and a last line with the CRC32C of all before it. Stateless.
 *
 * <pre>
 *  ... any lines ...        in texts \t \n \r \\ for what would end a part
 *  crc32c 0a1b2c3d          of the UTF-8 of all before it, its newlines included
 * </pre>
 */
public final class StateText {
    private static final String CRC = "crc32c ";

    private StateText() {}

    /** @param lines each with its newline */
    public static String sealed(String lines) {
        return lines + crcLine(lines);
    }

    /** The lines before the last; empty where the checksum is missing or wrong, or anything is behind it. */
    public static Optional<String> opened(String text) {
        int last = text.lastIndexOf('\n' + CRC) + 1;
        String lines = text.substring(0, last);
        return last > 0 && text.substring(last).equals(crcLine(lines)) ? Optional.of(lines) : Optional.empty();
    }

    private static String crcLine(String lines) {
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.UTF_8));
        return String.format("%s%08x\n", CRC, crc.getValue());
    }

    /** A part without tab or line end. */
    public static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    /** What {@link #escaped} was given. */
    public static String unescaped(String part) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '\\' && i + 1 < part.length()) {
                char escape = part.charAt(++i);
                plain.append(escape == 't' ? '\t' : escape == 'n' ? '\n' : escape == 'r' ? '\r' : escape);
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}

package io.emberlog.heartbeat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/** Text that a worker, or whoever may write into its directories, had a hand in. */
final class Untrusted {

    /**
     * The beginning of a regular file.
     *
     * @param ownerUid who could have written it
     */
    record Head(String text, int ownerUid, FileTime modified) {}

    private Untrusted() {}

    /**
     * Up to {@code limit} bytes of a regular file, links not followed. The file is opened first, without waiting, and
     * what is checked and read is the very file opened: a FIFO put in its place cannot stall the caller.
     */
    static Optional<Head> head(Path path, int limit) {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        int descriptor = Posix.openForRead(path);
        if (descriptor < 0) {
            return Optional.empty();
        }
        try {
            Path opened = Path.of("/proc/self/fd", Integer.toString(descriptor));
            Map<String, Object> facts = Files.readAttributes(opened, "unix:isRegularFile,uid,lastModifiedTime");
            if (!Boolean.TRUE.equals(facts.get("isRegularFile"))) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(opened)) {
                String text = new String(in.readNBytes(limit), StandardCharsets.UTF_8);
                return Optional.of(
                        new Head(text, (Integer) facts.get("uid"), (FileTime) facts.get("lastModifiedTime")));
            }
        } catch (IOException e) {
            return Optional.empty(); // unreadable is as good as absent: a death report never fails for want of detail
        } finally {
            Posix.close(descriptor);
        }
    }

    /** One harmless line: white space becomes one blank, what could steer a terminal or break a line its code point. */
    static String oneLine(String text, int maxChars) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), maxChars));
        boolean blank = false;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            if (codePoint == ' ' || codePoint == '\t') {
                blank = line.length() > 0;
                continue;
            }
            String shown = harmless(codePoint) ? Character.toString(codePoint) : String.format("\\u%04x", codePoint);
            if (line.length() + shown.length() + (blank ? 1 : 0) > maxChars) {
                break;
            }
            line.append(blank ? " " : "").append(shown);
            blank = false;
        }
        return line.toString();
    }

    private static boolean harmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}

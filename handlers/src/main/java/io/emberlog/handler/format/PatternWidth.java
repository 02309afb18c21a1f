package io.emberlog.handler.format;

import io.emberlog.handler.LogRecord;
import java.util.Arrays;

/**
 * Pads or cuts what another part appends; widths count code points. As in Logback, a text that was cut is not padded. One
 * thread.
 */
final class PatternWidth implements PatternPart {
    static final int NO_LIMIT = Integer.MAX_VALUE;

    private final PatternPart part;
    private final int least;
    private final boolean padInFront;
    private final int most;
    private final boolean cutInFront;

    /**
     * @param least code points; fewer are padded with spaces
     * @param padInFront so that the text stands at the right
     * @param most code points; what is more is cut
     * @param cutInFront so that the end of the text stays
     */
    PatternWidth(PatternPart part, int least, boolean padInFront, int most, boolean cutInFront) {
        this.part = part;
        this.least = least;
        this.padInFront = padInFront;
        this.most = most;
        this.cutInFront = cutInFront;
    }

    @Override
    public void append(LogRecord record, Utf8Buffer out) {
        int start = out.length();
        part.append(record, out);
        int points = points(out, start);
        if (points > most) {
            cut(out, start, cutInFront ? points - most : most);
        } else if (points < least) {
            pad(out, start, least - points, padInFront);
        }
    }

    private void cut(Utf8Buffer out, int start, int points) {
        byte[] bytes = out.bytes();
        int at = start;
        for (int left = points; at < out.length(); at++) {
            if ((bytes[at] & 0xC0) != 0x80 && left-- == 0) {
                break;
            }
        }
        if (cutInFront) {
            int kept = out.length() - at;
            System.arraycopy(bytes, at, bytes, start, kept);
            out.truncate(start + kept);
        } else {
            out.truncate(at);
        }
    }

    private static int points(Utf8Buffer out, int start) {
        byte[] bytes = out.bytes();
        int points = 0;
        for (int i = start; i < out.length(); i++) {
            points += (bytes[i] & 0xC0) == 0x80 ? 0 : 1;
        }
        return points;
    }

    /** Puts spaces behind the text since {@code start}, or in front of it. */
    static void pad(Utf8Buffer out, int start, int spaces, boolean inFront) {
        int length = out.length() - start;
        out.appendSpaces(spaces);
        if (inFront) {
            byte[] bytes = out.bytes();
            System.arraycopy(bytes, start, bytes, start + spaces, length);
            Arrays.fill(bytes, start, start + spaces, (byte) ' ');
        }
    }
}

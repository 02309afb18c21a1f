package io.emberlog.handler.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes lines into messages of a service's size. A line that does not fit goes into the next message; one that fits into none is
 * split between two characters as readers see them (extended grapheme clusters), so never inside a surrogate pair, an escape or an
 * entity. Bold and code that a split falls into are ended before it and begun again behind it. One thread.
 */
final class MessageWriter {
    private static final Pattern GRAPHEME = Pattern.compile("\\X");

    /** Of code units; what a hostile text piles upon one letter is split all the same. */
    private static final int MOST_GRAPHEME = 32;

    /** Room that is left for a note when there are no more messages. */
    private static final String CUT = "... [cut]";

    private final Markup markup;
    private final int mostMessages;
    private final List<String> messages = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();
    private boolean inCode;
    private boolean isFull;

    /** @param mostMessages what finds no room in them is left out, and the last one says so */
    MessageWriter(Markup markup, int mostMessages) {
        this.markup = markup;
        this.mostMessages = mostMessages;
    }

    /** A line outside of code. */
    void line(String raw, boolean bold) {
        endCode();
        write(raw, bold ? markup.boldStart() : "", bold ? markup.boldEnd() : "");
    }

    /** Lines of code; nothing when the text is empty. */
    void code(String raw) {
        if (raw.isEmpty()) {
            return;
        }
        for (String line : raw.split("\n", -1)) {
            write(line, null, "");
        }
        endCode();
    }

    List<String> messages() {
        endCode();
        if (current.length() > 0) {
            messages.add(current.toString());
            current.setLength(0);
        }
        return messages;
    }

    /** @param before null for code */
    private void write(String raw, String before, String after) {
        if (isFull) {
            return;
        }
        boolean code = before == null;
        String start = code ? "" : before;
        String whole = start + escape(raw, code) + after;
        if (needed(code) + whole.length() <= room()) {
            begin(code);
            current.append(whole);
            return;
        }
        if (opening(code) + whole.length() <= markup.limit() - reserve()) {
            if (next()) {
                begin(code);
                current.append(whole);
            }
            return;
        }
        split(raw, code, start, after);
    }

    private void split(String raw, boolean code, String start, String after) {
        boolean begun = false;
        Matcher graphemes = GRAPHEME.matcher(raw);
        while (graphemes.find()) {
            String grapheme = graphemes.group();
            if (grapheme.length() <= MOST_GRAPHEME) {
                begun = piece(grapheme, code, start, after, begun);
            } else {
                int[] points = grapheme.codePoints().toArray();
                for (int point : points) {
                    begun = piece(Character.toString(point), code, start, after, begun);
                }
            }
            if (isFull) {
                return;
            }
        }
        if (begun) {
            current.append(after);
        }
    }

    /** @return whether the line has begun in the message at hand */
    private boolean piece(String raw, boolean code, String start, String after, boolean begun) {
        if (isFull) {
            return false;
        }
        String escaped = escape(raw, code);
        int more = (begun ? 0 : needed(code) + start.length()) + escaped.length() + after.length();
        boolean has = begun;
        if (more > room()) {
            if (begun) {
                current.append(after);
            }
            if (!next()) {
                return false;
            }
            has = false;
        }
        if (!has) {
            begin(code);
            current.append(start);
        }
        current.append(escaped);
        return true;
    }

    private String escape(String raw, boolean code) {
        return code ? markup.code(raw) : markup.text(raw);
    }

    /** What must be written before a line of this kind, in the message at hand. */
    private int needed(boolean code) {
        int lineEnd = current.length() == 0 ? 0 : 1;
        if (!code || inCode) {
            return lineEnd + (inCode && !code ? markup.codeEnd().length() : 0);
        }
        return lineEnd + opening(true);
    }

    private int opening(boolean code) {
        return code ? markup.codeStart().length() + markup.codeEnd().length() : 0;
    }

    private int room() {
        return markup.limit() - current.length() - (inCode ? markup.codeEnd().length() : 0) - reserve();
    }

    /** The last message keeps room for the note. */
    private int reserve() {
        return messages.size() + 1 >= mostMessages ? CUT.length() + 1 : 0;
    }

    private void begin(boolean code) {
        if (code && !inCode) {
            if (current.length() > 0) {
                current.append('\n');
            }
            current.append(markup.codeStart());
            inCode = true;
        } else if (current.length() > 0) {
            current.append('\n');
        }
    }

    private void endCode() {
        if (inCode) {
            current.append(markup.codeEnd());
            inCode = false;
        }
    }

    /** @return false when there is none */
    private boolean next() {
        endCode();
        if (messages.size() + 1 >= mostMessages) {
            current.append('\n').append(CUT);
            isFull = true;
            return false;
        }
        if (current.length() > 0) {
            messages.add(current.toString());
            current.setLength(0);
        }
        return true;
    }
}

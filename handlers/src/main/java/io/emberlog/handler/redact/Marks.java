package io.emberlog.handler.redact;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Which bytes of a text are to be masked. One thread. */
final class Marks {
    private final SecretFinder finder;
    private final List<Pattern> regexes;
    private final BitSet bits = new BitSet();

    Marks(SecretFinder finder, List<Pattern> regexes) {
        this.finder = finder;
        this.regexes = regexes;
    }

    /** Of another text. */
    void clear() {
        bits.clear();
    }

    /** All of a text of that length. */
    void all(int length) {
        bits.set(0, length);
    }

    /** Whether anything is found there; makes no garbage without regular expressions. */
    boolean finds(byte[] text, int offset, int length) {
        if (finder.find(text, offset, offset + length, offset)) {
            return true;
        }
        for (int i = 0; i < regexes.size(); i++) {
            Matcher matcher = regexes.get(i).matcher(Arrays.copyOfRange(text, offset, offset + length));
            while (matcher.find()) {
                if (to(matcher) > from(matcher)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Adds what is found there. */
    void add(byte[] text, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end && finder.find(text, offset, end, at)) {
            bits.set(finder.start() - offset, finder.end() - offset);
            at = finder.end();
        }
        for (Pattern regex : regexes) {
            Matcher matcher = regex.matcher(Arrays.copyOfRange(text, offset, end));
            while (matcher.find()) {
                bits.set(from(matcher), to(matcher));
            }
        }
    }

    private static int from(Matcher matcher) {
        return matcher.start(group(matcher));
    }

    private static int to(Matcher matcher) {
        return matcher.end(group(matcher));
    }

    /** The first group; all that was found where there is none, or it took no part. */
    private static int group(Matcher matcher) {
        return matcher.groupCount() > 0 && matcher.start(1) >= 0 ? 1 : 0;
    }

    /** Adds what another text has marked between these places. */
    void add(Marks other, int from, int to) {
        for (int at = other.bits.nextSetBit(from); at >= 0 && at < to; at = other.bits.nextSetBit(at + 1)) {
            bits.set(at - from);
        }
    }

    boolean isEmpty() {
        return bits.isEmpty();
    }

    boolean isMarked(int at) {
        return bits.get(at);
    }
}

package io.emberlog.handler.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Names whose values are secret: {@code password}, {@code db_password}, {@code X-Api-Key}. Case does not count, nor do {@code _},
 * {@code -} and {@code .} between the words. Immutable; no garbage.
 */
final class KeyNames {
    /** A key that ends so. */
    private static final List<String> ENDINGS = List.of(
            "password",
            "passwd",
            "passphrase",
            "passcode",
            "secret",
            "secretkey",
            "token",
            "apikey",
            "accesskey",
            "privatekey",
            "signingkey",
            "encryptionkey",
            "authkey",
            "authorization",
            "cookie",
            "credential",
            "credentials",
            "sessionid",
            "connectionstring");

    /** A key whose last word is this: {@code bypass} is none. */
    private static final List<String> WORDS = List.of("pass", "pwd", "passwort", "cvv", "cvc", "jwt", "jsessionid");

    /** By the last byte, {@code & 0x7F}: most keys end as none of them. */
    private final byte[][][] endings;

    private final byte[][][] words;
    private final boolean empty;

    /** @param own further ones; a key whose last words are these */
    KeyNames(boolean common, List<String> own) {
        endings = byLast(common ? ENDINGS : List.of());
        List<String> all = new ArrayList<>(common ? WORDS : List.of());
        own.forEach(name -> all.add(plain(name)));
        words = byLast(all);
        empty = !common && all.isEmpty();
    }

    /** Arrays, since an iterator may be garbage. */
    private static byte[][][] byLast(List<String> names) {
        byte[][][] byLast = new byte[128][][];
        for (int last = 0; last < byLast.length; last++) {
            int wanted = last;
            byLast[last] = names.stream()
                    .map(name -> name.getBytes(StandardCharsets.UTF_8))
                    .filter(name -> (name[name.length - 1] & 0x7F) == wanted)
                    .toArray(byte[][]::new);
        }
        return byLast;
    }

    /** Lower case, without what separates words. */
    static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[_. -]", "");
    }

    boolean isEmpty() {
        return empty;
    }

    /** Whether a key that stands there is one of them. */
    boolean isSecret(byte[] text, int from, int to) {
        int end = to;
        while (end > from && separates(text[end - 1])) {
            end--;
        }
        if (end == from) {
            return false;
        }
        int last = lower(text[end - 1]) & 0x7F;
        for (byte[] name : endings[last]) {
            if (startOf(name, text, from, end) >= 0) {
                return true;
            }
        }
        for (byte[] name : words[last]) {
            int start = startOf(name, text, from, end);
            if (start >= 0 && startsWord(text, from, start)) {
                return true;
            }
        }
        return false;
    }

    /** Where the name starts that the text ends with; -1 when it does not. */
    private static int startOf(byte[] name, byte[] text, int from, int to) {
        int at = to;
        int n = name.length;
        while (n > 0) {
            if (at == from) {
                return -1;
            }
            byte b = text[--at];
            if (separates(b)) {
                continue;
            }
            if (lower(b) != name[--n]) {
                return -1;
            }
        }
        return at;
    }

    private static boolean startsWord(byte[] text, int from, int start) {
        return start == from
                || separates(text[start - 1])
                || text[start] >= 'A' && text[start] <= 'Z' && !(text[start - 1] >= 'A' && text[start - 1] <= 'Z');
    }

    private static boolean separates(byte b) {
        return b == '_' || b == '-' || b == '.' || b == ' ';
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}

package io.emberlog.samples.judge;

import java.util.zip.CRC32C;

/**
 * The message that a producer's thread logs under a sequence number; the judge makes the same again from the same seed.
 *
 * <pre>
 *   alpha/2/1734 the quick ... text of 0 to 3000 chars ... #9f31c2aa
 *   worker / thread / sequence         payload              CRC-32C of all before it
 * </pre>
 *
 * Most payloads are short and plain, some long, some full of what breaks formats: quotes, braces, line ends, NUL, ESC,
 * bidi controls, surrogate pairs. Lone surrogates are left out: no output can hold them.
 */
public final class Message {
    /** Longest text in chars: as UTF-8 it fits a record of the smallest ring. */
    static final int MAX_PAYLOAD = 3000;

    private static final String[] WORDS = {
        "order",
        "filled",
        "at",
        "price",
        "queue",
        "depth",
        "retry",
        "timeout",
        "user",
        "session",
        "cache",
        "miss",
        "42",
        "0x1f",
        "3.14",
        "naïve",
        "Größe",
        "東京",
        "Москва",
        "πρόβλημα",
        "🚀",
        "é",
        "OK",
        "<b>",
        "100%",
        "a=b",
        "[x]"
    };
    private static final String[] TRAPS = {
        "\"",
        "\\",
        "{}",
        "{",
        "}",
        "${jndi:ldap://x}",
        "%s%n",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\u0000",
        "\u001b[31m",
        "\u007f",
        "\u0085",
        "\u009b",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ud83d\ude00",
        "\udbff\udfff",
        "\uffff",
        "'",
        "</script>",
        "\\u0041",
        "\\n",
        "\b",
        "\f"
    };

    private static final int INFO = 9;
    private static final int NOTICE = 10;
    private static final int WARN = 13;
    private static final int ERROR = 17;

    private Message() {}

    /** What the call logs, literally. */
    public static String text(long seed, String worker, int thread, long sequence) {
        StringBuilder text = new StringBuilder(160);
        text.append(worker)
                .append('/')
                .append(thread)
                .append('/')
                .append(sequence)
                .append(' ');
        appendPayload(text, new Draws(seed, worker, thread, sequence));
        return text.append(" #").append(checksum(text)).toString();
    }

    /** Severity (OpenTelemetry's scale) under which that message is logged: INFO mostly, all at or above it. */
    public static int severity(long seed, String worker, int thread, long sequence) {
        int draw = new Draws(~seed, worker, thread, sequence).below(100);
        return draw < 80 ? INFO : draw < 85 ? NOTICE : draw < 95 ? WARN : ERROR;
    }

    /** Name of the thread that logs it. */
    public static String threadName(int thread) {
        return "producer-" + thread;
    }

    private static void appendPayload(StringBuilder text, Draws draws) {
        int kind = draws.below(256);
        int most = kind < 200 ? 60 : kind < 252 ? 250 : MAX_PAYLOAD;
        int length = draws.below(most + 1);
        int trapsIn16 = kind % 8 == 0 ? 8 : 0;
        int end = text.length() + length;
        while (text.length() < end) {
            String piece =
                    draws.below(16) < trapsIn16 ? TRAPS[draws.below(TRAPS.length)] : WORDS[draws.below(WORDS.length)];
            text.append(piece).append(' ');
        }
    }

    private static String checksum(StringBuilder text) {
        char[] chars = new char[text.length()];
        text.getChars(0, chars.length, chars, 0);
        byte[] bytes = new byte[2 * chars.length];
        for (int i = 0; i < chars.length; i++) {
            bytes[2 * i] = (byte) (chars[i] >>> 8);
            bytes[2 * i + 1] = (byte) chars[i];
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Long.toHexString(crc.getValue() | 0x1_0000_0000L).substring(1);
    }

    /** splitmix64 from a seed and a place. */
    private static final class Draws {
        private long state;

        Draws(long seed, String worker, int thread, long sequence) {
            state = mix(mix(seed ^ TextHash.of(worker)) + thread) + sequence * 0x9E3779B97F4A7C15L;
        }

        int below(int bound) {
            state += 0x9E3779B97F4A7C15L;
            return (int) ((mix(state) >>> 33) % bound);
        }

        private static long mix(long value) {
            long z = value;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }
}

package io.emberlog.handler.redact;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * Access tokens and addresses that are secrets, by what their makers begin them with. In arrays, since an iterator may be garbage. One
 * thread.
 */
final class TokenShapes {
    /** A front, and how many bytes of names must follow. */
    private record Front(byte[] front, int least) {
        Front(String front, int least) {
            this(front.getBytes(StandardCharsets.US_ASCII), least);
        }
    }

    private static final Front[] FRONTS = {
        new Front("AKIA", 16), // Amazon Web Services, long-lived
        new Front("ASIA", 16), // and temporary
        new Front("ABIA", 16),
        new Front("ACCA", 16),
        new Front("AIza", 35), // Google: keys, clients, access of users and of services
        new Front("GOCSPX-", 20),
        new Front("ya29.", 20),
        new Front("ya29.c.", 20),
        new Front("ghp_", 36), // GitHub: personal, OAuth, user, server, refresh
        new Front("gho_", 36),
        new Front("ghu_", 36),
        new Front("ghs_", 36),
        new Front("ghr_", 36),
        new Front("github_pat_", 22),
        new Front("glpat-", 20), // GitLab: personal, deploy, runner, job, trigger, feed, agent, OAuth
        new Front("gldt-", 20),
        new Front("glrt-", 20),
        new Front("glcbt-", 20),
        new Front("glptt-", 20),
        new Front("glft-", 20),
        new Front("glagent-", 20),
        new Front("gloas-", 20),
        new Front("xoxa-", 10), // Slack
        new Front("xoxb-", 10),
        new Front("xoxc-", 10),
        new Front("xoxe-", 10),
        new Front("xoxp-", 10),
        new Front("xoxr-", 10),
        new Front("xoxs-", 10),
        new Front("xapp-", 10),
        new Front("sk_live_", 16), // Stripe
        new Front("sk_test_", 16),
        new Front("rk_live_", 16),
        new Front("rk_test_", 16),
        new Front("whsec_", 16),
        new Front("npm_", 36),
        new Front("hf_", 30),
        new Front("dop_v1_", 40),
        new Front("sk-", 32)
    };

    /** By their first byte: most bytes begin none. */
    private static final Front[][] BY_FIRST = new Front[128][];

    static {
        for (int first = 0; first < BY_FIRST.length; first++) {
            byte b = (byte) first;
            BY_FIRST[first] =
                    Stream.of(FRONTS).filter(shape -> shape.front[0] == b).toArray(Front[]::new);
        }
    }

    /** Addresses behind which everything up to a space is secret. */
    private static final byte[][] ADDRESSES = {
        ascii("hooks.slack.com/services/"), ascii("hooks.slack.com/workflows/"), ascii("hooks.slack.com/triggers/")
    };

    /** Behind them may stand the version of the interface, then {@link #WEBHOOKS}. */
    private static final byte[][] DISCORD = {ascii("discord.com/api/"), ascii("discordapp.com/api/")};

    private static final byte[] WEBHOOKS = ascii("webhooks/");

    private static final byte[] BOT = ascii("bot");
    private static final byte[] JWT = ascii("eyJ");
    private static final int TELEGRAM_LEAST = 30;

    /** Up to here the word goes that is the first part of no JWT, wherever in it one begins: it need not be walked again... */
    private int noJwtUpTo;

    /** ...and of no Discord token. */
    private int noDiscordUpTo;

    /** Of a text, before the first {@link #end}. */
    void begin() {
        noJwtUpTo = 0;
        noDiscordUpTo = 0;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a token may begin with that. */
    static boolean mayStart(byte first) {
        return "AGygxsrwnhdeMNOb".indexOf(first) >= 0 || Chars.isDigit(first);
    }

    /** @return behind the token that starts there; -1 when none does */
    int end(byte[] text, int at, int to) {
        for (Front shape : BY_FIRST[text[at] & 0x7F]) {
            if (Chars.startsWith(text, at, to, shape.front)) {
                int end = Chars.endOfWord(text, at + shape.front.length, to);
                if (end - at - shape.front.length >= shape.least) {
                    return end;
                }
            }
        }
        for (byte[] address : ADDRESSES) {
            if (text[at] == address[0] && Chars.startsWith(text, at, to, address)) {
                return endOfAddress(text, at + address.length, to);
            }
        }
        for (byte[] api : DISCORD) {
            if (text[at] == 'd' && Chars.startsWith(text, at, to, api)) {
                return discordWebhook(text, at + api.length, to);
            }
        }
        return switch (text[at]) {
            case 'e' -> at >= noJwtUpTo && Chars.startsWith(text, at, to, JWT) ? jwt(text, at, to) : -1;
            case 'M', 'N', 'O' -> at >= noDiscordUpTo ? discord(text, at, to) : -1;
            case 'b' -> Chars.startsWith(text, at, to, BOT) ? telegram(text, at + BOT.length, to) : -1;
            default -> Chars.isDigit(text[at]) ? telegram(text, at, to) : -1;
        };
    }

    private static int discordWebhook(byte[] text, int from, int to) {
        int at = from;
        if (at < to && text[at] == 'v') {
            at = Chars.endOfWord(text, at, to) + 1;
        }
        return Chars.startsWith(text, at, to, WEBHOOKS) ? endOfAddress(text, at + WEBHOOKS.length, to) : -1;
    }

    private static int endOfAddress(byte[] text, int from, int to) {
        int at = from;
        while (at < to && (Chars.isWord(text[at]) || text[at] == '/')) {
            at++;
        }
        return at > from ? at : -1;
    }

    /** Three parts with dots between; the last one may have been cut off. */
    private int jwt(byte[] text, int at, int to) {
        int dot = Chars.endOfWord(text, at, to);
        int end = dot - at < 8 ? -1 : behind(text, dot, to, 4, 0);
        noJwtUpTo = end < 0 ? dot : noJwtUpTo;
        return end;
    }

    /** Three parts with dots between: the bot's number, a time, a signature. */
    private int discord(byte[] text, int at, int to) {
        int dot = Chars.endOfWord(text, at, to);
        int end = dot - at < 23 ? -1 : behind(text, dot, to, 6, 27);
        noDiscordUpTo = end < 0 ? dot : noDiscordUpTo;
        return end;
    }

    /** @param dot where the first part ends */
    private static int behind(byte[] text, int dot, int to, int second, int third) {
        if (dot == to || text[dot] != '.') {
            return -1;
        }
        int next = Chars.endOfWord(text, dot + 1, to);
        if (next - dot - 1 < second) {
            return -1;
        }
        if (next == to || text[next] != '.') {
            return third == 0 && Chars.startsWith(text, dot + 1, to, JWT) ? next : -1;
        }
        int last = Chars.endOfWord(text, next + 1, to);
        return last - next - 1 >= third ? last : -1;
    }

    /** A bot's number, a colon and 35 bytes. */
    private static int telegram(byte[] text, int at, int to) {
        int colon = at;
        while (colon < to && colon - at <= 12 && Chars.isDigit(text[colon])) {
            colon++;
        }
        if (colon - at < 6 || colon == to || text[colon] != ':') {
            return -1;
        }
        int end = Chars.endOfWord(text, colon + 1, to);
        return end - colon - 1 >= TELEGRAM_LEAST ? end : -1;
    }
}

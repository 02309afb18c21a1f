package io.emberlog.handler.http;

import io.emberlog.handler.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Takes secrets out of what is told to operators: as they are, and as addresses, JSON (also within JSON), HTML and XML quote them. For
 * texts that were not cut yet: a part of a secret is not known. Immutable.
 */
public final class Redaction {
    /** What nobody quotes. */
    private static final String PLAIN = "[A-Za-z0-9._-]+";

    private final List<String> secrets;
    private final List<Pattern> patterns = new ArrayList<>();

    private Redaction(List<String> secrets) {
        this.secrets = secrets;
    }

    public static Redaction of(List<String> secrets) {
        List<String> longestFirst = secrets.stream()
                .filter(secret -> !secret.isEmpty())
                .distinct()
                .sorted((a, b) -> b.length() - a.length())
                .toList();
        Redaction redaction = new Redaction(longestFirst);
        longestFirst.forEach(secret -> redaction.patterns.add(pattern(secret)));
        return redaction;
    }

    private static Pattern pattern(String secret) {
        if (secret.matches(PLAIN)) {
            return Pattern.compile(secret, Pattern.LITERAL);
        }
        StringBuilder regex = new StringBuilder();
        secret.codePoints().forEach(c -> regex.append(quoted(c)));
        return Pattern.compile(regex.toString());
    }

    /** All that may stand for a character. */
    private static String quoted(int codePoint) {
        String text = Character.toString(codePoint);
        if (text.matches(PLAIN)) {
            return Pattern.quote(text);
        }
        String itself = text.equals("\\") ? "\\\\+" : "\\\\*" + Pattern.quote(text);
        String json = text.chars() // two units for what is beyond the BMP
                .mapToObj(unit -> String.format("\\\\+u%04x", unit))
                .collect(Collectors.joining());
        String url = text.equals("*") // which URLEncoder leaves and others do not
                ? "%2a"
                : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        String html = "&#0*" + codePoint + ";|&#x0*" + Integer.toHexString(codePoint) + ";";
        return "(?:" + itself + "|(?i:" + json + '|' + url + '|' + html + ')' + inWords(text) + ')';
    }

    private static String inWords(String text) {
        return switch (text) {
            case " " -> "|\\+";
            case "+" -> "| ";
            case "&" -> "|&amp;";
            case "<" -> "|&lt;";
            case ">" -> "|&gt;";
            case "\"" -> "|&quot;";
            case "'" -> "|&apos;";
            default -> "";
        };
    }

    public String apply(String text) {
        String redacted = text;
        for (Pattern secret : patterns) {
            redacted = secret.matcher(redacted).replaceAll(Matcher.quoteReplacement(Secret.MASK));
        }
        return redacted;
    }

    /** A service may echo what it was sent. */
    byte[] apply(byte[] text) {
        String decoded = new String(text, StandardCharsets.UTF_8);
        String redacted = apply(decoded);
        return redacted.equals(decoded) ? text : redacted.getBytes(StandardCharsets.UTF_8);
    }

    /** The same for bytes in which the lengths of texts stand in front of them: a star for each byte. */
    byte[] applyKeepingLength(byte[] bytes) {
        String latin1 = new String(bytes, StandardCharsets.ISO_8859_1);
        String redacted = latin1;
        for (String secret : secrets) {
            String utf8 = new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            redacted = pattern(utf8)
                    .matcher(redacted)
                    .replaceAll(found -> "*".repeat(found.group().length()));
        }
        return redacted.equals(latin1) ? bytes : redacted.getBytes(StandardCharsets.ISO_8859_1);
    }
}

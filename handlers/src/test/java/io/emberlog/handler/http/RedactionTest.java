package io.emberlog.handler.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    private static final String SECRET = "s3cret/\"+ &<b>\\'=?*~\u00e4\uD83D\uDE00_end";

    private static String json(String text) {
        StringBuilder json = new StringBuilder();
        for (char c : text.toCharArray()) {
            json.append(c == '"' || c == '\\' ? "\\" + c : String.valueOf(c));
        }
        return json.toString();
    }

    /** As Go and Gson write it, and others what is not ASCII. */
    private static String unicode(String text, String digits) {
        StringBuilder json = new StringBuilder();
        for (char c : text.toCharArray()) {
            json.append(
                    c < 128 && (Character.isLetterOrDigit(c) || c == '_')
                            ? String.valueOf(c)
                            : String.format(digits, (int) c));
        }
        return json.toString();
    }

    private static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    @Test
    void aSecretIsFoundHoweverItIsQuoted() {
        String url = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
        for (String quoted : List.of(
                SECRET,
                json(SECRET),
                json(json(SECRET)),
                json(SECRET).replace("/", "\\/"),
                unicode(SECRET, "\\u%04x"),
                unicode(SECRET, "\\u%04X"),
                unicode(SECRET, "\\\\u%04x"),
                url,
                url.replace("+", "%20").replace("*", "%2A"),
                url.toLowerCase(java.util.Locale.ROOT).replace("s3cret", "s3cret"),
                html(SECRET),
                html(SECRET).replace("&#39;", "&#x27;").replace("&quot;", "&#34;"),
                SECRET.replace("+", " "))) {
            assertThat(Redaction.of(List.of(SECRET)).apply("bad: " + quoted + "!"))
                    .as(quoted)
                    .isEqualTo("bad: ***!");
        }
    }

    @Test
    void whatIsNoSecretStays() {
        String text = "nothing \\\" of it & s3cret/ \\\\ %2f";
        assertThat(Redaction.of(List.of(SECRET, "")).apply(text)).isEqualTo(text);
        assertThat(Redaction.of(List.of()).apply(text)).isEqualTo(text);
    }

    @Test
    void ofSecretsWithinEachOtherNothingIsLeft() {
        assertThat(Redaction.of(List.of("abc", "abcdef$1")).apply("abcdef$1 abc"))
                .isEqualTo("*** ***");
    }

    @Test
    void lengthsStayWhereTheyStandInFrontOfTexts() {
        for (String secret : List.of("plain-secret", SECRET)) {
            byte[] text = ("\u0000\u0001" + secret + "\u00ff").getBytes(StandardCharsets.UTF_8);
            byte[] redacted = Redaction.of(List.of(secret)).applyKeepingLength(text);
            assertThat(redacted).hasSize(text.length);
            assertThat(new String(redacted, StandardCharsets.UTF_8))
                    .startsWith("\u0000\u0001***")
                    .endsWith("***\u00ff");
        }
        byte[] bytes = new byte[1000];
        new Random(7).nextBytes(bytes);
        assertThat(Redaction.of(List.of(SECRET)).applyKeepingLength(bytes)).isSameAs(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?key=a%20b%2Fcanary", "/services/a%20b%2Fcanary", "?x=1&key=a%20b%2Fcanary&y"})
    void theSecretOfAnAddressIsFoundDecoded(String behindHost) {
        Redaction redaction = Redaction.of(SecretParts.of("https://host" + behindHost));
        for (String echo : List.of("a b/canary", "a%20b%2Fcanary", "a+b%2fcanary", "{\"key\":\"a b\\/canary\"}")) {
            assertThat(redaction.apply("no: " + echo)).as(echo).doesNotContain("canary");
        }
    }
}

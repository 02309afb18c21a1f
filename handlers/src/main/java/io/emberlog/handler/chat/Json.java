package io.emberlog.handler.chat;

import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.Utf8Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The little JSON that chats need: strings out, and single values in by their key, wherever it stands. What comes in is from the
 * service and only steers waiting and reports, so that this is enough. Stateless.
 */
final class Json {
    private Json() {}

    /** With its quotes. */
    static String string(String text) {
        Utf8Buffer out = new Utf8Buffer(text.length() + 16);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.append('"');
        Escaper.JSON.append(out, bytes, 0, bytes.length);
        out.append('"');
        return out.toString();
    }

    static OptionalDouble number(String json, String key) {
        Matcher matcher = matcher(json, key, "(-?\\d{1,15}(?:\\.\\d{1,15})?)");
        return matcher.find() ? OptionalDouble.of(Double.parseDouble(matcher.group(1))) : OptionalDouble.empty();
    }

    /** A text without escapes in it. */
    static Optional<String> text(String json, String key) {
        Matcher matcher = matcher(json, key, "\"([^\"\\\\]*)\"");
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    static boolean isTrue(String json, String key) {
        return matcher(json, key, "true\\b").find();
    }

    /** Whether the text is an object whose first key says so, as a service's own answers do and a page of a proxy does not. */
    static boolean isOk(String json) {
        return json.stripLeading().startsWith("{") && isTrue(json, "ok");
    }

    private static Matcher matcher(String json, String key, String value) {
        return Pattern.compile("\"" + Pattern.quote(key) + "\"\\s*:\\s*" + value)
                .matcher(json);
    }
}

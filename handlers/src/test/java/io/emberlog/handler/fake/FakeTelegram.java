package io.emberlog.handler.fake;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The method sendMessage of Telegram's Bot API, for one chat. */
public final class FakeTelegram extends FakeService {
    public static final int LIMIT = 4096;
    public static final String CHAT = "-1001234567890";
    private static final Set<String> TAGS = Set.of("b", "pre", "code", "i");
    private static final Pattern MARKUP = Pattern.compile("<(/?)([a-z]*)>|&(amp|lt|gt|quot);|[<>&]");

    /** In what is code nothing is a mention. */
    private static final Pattern CODE = Pattern.compile("(?s)<(pre|code)>.*?</\\1>");

    /** A name behind an @ that does not follow a letter: its owner is notified. */
    private static final Pattern MENTION = Pattern.compile("(?<![\\w.])@[A-Za-z]\\w{2,}");

    private final String token;
    private final Window second = new Window(1, 1_000_000_000L);
    private final Window minute = new Window(20, 60_000_000_000L);
    private final List<String> messages = new ArrayList<>();
    private final List<Object> threads = new ArrayList<>();
    private final Pause pause = new Pause();
    private boolean isKicked;

    public FakeTelegram(String token, LongSupplier clock) throws IOException {
        super(clock);
        this.token = token;
    }

    /** Text of each message that was taken, without its markup. */
    public synchronized List<String> messages() {
        return List.copyOf(messages);
    }

    /** The {@code message_thread_id} of each; "none" without. */
    public synchronized List<Object> threads() {
        return List.copyOf(threads);
    }

    public synchronized void kick() {
        isKicked = true;
    }

    /** From now on for so long. */
    public synchronized void limit(long ns) {
        pause.begin(clock.getAsLong(), ns);
    }

    private static Answer limited(long ns) {
        long seconds = (ns + 999_999_999L) / 1_000_000_000L;
        return error(
                429, "Too Many Requests: retry after " + seconds, ",\"parameters\":{\"retry_after\":" + seconds + "}");
    }

    @Override
    Answer answer(Request request) {
        if (!request.path().equals("/bot" + token + "/sendMessage")) {
            return error(request.path().startsWith("/bot" + token) ? 404 : 401, "Unauthorized", "");
        }
        long now = clock.getAsLong();
        long left = pause.leftNs(now);
        if (left > 0) {
            if (pause.isToldBefore()) {
                breach("asked again " + left + " ns before its retry_after was over");
            }
            return limited(left);
        }
        long wait = Math.max(second.enter(now), minute.enter(now));
        if (wait > 0) {
            breach("more than a message a second, or twenty a minute");
            return limited(wait);
        }
        Map<String, Object> body;
        try {
            body = JsonTree.object(request.body());
        } catch (IllegalArgumentException e) {
            breach(e.getMessage());
            return error(400, "Bad Request: can't parse JSON", "");
        }
        if (!CHAT.equals(body.get("chat_id"))) {
            return error(400, "Bad Request: chat not found", "");
        }
        if (isKicked) {
            return error(403, "Forbidden: bot was kicked from the supergroup chat", "");
        }
        return send(body);
    }

    private Answer send(Map<String, Object> body) {
        if (!Map.of("is_disabled", true).equals(body.get("link_preview_options"))) {
            breach("link_preview_options=" + body.get("link_preview_options"));
        }
        if (!"HTML".equals(body.get("parse_mode"))) {
            breach("parse_mode=" + body.get("parse_mode"));
        }
        String html = String.valueOf(body.getOrDefault("text", ""));
        String text = parse(html);
        if (text == null) {
            breach("entities: " + html);
            return error(400, "Bad Request: can't parse entities: unsupported start tag", "");
        }
        if (text.isBlank()) {
            breach("empty");
            return error(400, "Bad Request: message text is empty", "");
        }
        if (text.length() > LIMIT) {
            breach("text of " + text.length());
            return error(400, "Bad Request: message is too long", "");
        }
        if (MENTION.matcher(CODE.matcher(html).replaceAll("\n")).find()) {
            breach("a mention: " + html);
        }
        if (hasLoneSurrogate(text)) {
            breach("half a surrogate pair");
            return error(400, "Bad Request: text must be encoded in UTF-8", "");
        }
        messages.add(text);
        threads.add(body.getOrDefault("message_thread_id", "none"));
        return new Answer(200, "{\"ok\":true,\"result\":{\"message_id\":" + messages.size() + "}}");
    }

    /** Null when the markup is wrong. */
    private static String parse(String html) {
        StringBuilder text = new StringBuilder();
        Deque<String> open = new ArrayDeque<>();
        Matcher matcher = MARKUP.matcher(html);
        int from = 0;
        while (matcher.find()) {
            text.append(html, from, matcher.start());
            from = matcher.end();
            if (matcher.group(3) != null) {
                text.append(
                        switch (matcher.group(3)) {
                            case "amp" -> '&';
                            case "lt" -> '<';
                            case "gt" -> '>';
                            default -> '"';
                        });
            } else if (matcher.group(2) == null || !TAGS.contains(matcher.group(2))) {
                return null;
            } else if (matcher.group(1).isEmpty()) {
                open.push(matcher.group(2));
            } else if (open.isEmpty() || !open.pop().equals(matcher.group(2))) {
                return null;
            }
        }
        return open.isEmpty() ? text.append(html.substring(from)).toString().strip() : null;
    }

    private static Answer error(int code, String description, String more) {
        return new Answer(
                code, "{\"ok\":false,\"error_code\":" + code + ",\"description\":\"" + description + "\"" + more + "}");
    }
}

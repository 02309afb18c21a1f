package io.emberlog.handler.fake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** An incoming webhook of Slack, and its method chat.postMessage. */
public final class FakeSlack extends FakeService {
    /** What Slack asks not to exceed; it cuts at 40,000. */
    public static final int LIMIT = 4000;

    public static final String CHANNEL = "C024BE91L";
    private static final Pattern BARE = Pattern.compile("[<>]|&(?!(amp|lt|gt);)");
    private static final Pattern WORD = Pattern.compile("@(channel|here|everyone)");

    private final String token;
    private final Window second = new Window(1, 1_000_000_000L);
    private final List<String> messages = new ArrayList<>();
    private final List<Object> threads = new ArrayList<>();
    private final Pause pause = new Pause();
    private String webhookError;

    public FakeSlack(String token, LongSupplier clock) throws IOException {
        super(clock);
        this.token = token;
    }

    public String url() {
        return origin() + "/services/T00000000/B00000000/" + token;
    }

    public String apiUrl() {
        return origin() + "/api";
    }

    public synchronized List<String> messages() {
        return List.copyOf(messages);
    }

    /** The {@code thread_ts} of each; "none" without. */
    public synchronized List<Object> threads() {
        return List.copyOf(threads);
    }

    /** For example {@code no_service}. */
    public synchronized void failWebhook(String error) {
        webhookError = error;
    }

    /** From now on for so long. */
    public synchronized void limit(long ns) {
        pause.begin(clock.getAsLong(), ns);
    }

    private static Answer limited(long ns, boolean byMethod) {
        return new Answer(
                429,
                Map.of("Retry-After", Long.toString((ns + 999_999_999L) / 1_000_000_000L)),
                byMethod ? "{\"ok\":false,\"error\":\"ratelimited\"}" : "rate_limited");
    }

    @Override
    Answer answer(Request request) {
        boolean byMethod = request.path().equals("/api/chat.postMessage");
        if (!byMethod && (!request.path().endsWith('/' + token) || webhookError != null)) {
            return new Answer(
                    webhookError == null ? 403 : 404, Map.of(), webhookError == null ? "invalid_token" : webhookError);
        }
        if (byMethod && !("Bearer " + token).equals(request.headers().get("authorization"))) {
            return new Answer(200, "{\"ok\":false,\"error\":\"invalid_auth\"}");
        }
        long left = pause.leftNs(clock.getAsLong());
        if (left > 0) {
            if (pause.isToldBefore()) {
                breach("asked again " + left + " ns before its Retry-After was over");
            }
            return limited(left, byMethod);
        }
        long wait = second.enter(clock.getAsLong());
        if (wait > 0) {
            breach("more than a message a second");
            return limited(wait, byMethod);
        }
        Map<String, Object> body;
        try {
            body = JsonTree.object(request.body());
        } catch (IllegalArgumentException e) {
            breach(e.getMessage());
            return byMethod
                    ? new Answer(200, "{\"ok\":false,\"error\":\"invalid_json\"}")
                    : new Answer(400, Map.of(), "invalid_payload");
        }
        if (byMethod && !CHANNEL.equals(body.get("channel"))) {
            return new Answer(200, "{\"ok\":false,\"error\":\"channel_not_found\"}");
        }
        return post(body, byMethod);
    }

    private Answer post(Map<String, Object> body, boolean byMethod) {
        String text = String.valueOf(body.getOrDefault("text", ""));
        if (text.isBlank()) {
            breach("empty");
            return byMethod
                    ? new Answer(200, "{\"ok\":false,\"error\":\"no_text\"}")
                    : new Answer(400, Map.of(), "no_text");
        }
        if (text.length() > LIMIT) {
            breach("text of " + text.length());
            return byMethod
                    ? new Answer(200, "{\"ok\":false,\"error\":\"msg_too_long\"}")
                    : new Answer(400, Map.of(), "invalid_payload");
        }
        if (BARE.matcher(text).find()) {
            breach("not escaped: " + text);
        }
        if (!Boolean.FALSE.equals(body.get("unfurl_links")) || !Boolean.FALSE.equals(body.get("unfurl_media"))) {
            breach("previews of links");
        }
        if (body.containsKey("link_names") || "full".equals(body.get("parse"))) {
            breach("names become mentions");
        }
        if (hasLoneSurrogate(text)) {
            breach("half a surrogate pair");
        }
        List<String> outside = outsideOfFences(text);
        if (outside == null) {
            breach("a fence that is not closed: " + text);
        } else if (outside.stream().anyMatch(part -> WORD.matcher(part).find())) {
            breach("a mention: " + outside);
        }
        messages.add(text);
        threads.add(body.getOrDefault("thread_ts", "none"));
        return byMethod
                ? new Answer(200, "{\"ok\":true,\"channel\":\"" + CHANNEL + "\",\"ts\":\"1503435956.000247\"}")
                : new Answer(200, Map.of(), "ok");
    }
}

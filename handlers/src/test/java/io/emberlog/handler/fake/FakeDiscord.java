package io.emberlog.handler.fake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** A webhook of Discord. Limits and errors as its developers' documentation and its answers have them. */
public final class FakeDiscord extends FakeService {
    public static final int LIMIT = 2000;

    /** What Discord's filter of links takes for harmful, also in code. */
    public static final String HARMFUL_LINK = "http://harmful.example/";

    private static final int SUPPRESS_EMBEDS = 4;
    private static final double NS = 1e9;
    private static final Pattern MENTION = Pattern.compile("@everyone|@here|<@[!&]?\\d+>|<#\\d+>");

    private final String token;
    private final Window window = new Window(5, 2_000_000_000L);
    private final List<String> messages = new ArrayList<>();
    private final Pause global = new Pause();
    private boolean isDeleted;

    public FakeDiscord(String token, LongSupplier clock) throws IOException {
        super(clock);
        this.token = token;
    }

    public String url() {
        return origin() + "/api/webhooks/42/" + token;
    }

    /** Content of each message that was taken. */
    public synchronized List<String> messages() {
        return List.copyOf(messages);
    }

    public synchronized void delete() {
        isDeleted = true;
    }

    /** From now on for so long, whatever is asked. */
    public synchronized void limitGlobally(long ns) {
        global.begin(clock.getAsLong(), ns);
    }

    @Override
    Answer answer(Request request) {
        long now = clock.getAsLong();
        long globalNs = global.leftNs(now);
        if (globalNs > 0) {
            if (global.isToldBefore()) {
                breach("asked again " + globalNs + " ns before a global limit was over");
            }
            return limited(globalNs, true);
        }
        long wait = window.enter(now);
        if (wait > 0) {
            breach("more than five messages in two seconds");
            return limited(wait, false);
        }
        if (!request.method().equals("POST") || !request.path().startsWith("/api/webhooks/42/")) {
            return new Answer(404, "{\"message\": \"404: Not Found\", \"code\": 0}");
        }
        if (isDeleted) {
            return new Answer(404, "{\"message\": \"Unknown Webhook\", \"code\": 10015}");
        }
        if (!request.path().endsWith('/' + token)) {
            return new Answer(401, "{\"message\": \"Invalid Webhook Token\", \"code\": 50027}");
        }
        return post(request, now);
    }

    private Answer post(Request request, long now) {
        if (!request.query().contains("wait=true")) {
            breach("without wait=true");
        }
        if (!request.headers().getOrDefault("content-type", "").startsWith("application/json")) {
            breach("content type " + request.headers().get("content-type"));
        }
        Map<String, Object> body;
        try {
            body = JsonTree.object(request.body());
        } catch (IllegalArgumentException e) {
            breach(e.getMessage());
            return new Answer(400, "{\"message\": \"The request body contains invalid JSON.\", \"code\": 50109}");
        }
        String content = String.valueOf(body.getOrDefault("content", "")).strip();
        if (content.isEmpty()) {
            breach("empty");
            return new Answer(400, "{\"message\": \"Cannot send an empty message\", \"code\": 50006}");
        }
        if (content.length() > LIMIT) {
            breach("content of " + content.length());
            return new Answer(
                    400,
                    "{\"message\": \"Invalid Form Body\", \"code\": 50035, \"errors\": {\"content\": {\"_errors\": [{\"code\":"
                            + " \"BASE_TYPE_MAX_LENGTH\", \"message\": \"Must be 2000 or fewer in length.\"}]}}}");
        }
        inspect(body, content);
        if (content.contains(HARMFUL_LINK)) {
            return new Answer(400, "{\"message\": \"Message blocked by harmful links filter\", \"code\": 240000}");
        }
        messages.add(content);
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("X-RateLimit-Limit", "5");
        headers.put("X-RateLimit-Remaining", Integer.toString(window.left()));
        headers.put("X-RateLimit-Reset-After", seconds(window.resetNs(now)));
        return new Answer(200, headers, "{\"id\": \"1\", \"type\": 0}");
    }

    private void inspect(Map<String, Object> body, String content) {
        if (!Map.of("parse", List.of()).equals(body.get("allowed_mentions"))) {
            breach("allowed_mentions=" + body.get("allowed_mentions"));
        }
        if (!(body.get("flags") instanceof Long flags) || (flags & SUPPRESS_EMBEDS) == 0) {
            breach("flags=" + body.get("flags"));
        }
        if (hasLoneSurrogate(content)) {
            breach("half a surrogate pair");
        }
        List<String> outside = outsideOfFences(content);
        if (outside == null) {
            breach("a fence that is not closed: " + content);
        } else if (outside.stream().anyMatch(text -> MENTION.matcher(text).find())) {
            breach("a mention: " + outside);
        }
    }

    private static Answer limited(long ns, boolean global) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Retry-After", Long.toString((long) Math.ceil(ns / NS)));
        headers.put("X-RateLimit-Scope", global ? "global" : "user");
        if (global) {
            headers.put("X-RateLimit-Global", "true");
        }
        return new Answer(
                429,
                headers,
                "{\"message\": \"You are being rate limited.\", \"retry_after\": " + seconds(ns) + ", \"global\": "
                        + global + "}");
    }

    private static String seconds(long ns) {
        return String.format(Locale.ROOT, "%.3f", Math.ceil(ns / 1e6) / 1e3);
    }
}

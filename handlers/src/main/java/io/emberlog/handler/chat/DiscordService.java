package io.emberlog.handler.chat;

import io.emberlog.handler.Secret;
import io.emberlog.handler.alert.MessageRefusedException;
import io.emberlog.handler.alert.RateWindow;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.HttpSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * A webhook of Discord. {@code wait=true}, since without it a message that is not kept is no error; no mentions, no previews of links
 * (flag {@value #SUPPRESS_EMBEDS}). One thread.
 *
 * <p>Facts: developers' documentation of Discord, "Execute Webhook", "Rate Limits" and "Allowed Mentions". The limit of a webhook is
 * five messages in two seconds; what is left of it is in {@code X-RateLimit-Remaining} and {@code -Reset-After}.
 */
final class DiscordService extends ChatService {
    static final int SUPPRESS_EMBEDS = 4;

    /**
     * What is about the text, by {@code code}: 50006 it is empty, 20009 explicit, 200000 kept out by the server's own rules, 240000 has a
     * link that Discord takes for harmful. 50035 is a field of the wrong length or form; 10003 and such are about the channel.
     */
    private static final Set<Integer> REFUSALS = Set.of(50006, 20009, 200000, 240000);

    private static final int WRONG_FORM = 50035;

    private static final int MOST = 5;
    private static final long WINDOW_NS = 2_000_000_000L;

    private final Secret url;
    private final String query;
    private final String username;

    /**
     * @param threadId empty for none
     * @param username empty for the webhook's own
     */
    DiscordService(Secret url, String threadId, String username, HttpSettings http) {
        super(new DiscordMarkup(), new ChatClient(http, new RateWindow(MOST, WINDOW_NS)));
        this.url = url;
        this.username = username;
        query = "wait=true" + (threadId.isEmpty() ? "" : "&thread_id=" + threadId);
    }

    @Override
    Outgoing message(String text) {
        String json = "{\"content\":" + Json.string(text)
                + (username.isEmpty() ? "" : ",\"username\":" + Json.string(username))
                + ",\"allowed_mentions\":{\"parse\":[]},\"flags\":" + SUPPRESS_EMBEDS + "}";
        return client.outgoing(this::address, "", null, json, this::check);
    }

    private String address() throws IOException {
        String base = url.reveal();
        return base + (base.indexOf('?') < 0 ? '?' : '&') + query;
    }

    private void check(HttpReply reply) throws IOException, MessageRefusedException {
        if (reply.isSuccess()) {
            pauseWhenUsedUp(reply);
            return;
        }
        String said = "Discord answered " + reply.status() + reply.shown();
        switch (reply.status()) {
            case 429 -> {
                Duration delay = delay(reply);
                String whole = Json.isTrue(reply.text(), "global") ? ", for all that comes from this address" : "";
                throw client.later("Discord wants no message for " + delay.toMillis() + " ms" + whole, delay);
            }
            case 401, 403, 404 ->
                throw new IOException(
                        said + "; the webhook is gone or its address is wrong, and messages wait: make one in the"
                                + " channel's settings and give its address as url");
            case 400 -> {
                int code = (int) Json.number(reply.text(), "code").orElse(0);
                if (REFUSALS.contains(code)
                        || code == WRONG_FORM && reply.text().contains("content")) {
                    throw new MessageRefusedException(said);
                }
                throw new IOException(said);
            }
            default -> throw new IOException(said);
        }
    }

    private void pauseWhenUsedUp(HttpReply reply) {
        if (reply.headers().firstValue("X-RateLimit-Remaining").orElse("").equals("0")) {
            reply.headers()
                    .firstValue("X-RateLimit-Reset-After")
                    .filter(text -> text.matches("\\d{1,6}(\\.\\d{1,9})?"))
                    .ifPresent(text -> client.pause(HttpReply.seconds(Double.parseDouble(text))));
        }
    }

    /** The body is exact, the header is in whole seconds; one or the other may be missing. */
    private static Duration delay(HttpReply reply) {
        Duration inBody =
                HttpReply.seconds(Json.number(reply.text(), "retry_after").orElse(0));
        Duration delay = inBody.isZero() ? reply.retryAfter() : inBody;
        return delay.isZero() ? Duration.ofSeconds(1) : delay;
    }
}

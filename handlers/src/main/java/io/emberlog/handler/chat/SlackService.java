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
 * Slack, by an incoming webhook or by {@code chat.postMessage} with a bot's token. No previews of links. One thread.
 *
 * <p>Facts: developers' documentation of Slack, "Sending messages using incoming webhooks", "chat.postMessage" and "Rate limits": one
 * message a second to a channel; 429 with {@code Retry-After}. A webhook answers in plain text with a status, the method in JSON with
 * status 200.
 */
final class SlackService extends ChatService {
    private static final long SECOND_NS = 1_000_000_000L;

    /** What is about the text; all others are about the channel or access. */
    private static final Set<String> REFUSALS =
            Set.of("invalid_payload", "no_text", "msg_too_long", "invalid_blocks", "msg_blocks_too_long");

    private final Secret url;
    private final String apiUrl;
    private final Secret token;
    private final String target;

    /**
     * @param url of the incoming webhook; null for the method
     * @param token of the bot; null for the webhook
     * @param channel for the method; empty for the webhook
     * @param thread time stamp of the message that began the thread; empty for none
     */
    SlackService(Secret url, String apiUrl, Secret token, String channel, String thread, HttpSettings http) {
        super(new SlackMarkup(), new ChatClient(http, new RateWindow(1, SECOND_NS)));
        this.url = url;
        this.apiUrl = apiUrl;
        this.token = token;
        target = (channel.isEmpty() ? "" : "\"channel\":" + Json.string(channel) + ',')
                + (thread.isEmpty() ? "" : "\"thread_ts\":" + Json.string(thread) + ',');
    }

    @Override
    Outgoing message(String text) {
        String json = "{" + target + "\"text\":" + Json.string(text)
                + ",\"mrkdwn\":true,\"unfurl_links\":false,\"unfurl_media\":false}";
        return url == null
                ? client.outgoing(
                        () -> apiUrl + "/chat.postMessage", "", () -> "Bearer " + token.reveal(), json, this::check)
                : client.outgoing(url::reveal, "", null, json, this::check);
    }

    private void check(HttpReply reply) throws IOException, MessageRefusedException {
        String text = reply.text().strip();
        if (reply.status() == 200 && (url == null ? Json.isOk(text) : text.equals("ok"))) {
            return;
        }
        String error = url == null ? Json.text(text, "error").orElse("") : text;
        String said = "Slack answered " + reply.status() + reply.shown();
        if (reply.status() == 429 || error.equals("ratelimited") || error.equals("rate_limited")) {
            Duration delay = reply.retryAfter().isZero() ? Duration.ofSeconds(1) : reply.retryAfter();
            throw client.later("Slack wants no message for " + delay.toMillis() + " ms", delay);
        }
        if (REFUSALS.contains(error)) {
            throw new MessageRefusedException(said);
        }
        if (reply.status() == 200 || reply.status() / 100 == 4) {
            throw new IOException(said + "; messages wait: check "
                    + (url == null
                            ? "token, channel, and that the app is in it"
                            : "that the webhook at url still exists"));
        }
        throw new IOException(said);
    }
}

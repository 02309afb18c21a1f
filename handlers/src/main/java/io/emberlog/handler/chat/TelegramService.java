package io.emberlog.handler.chat;

import io.emberlog.handler.Secret;
import io.emberlog.handler.alert.MessageRefusedException;
import io.emberlog.handler.alert.RateWindow;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.HttpSettings;
import java.io.IOException;
import java.time.Duration;

/**
 * A bot of Telegram writing to one chat: {@code sendMessage} with {@code parse_mode} HTML and without previews of links. One thread.
 *
 * <p>Facts: "Telegram Bot API", sendMessage and ResponseParameters, and the bots' FAQ: one message a second to a chat, twenty a minute
 * to a group.
 */
final class TelegramService extends ChatService {
    private static final int MOST_A_MINUTE = 20;
    private static final long MINUTE_NS = 60_000_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;

    private final Secret token;
    private final String apiUrl;
    private final String target;

    /**
     * @param apiUrl without a slash at its end
     * @param threadId 0 for none
     */
    TelegramService(Secret token, String apiUrl, String chatId, long threadId, HttpSettings http) {
        super(
                new TelegramMarkup(),
                new ChatClient(http, new RateWindow(1, SECOND_NS), new RateWindow(MOST_A_MINUTE, MINUTE_NS)));
        this.token = token;
        this.apiUrl = apiUrl;
        target = "\"chat_id\":" + Json.string(chatId) + (threadId == 0 ? "" : ",\"message_thread_id\":" + threadId);
    }

    @Override
    Outgoing message(String text) {
        String json = "{" + target + ",\"text\":" + Json.string(text)
                + ",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true}}";
        return client.outgoing(() -> apiUrl + "/bot" + token.reveal(), "/sendMessage", null, json, this::check);
    }

    private void check(HttpReply reply) throws IOException, MessageRefusedException {
        if (reply.isSuccess() && Json.isOk(reply.text())) {
            return;
        }
        String said = "Telegram answered " + reply.status() + reply.shown();
        switch (reply.status()) {
            case 200 -> throw new IOException(said + "; that is not an answer of Telegram");
            case 429 -> {
                Duration inBody = HttpReply.seconds(
                        Json.number(reply.text(), "retry_after").orElse(0));
                Duration delay = inBody.isZero() ? reply.retryAfter() : inBody;
                delay = delay.isZero() ? Duration.ofSeconds(1) : delay;
                throw client.later("Telegram wants no message for " + delay.toMillis() + " ms", delay);
            }
            case 400 -> refused(reply, said);
            case 401, 404 ->
                throw new IOException(
                        said + "; the bot's token is wrong or was revoked, and messages wait: give the one of"
                                + " @BotFather as token");
            case 403 ->
                throw new IOException(
                        said + "; the bot may not write to the chat, and messages wait: add it to the group, or"
                                + " let the user start it");
            default -> throw new IOException(said);
        }
    }

    /** Most are about the chat; only these are about the text. */
    private static void refused(HttpReply reply, String said) throws IOException, MessageRefusedException {
        String text = reply.text();
        if (text.contains("can't parse entities")
                || text.contains("message is too long")
                || text.contains("text is empty")
                || text.contains("must be encoded in UTF-8")) {
            throw new MessageRefusedException(said);
        }
        long moved = (long) Json.number(text, "migrate_to_chat_id").orElse(0);
        throw new IOException(said
                + (moved == 0
                        ? "; messages wait: check chat_id and thread_id"
                        : "; the group became another one, and messages wait: set chat_id = \"" + moved + '"'));
    }
}

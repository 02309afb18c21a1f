package io.emberlog.handler.chat;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.alert.AlertHandler;
import io.emberlog.handler.alert.AlertHandlerFactory;
import io.emberlog.handler.alert.AlertSettings;
import io.emberlog.handler.http.HttpSettings;
import java.util.List;
import java.util.stream.Stream;

/** {@code type = "telegram"}. */
public final class TelegramHandlerFactory implements AlertHandlerFactory {
    static final SettingKey TOKEN = SettingKey.secret("token", "The bot's token, as @BotFather gave it.")
            .revealed(TelegramHandlerFactory::checkToken)
            .required();
    static final SettingKey CHAT_ID = SettingKey.string(
                    "chat_id", "Number of the chat, negative for groups, or @name of a public channel.")
            .required();
    static final SettingKey THREAD_ID = SettingKey.integer(
                    "thread_id", "Number of the topic in a group with topics; 0 = none.")
            .orElse(0)
            .between("0", "2147483647");
    static final SettingKey API_URL = SettingKey.string("api_url", "Where the Bot API is, for a server of one's own.")
            .orElse("https://api.telegram.org");

    /** It becomes a part of an address. */
    private static void checkToken(String token) {
        if (!token.matches("[A-Za-z0-9:_-]+")) {
            throw new IllegalArgumentException(
                    "is no token, and is not printed here since it may be a secret; allowed: digits, a colon, and letters,"
                            + " digits, - and _, as @BotFather gave them");
        }
    }

    @Override
    public String type() {
        return "telegram";
    }

    @Override
    public List<SettingKey> settings() {
        return Stream.of(List.of(TOKEN, CHAT_ID, THREAD_ID, API_URL), AlertSettings.KEYS, HttpSettings.KEYS_WITH_OURS)
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public Handler create(HandlerSettings settings) {
        String chatId = settings.string(CHAT_ID);
        if (!chatId.matches("-?\\d{1,20}|@[A-Za-z0-9_]{3,64}")) {
            throw new IllegalArgumentException(
                    "chat_id: is no chat; allowed: a number in quotes like \"-1001234567890\", or \"@name\"");
        }
        String apiUrl = settings.string(API_URL);
        if (!apiUrl.matches("https?://[^/?#@]+(/[^?#]*)?")) {
            throw new IllegalArgumentException("api_url: is no address; allowed: https://HOST or https://HOST/PATH");
        }
        return new AlertHandler(
                AlertSettings.of(settings),
                new TelegramService(
                        settings.secret(TOKEN),
                        apiUrl.replaceFirst("/+$", ""),
                        chatId,
                        settings.integer(THREAD_ID),
                        HttpSettings.of(settings, API_URL, apiUrl.startsWith("https:"))));
    }
}

package io.emberlog.handler.chat;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.alert.AlertHandler;
import io.emberlog.handler.alert.AlertHandlerFactory;
import io.emberlog.handler.alert.AlertSettings;
import io.emberlog.handler.http.HttpSettings;
import io.emberlog.handler.http.SecretForms;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code type = "discord"}. */
public final class DiscordHandlerFactory implements AlertHandlerFactory {
    static final SettingKey URL = SettingKey.secret(
                    "url",
                    "Address of the webhook, https://discord.com/api/webhooks/ID/TOKEN, of the channel's settings.")
            .revealed(SecretForms::address)
            .required();
    static final SettingKey THREAD_ID =
            SettingKey.string("thread_id", "Id of the thread to write to; the channel itself without it.");
    static final SettingKey USERNAME =
            SettingKey.string("username", "Name shown beside the messages.").otherwise("the webhook's own");

    private static final int MAX_USERNAME = 80;

    /** Resources of Discord's API, "Webhook": case does not count. */
    private static final Pattern REFUSED_USERNAME = Pattern.compile("discord|clyde", Pattern.CASE_INSENSITIVE);

    @Override
    public String type() {
        return "discord";
    }

    @Override
    public List<SettingKey> settings() {
        return Stream.of(List.of(URL, THREAD_ID, USERNAME), AlertSettings.KEYS, HttpSettings.KEYS)
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public Handler create(HandlerSettings settings) {
        String threadId = Text.optional(settings, THREAD_ID);
        if (!threadId.matches("\\d{0,20}")) {
            throw new IllegalArgumentException(
                    "thread_id: is not an id; allowed: the digits that \"Copy Thread ID\" gives");
        }
        String username = Text.optional(settings, USERNAME);
        if (username.length() > MAX_USERNAME) {
            throw new IllegalArgumentException("username: is too long; allowed: " + MAX_USERNAME + " characters");
        }
        if (REFUSED_USERNAME.matcher(username).find()) {
            throw new IllegalArgumentException(
                    "username: holds \"discord\" or \"clyde\", which Discord refuses; allowed: a name without");
        }
        return new AlertHandler(
                AlertSettings.of(settings),
                new DiscordService(settings.secret(URL), threadId, username, HttpSettings.of(settings)));
    }
}

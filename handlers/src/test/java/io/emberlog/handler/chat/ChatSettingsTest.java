package io.emberlog.handler.chat;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatSettingsTest {
    private static void refused(HandlerFactory factory, String message, Object... pairs) {
        Map<String, Object> given = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            given.put((String) pairs[i], pairs[i + 1]);
        }
        assertThatThrownBy(() -> factory.create(HandlerSettings.of("test", factory.settings(), given)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void whatCannotBeRightIsRefusedByItsKey() {
        refused(new DiscordHandlerFactory(), "url: is missing");
        refused(
                new DiscordHandlerFactory(),
                "url: holds something else than a reference",
                "url",
                "https://discord.com/x");
        refused(new DiscordHandlerFactory(), "thread_id: is not an id", "url", "env:X", "thread_id", "a&b");
        refused(new DiscordHandlerFactory(), "username: holds", "url", "env:X", "username", "My Discord log");
        refused(new TelegramHandlerFactory(), "chat_id: is no chat", "token", "env:X", "chat_id", "my group");
        refused(
                new TelegramHandlerFactory(),
                "api_url: is no address",
                "token",
                "env:X",
                "chat_id",
                "-1",
                "api_url",
                "https://user@host/?x");
        refused(new SlackHandlerFactory(), "url: is missing, and so is token");
        refused(new SlackHandlerFactory(), "url: is given, and so is token", "url", "env:X", "token", "env:Y");
        refused(new SlackHandlerFactory(), "channel: is missing", "token", "env:X");
        refused(new SlackHandlerFactory(), "channel: has no meaning", "url", "env:X", "channel", "#a");
        refused(new SlackHandlerFactory(), "thread_ts: is no time stamp", "url", "env:X", "thread_ts", "now");
    }
}

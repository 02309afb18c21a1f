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
import java.util.stream.Stream;

/** {@code type = "slack"}. */
public final class SlackHandlerFactory implements AlertHandlerFactory {
    static final SettingKey URL = SettingKey.secret(
                    "url",
                    "Address of an incoming webhook, https://hooks.slack.com/services/...; or give token and channel.")
            .revealed(SecretForms::address);
    static final SettingKey TOKEN = SettingKey.secret(
                    "token", "Token of a bot, xoxb-..., with the scope chat:write; or give url.")
            .revealed(SecretForms::header);
    static final SettingKey CHANNEL =
            SettingKey.string("channel", "With token: id of the channel, like C024BE91L, or #name.");
    static final SettingKey THREAD_TS =
            SettingKey.string("thread_ts", "Time stamp of the message whose thread to write to.");
    static final SettingKey API_URL = SettingKey.string("api_url", "With token: where Slack's methods are.")
            .orElse("https://slack.com/api");

    @Override
    public String type() {
        return "slack";
    }

    @Override
    public List<SettingKey> settings() {
        return Stream.of(
                        List.of(URL, TOKEN, CHANNEL, THREAD_TS, API_URL),
                        AlertSettings.KEYS,
                        HttpSettings.KEYS_WITH_OURS)
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public Handler create(HandlerSettings settings) {
        boolean byUrl = settings.isSet(URL);
        String channel = Text.optional(settings, CHANNEL);
        if (byUrl == settings.isSet(TOKEN)) {
            throw new IllegalArgumentException(
                    "url: " + (byUrl ? "is given, and so is token" : "is missing, and so is token")
                            + "; allowed: url alone, or token and channel");
        }
        if (byUrl != channel.isEmpty()) {
            throw new IllegalArgumentException(
                    byUrl
                            ? "channel: has no meaning with url, whose webhook has one channel; allowed: nothing"
                            : "channel: is missing; allowed: with token, an id like \"C024BE91L\", or \"#name\"");
        }
        if (byUrl) {
            settings.refuseIfChanged(API_URL, "has no effect with url", "beside a token");
        }
        if (!channel.matches("[#@]?[\\p{L}\\p{N}._-]{0,80}")) {
            throw new IllegalArgumentException("channel: is none; allowed: an id like \"C024BE91L\", or \"#name\"");
        }
        String thread = Text.optional(settings, THREAD_TS);
        if (!thread.matches("(\\d{1,12}\\.\\d{1,9})?")) {
            throw new IllegalArgumentException("thread_ts: is no time stamp; allowed: one like \"1503435956.000247\"");
        }
        String apiUrl = settings.string(API_URL);
        if (!apiUrl.matches("https?://[^/?#@]+(/[^?#]*)?")) {
            throw new IllegalArgumentException("api_url: is no address; allowed: https://HOST/PATH");
        }
        return new AlertHandler(
                AlertSettings.of(settings),
                new SlackService(
                        byUrl ? settings.secret(URL) : null,
                        apiUrl.replaceFirst("/+$", ""),
                        byUrl ? null : settings.secret(TOKEN),
                        channel,
                        thread,
                        HttpSettings.of(
                                settings,
                                byUrl ? URL : API_URL,
                                byUrl ? SecretForms.isTls(settings.secret(URL)) : apiUrl.startsWith("https:"))));
    }
}

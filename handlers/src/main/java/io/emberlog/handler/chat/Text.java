package io.emberlog.handler.chat;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;

/** Settings that may be unset. Stateless. */
final class Text {
    private Text() {}

    /** Empty when it is unset. */
    static String optional(HandlerSettings settings, SettingKey key) {
        return settings.isSet(key) ? settings.string(key) : "";
    }
}

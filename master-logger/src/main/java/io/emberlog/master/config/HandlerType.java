package io.emberlog.master.config;

import io.emberlog.handler.SettingKey;
import java.util.List;

/**
 * A kind of handler that a configuration may name.
 *
 * @param type the word after {@code type =}
 * @param settings the keys it takes beside those that every handler has
 */
public record HandlerType(String type, List<SettingKey> settings) {
    public HandlerType {
        settings = List.copyOf(settings);
        for (SettingKey key : settings) {
            if (ConfigKeys.HANDLER.find(key.name()).isPresent()) {
                throw new IllegalArgumentException(
                        "handler type=" + type + " declares " + key + ", which every handler already has; rename it");
            }
        }
    }
}

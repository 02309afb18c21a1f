package io.emberlog.master.config;

import io.emberlog.handler.SettingKey;

/**
 * One setting as it is in force.
 *
 * @param section {@code journal}; {@code handlers.NAME} for those of a handler
 * @param key as declared
 * @param value as {@link SettingKey#parse} returned it; null when it is not set and has no default
 * @param origin who gave it
 */
public record EffectiveSetting(String section, SettingKey key, Object value, SettingOrigin origin) {
    /** {@code journal.max_size}, {@code handlers.NAME.path}. */
    public String dotted() {
        return section + '.' + key.name();
    }

    /** As it would stand in a file, secrets as {@code "***"}; empty when it is not set. */
    public String text() {
        return value == null ? "" : key.text(value);
    }

    /** {@code key = value}; a secret stays one. */
    @Override
    public String toString() {
        return dotted() + " = " + text();
    }
}

package io.emberlog.master.config;

import io.emberlog.handler.Header;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.SettingType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A value as somebody wrote it.
 *
 * @param raw as the file has it, or text
 * @param fromText where it comes from knows only text
 * @param base where a relative path starts
 */
record Given(Object raw, boolean fromText, SettingOrigin origin, Path base) {
    static Given text(String text, SettingOrigin origin) {
        return new Given(text, true, origin, Path.of(""));
    }

    static Given entry(ConfigTable.Entry entry, Path base) {
        return new Given(entry.raw(), false, entry.origin(), base);
    }

    /**
     * @param environment where the variables of secrets are
     * @throws IllegalArgumentException saying what is wrong and what is allowed
     */
    Object read(SettingKey key, Map<String, String> environment) {
        if (raw instanceof ConfigTable) {
            throw new IllegalArgumentException("is a table; allowed: " + key.allowed());
        }
        Object value = fromText ? key.parseText((String) raw) : key.parse(plain(raw));
        if (value instanceof Path path) {
            return base.resolve(path).toAbsolutePath().normalize();
        }
        if (key.type() == SettingType.HEADERS) {
            return ((List<?>) value)
                    .stream()
                            .map(Header.class::cast)
                            .map(header -> header.secret() == null
                                    ? header
                                    : header.with(checked(header.secret().resolved(base, environment), key)))
                            .toList();
        }
        return value instanceof Secret secret ? checked(secret.resolved(base, environment), key) : value;
    }

    private static Secret checked(Secret secret, SettingKey key) {
        try {
            return secret.checked(key::checkRevealed);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Object plain(Object raw) {
        return raw instanceof List<?> list
                ? list.stream()
                        .map(element -> plain(((ConfigTable.Entry) element).raw()))
                        .toList()
                : raw;
    }
}

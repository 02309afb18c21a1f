package io.emberlog.handler.format;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/** The settings of a handler that writes lines: which {@link Format}. Stateless. */
public final class FormatKeys {
    public static final SettingKey FORMAT = SettingKey.choice(
                    "format",
                    "How a record becomes a line; pattern: as the setting of that name says.",
                    Stream.concat(Format.NAMES.stream(), Stream.of(Format.PATTERN))
                            .toArray(String[]::new))
            .orElse("human");
    public static final SettingKey PATTERN = SettingKey.string(
            "pattern",
            "Of format pattern, which needs one: in the words of Python's logging, like \"%(asctime)s [%(levelname)s]"
                    + " %(message)s\", or in Logback's, like \"%d %-5level %msg\".");
    public static final SettingKey TIME_ZONE = SettingKey.choice(
                    "time_zone",
                    "Zone of the timestamps of formats human and pattern; the others are always UTC.",
                    "local",
                    "utc")
            .orElse("local");

    private FormatKeys() {}

    /**
     * What {@link Format#of} takes.
     *
     * @throws IllegalArgumentException for a pattern that is missing, wrong, or of another format; begins with its key
     */
    public static String format(HandlerSettings settings) {
        String name = settings.string(FORMAT);
        if (!name.equals(Format.PATTERN)) {
            if (settings.isSet(PATTERN)) {
                throw new IllegalArgumentException(
                        "pattern: format is \"" + name + "\", which has none; allowed: with format = \"pattern\"");
            }
            return name;
        }
        if (!settings.isSet(PATTERN)) {
            throw new IllegalArgumentException("pattern: is missing; allowed: one like \"%d %-5level %msg\"");
        }
        String pattern = settings.string(PATTERN);
        try {
            PatternFormat.of(pattern, ZoneOffset.UTC);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("pattern: " + e.getMessage(), e);
        }
        return pattern;
    }

    /** What {@link Format#of} takes. */
    public static ZoneId zone(HandlerSettings settings) {
        return settings.string(TIME_ZONE).equals("utc") ? ZoneOffset.UTC : ZoneId.systemDefault();
    }

    /** All of them, in the order of the documentation. */
    public static List<SettingKey> all() {
        return List.of(FORMAT, PATTERN, TIME_ZONE);
    }
}

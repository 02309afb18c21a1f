package io.emberlog.master.cli;

import io.emberlog.handler.Header;
import io.emberlog.master.config.EffectiveSetting;
import io.emberlog.master.config.MasterConfig;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A configuration in force as text. */
final class ConfigListing {
    private static final String HANDLER_PREFIX = "handlers.";
    private static final int ORIGIN_COLUMN = 40;

    private ConfigListing() {}

    /** As a file that would mean the same, but for secrets; with {@code origin} as comments behind the values. */
    static String toml(MasterConfig config, boolean origin) {
        StringBuilder out = new StringBuilder();
        String section = "";
        for (EffectiveSetting setting : config.settings()) {
            if (!setting.section().equals(section)) {
                section = setting.section();
                out.append(out.length() == 0 ? "" : "\n")
                        .append(section.startsWith(HANDLER_PREFIX) ? "[[handlers]]" : '[' + section + ']')
                        .append('\n');
            }
            line(out, setting, origin);
        }
        if (config.handlers().isEmpty()) {
            out.insert(0, "handlers = []\n\n");
        }
        return out.toString();
    }

    private static void line(StringBuilder out, EffectiveSetting setting, boolean origin) {
        int start = out.length();
        String name = setting.key().name();
        out.append(setting.value() == null ? "#" + name + " is not set" : name + " = " + setting.text());
        if (origin) {
            int width = out.length() - start;
            out.append(" ".repeat(Math.max(2, ORIGIN_COLUMN - width)))
                    .append("# ")
                    .append(Plain.text(setting.origin().text()));
        }
        out.append('\n');
    }

    /** {@code [{"key":...,"value":...,"kind":...,"origin":...,"live":...,"secret":...}, ...]}, one setting a line. */
    static String json(MasterConfig config) {
        return config.settings().stream().map(ConfigListing::object).collect(Collectors.joining(",\n ", "[", "]"));
    }

    private static String object(EffectiveSetting setting) {
        boolean handlers = setting.section().startsWith(HANDLER_PREFIX);
        return "{\"key\":" + Plain.json(setting.dotted())
                + ",\"value\":" + value(setting)
                + ",\"kind\":\"" + setting.origin().kind().name().toLowerCase(Locale.ROOT)
                + "\",\"origin\":" + Plain.json(setting.origin().text())
                + ",\"live\":" + (handlers || setting.key().isLive())
                + ",\"secret\":" + isSecret(setting) + '}';
    }

    private static boolean isSecret(EffectiveSetting setting) {
        return switch (setting.key().type()) {
            case SECRET -> true;
            case HEADERS ->
                ((List<?>) setting.value())
                        .stream().map(Header.class::cast).anyMatch(header -> header.secret() != null);
            default -> false;
        };
    }

    private static String value(EffectiveSetting setting) {
        Object value = setting.value();
        if (value == null) {
            return "null";
        }
        return switch (setting.key().type()) {
            case BOOL, INT -> value.toString();
            case SIZE, DURATION, LEVEL -> Plain.json(setting.text().replace("\"", ""));
            case LIST_OF_STRING, HEADERS ->
                ((List<?>) value)
                        .stream()
                                .map(element -> Plain.json(element.toString()))
                                .collect(Collectors.joining(",", "[", "]"));
            default -> Plain.json(value.toString());
        };
    }
}

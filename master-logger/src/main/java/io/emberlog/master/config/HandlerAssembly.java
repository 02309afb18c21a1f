package io.emberlog.master.config;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.handler.filter.RateLimit;
import io.emberlog.handler.filter.Route;
import io.emberlog.handler.filter.Sample;
import io.emberlog.handler.redact.Redaction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The {@code [[handlers]]} of one reading. */
final class HandlerAssembly {
    private static final String HANDLERS = ConfigKeys.HANDLER.name();

    private static final List<SettingKey> ROUTE = List.of(
            ConfigKeys.HANDLER_MIN_LEVEL,
            ConfigKeys.HANDLER_MAX_LEVEL,
            ConfigKeys.HANDLER_FILTER,
            ConfigKeys.HANDLER_SAMPLE,
            ConfigKeys.HANDLER_RATE_LIMIT,
            ConfigKeys.HANDLER_REDACT);

    private final Map<String, HandlerType> types = new TreeMap<>();
    private final SettingReader reader;
    private final Problems problems;
    private final Map<String, SettingOrigin> names = new HashMap<>();

    HandlerAssembly(List<HandlerType> types, SettingReader reader, Problems problems) {
        types.forEach(type -> this.types.put(type.type(), type));
        this.reader = reader;
        this.problems = problems;
    }

    List<HandlerConfig> of(ConfigTable.Entry list, SettingOrigin origin) {
        List<HandlerConfig> handlers = new ArrayList<>();
        for (ConfigTable.Entry entry : list.elements()) {
            if (entry.raw() instanceof ConfigTable table) {
                handler(table).ifPresent(handlers::add);
            } else {
                problems.add(entry.origin(), HANDLERS, "holds something else than tables; allowed: [[handlers]]");
            }
        }
        checkTogether(handlers, list.origin());
        return handlers;
    }

    /** Where none is given: the console, and a file beside the state directory. */
    List<HandlerConfig> defaults(ConfigTable file, Path state) {
        Path beside = state.resolveSibling(state.getFileName() + ".log");
        List<HandlerConfig> handlers = new ArrayList<>();
        defaultHandler(file, "console").ifPresent(handlers::add);
        ConfigTable table = new ConfigTable(SettingOrigin.DEFAULT, file.base());
        table.put("path", beside.toString(), SettingOrigin.DEFAULT);
        defaultHandler(table, "file").ifPresent(handlers::add);
        return handlers;
    }

    private Optional<HandlerConfig> defaultHandler(ConfigTable values, String type) {
        HandlerType handlerType = types.get(type);
        if (handlerType == null) {
            problems.add(
                    values.origin(),
                    HANDLERS,
                    "none is given and no handler of type \"" + type + "\" is installed; allowed: " + installed());
            return Optional.empty();
        }
        ConfigTable table = new ConfigTable(SettingOrigin.DEFAULT, values.base());
        values.find("path").ifPresent(entry -> table.put("path", entry.raw(), entry.origin()));
        HandlerConfig config = config(type, handlerType, table, SettingOrigin.DEFAULT);
        return isRight(config, handlerType, SettingOrigin.DEFAULT) ? Optional.of(config) : Optional.empty();
    }

    private Optional<HandlerConfig> handler(ConfigTable table) {
        int before = problems.count();
        Optional<HandlerType> type = type(table);
        String name = name(table, type);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        List<String> known = Stream.concat(ConfigKeys.HANDLER.keys().stream(), type.get().settings().stream())
                .map(SettingKey::name)
                .toList();
        for (String key : table.keys()) {
            if (!known.contains(key)) {
                problems.add(
                        table.originOf(key),
                        HANDLERS + '.' + name + '.' + key,
                        ConfigAssembly.refusal(HANDLERS, key, known));
            }
        }
        HandlerConfig config = config(name, type.get(), table, table.origin());
        return problems.count() > before || !isRight(config, type.get(), table.origin())
                ? Optional.empty()
                : Optional.of(config);
    }

    /** Of settings that are right one by one. */
    private boolean isRight(HandlerConfig config, HandlerType type, SettingOrigin origin) {
        try {
            type.rules().check(config.settings());
            return true;
        } catch (IllegalArgumentException e) {
            addOf(config, type, origin, e.getMessage());
            return false;
        }
    }

    private void checkTogether(List<HandlerConfig> handlers, SettingOrigin origin) {
        for (int i = 0; i < handlers.size(); i++) {
            HandlerConfig later = handlers.get(i);
            HandlerType type = types.get(later.type());
            for (HandlerConfig earlier : handlers.subList(0, i)) {
                String conflict = later.type().equals(earlier.type())
                        ? type.rules().conflict(later.settings(), earlier.settings(), earlier.name())
                        : null;
                if (conflict != null) {
                    addOf(later, type, origin, conflict);
                }
            }
        }
    }

    /** At the setting that the message begins with. */
    private void addOf(HandlerConfig config, HandlerType type, SettingOrigin origin, String message) {
        String section = HANDLERS + '.' + config.name();
        for (SettingKey key : type.settings()) {
            String prefix = key.name() + ": ";
            if (message != null && message.startsWith(prefix)) {
                SettingOrigin given = reader.originOf(section, key).orElse(SettingOrigin.DEFAULT);
                problems.add(
                        given == SettingOrigin.DEFAULT ? origin : given,
                        section + '.' + key.name(),
                        message.substring(prefix.length()));
                return;
            }
        }
        problems.add(origin, section, String.valueOf(message));
    }

    private HandlerConfig config(String name, HandlerType type, ConfigTable table, SettingOrigin origin) {
        String section = HANDLERS + '.' + name;
        reader.add(new EffectiveSetting(
                section,
                ConfigKeys.HANDLER_NAME,
                name,
                table.find("name").map(ConfigTable.Entry::origin).orElse(SettingOrigin.DEFAULT)));
        reader.add(new EffectiveSetting(
                section,
                ConfigKeys.HANDLER_TYPE,
                type.type(),
                table.find("type").map(ConfigTable.Entry::origin).orElse(SettingOrigin.DEFAULT)));
        Route route = route(section, name, type, table, origin);
        Map<String, Object> values = new HashMap<>();
        boolean whole = true;
        for (SettingKey key : type.settings()) {
            EffectiveSetting setting = read(section, name, key, table, origin);
            if (setting.value() != null) {
                values.put(key.name(), setting.value());
            } else {
                whole &= !key.isRequired();
            }
        }
        // one that is not whole is among the problems, and nobody gets it
        HandlerSettings settings =
                HandlerSettings.of(name, whole ? type.settings() : List.of(), whole ? values : Map.of());
        return new HandlerConfig(name, type.type(), route, settings);
    }

    /** Of keys that every handler has; where one is wrong, which is then among the problems, everything. */
    private Route route(String section, String name, HandlerType type, ConfigTable table, SettingOrigin origin) {
        Map<SettingKey, Object> values = new HashMap<>();
        EffectiveSetting highest = null;
        for (SettingKey key : ROUTE) {
            SettingKey asked = key == ConfigKeys.HANDLER_MIN_LEVEL ? type.minLevel() : key;
            EffectiveSetting setting = read(section, name, asked, table, origin);
            values.put(key, setting.value());
            highest = key == ConfigKeys.HANDLER_MAX_LEVEL ? setting : highest;
        }
        Integer min = (Integer) values.get(ConfigKeys.HANDLER_MIN_LEVEL);
        Integer max = (Integer) values.get(ConfigKeys.HANDLER_MAX_LEVEL);
        Object redact = values.get(ConfigKeys.HANDLER_REDACT);
        if (min == null || max == null || redact == null) {
            return Route.ALL;
        }
        if (min > max) {
            problems.add(
                    highest.origin() == SettingOrigin.DEFAULT ? origin : highest.origin(),
                    highest.dotted(),
                    highest.text() + " is below min_level; allowed: min_level and above");
            return Route.ALL;
        }
        return new Route(
                min,
                max,
                as(values.get(ConfigKeys.HANDLER_FILTER), FilterExpression::parse, FilterExpression.ALL),
                as(values.get(ConfigKeys.HANDLER_SAMPLE), Sample::parse, null),
                as(values.get(ConfigKeys.HANDLER_RATE_LIMIT), RateLimit::parse, null),
                Redaction.of(ConfigKeys.texts(redact)));
    }

    private static <T> T as(Object text, Function<String, T> parser, T otherwise) {
        return text == null ? otherwise : parser.apply((String) text);
    }

    private EffectiveSetting read(
            String section, String name, SettingKey key, ConfigTable table, SettingOrigin origin) {
        return reader.read(section, key, Overrides.handlerVariable(name, key.name()), table, origin);
    }

    private String name(ConfigTable table, Optional<HandlerType> type) {
        String fallback = type.map(HandlerType::type).orElse("?");
        Optional<ConfigTable.Entry> given = table.find(ConfigKeys.HANDLER_NAME.name());
        String name =
                given.map(entry -> word(entry, ConfigKeys.HANDLER_NAME, table)).orElse(fallback);
        if (type.isPresent() || given.isPresent()) {
            checkUnique(name == null ? fallback : name, table.originOf(ConfigKeys.HANDLER_NAME.name()));
        }
        return name == null ? fallback : name;
    }

    private Optional<HandlerType> type(ConfigTable table) {
        Optional<ConfigTable.Entry> given = table.find(ConfigKeys.HANDLER_TYPE.name());
        if (given.isEmpty()) {
            problems.add(table.origin(), HANDLERS + ".type", "is missing; allowed: " + installed());
            return Optional.empty();
        }
        String type = word(given.get(), ConfigKeys.HANDLER_TYPE, table);
        if (type != null && !types.containsKey(type)) {
            problems.add(given.get().origin(), HANDLERS + ".type", unknownType(type));
        }
        return Optional.ofNullable(type).map(types::get);
    }

    /** Null when it is not one, which is then among the problems. */
    private String word(ConfigTable.Entry entry, SettingKey key, ConfigTable table) {
        try {
            return (String) Given.entry(entry, table.base()).read(key, Map.of());
        } catch (IllegalArgumentException e) {
            problems.add(entry.origin(), HANDLERS + '.' + key.name(), e.getMessage());
            return null;
        }
    }

    private String unknownType(String type) {
        if (ConfigKeys.ARTIFACTS.containsKey(type)) {
            return '"' + type + "\" needs the artifact io.emberlog:" + ConfigKeys.ARTIFACTS.get(type)
                    + " on the class path; allowed: " + installed();
        }
        return ConfigKeys.LATER_TYPES.contains(type)
                ? '"' + type + "\" is not available in this version; allowed: " + installed()
                : Problems.unknown("handler type", type, types.keySet());
    }

    private void checkUnique(String name, SettingOrigin here) {
        SettingOrigin first = names.putIfAbsent(name, here);
        if (first != null) {
            problems.add(
                    here,
                    HANDLERS + ".name",
                    '"' + name + "\" is taken by the handler at "
                            + (first.line() > 0 ? "line " + first.line() : first.text())
                            + "; allowed: a name of its own for each handler");
        }
    }

    private String installed() {
        return types.isEmpty() ? "nothing, none is installed" : String.join(", ", types.keySet());
    }
}

package io.emberlog.master.config;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.master.config.ConfigKeys.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** One reading of one configuration: gathers values from flags, environment, file and defaults, and every problem. */
final class ConfigAssembly {
    private static final String HANDLERS = ConfigKeys.HANDLER.name();

    private final Map<String, HandlerType> handlerTypes = new TreeMap<>();
    private final Map<String, String> environment;
    private final Map<String, String> flags;
    private final String fileName;
    private final Path directory;
    private final Set<String> usedFlags = new HashSet<>();
    private final List<ConfigProblem> problems = new ArrayList<>();

    ConfigAssembly(
            List<HandlerType> handlerTypes,
            Map<String, String> environment,
            Map<String, String> flags,
            String fileName,
            Path directory) {
        handlerTypes.forEach(type -> this.handlerTypes.put(type.type(), type));
        this.environment = environment;
        this.flags = flags;
        this.fileName = fileName;
        this.directory = directory;
    }

    MasterConfig assemble(TomlTable file) throws ConfigException {
        checkTopLevel(file);
        checkVariables();
        Values channelValues = section(ConfigKeys.CHANNEL, file);
        Values journalValues = section(ConfigKeys.JOURNAL, file);
        Values masterValues = section(ConfigKeys.MASTER, file);
        checkSegments(file, journalValues);

        DefaultLocations locations = DefaultLocations.ofThisProcess(environment);
        ChannelConfig channel = new ChannelConfig(
                channelValues.path(ConfigKeys.CHANNEL_DIRECTORY).orElseGet(locations::channelDirectory));
        Path state = journalValues
                .path(ConfigKeys.JOURNAL_DIRECTORY)
                .orElseGet(() -> locations.stateDirectory(channel.name()));
        List<HandlerConfig> handlers = handlers(file, state);
        checkFlags();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        JournalConfig journal = new JournalConfig(
                state,
                journalValues.size(ConfigKeys.JOURNAL_MAX_SIZE),
                journalValues.size(ConfigKeys.JOURNAL_MIN_FREE),
                journalValues.size(ConfigKeys.JOURNAL_SEGMENT_SIZE),
                journalValues.duration(ConfigKeys.JOURNAL_SYNC),
                journalValues.level(ConfigKeys.JOURNAL_SYNC_LEVEL));
        MasterSettings master = new MasterSettings(
                masterValues.size(ConfigKeys.MASTER_DRAIN_BUDGET),
                masterValues.duration(ConfigKeys.MASTER_STOP_DEADLINE),
                masterValues.duration(ConfigKeys.MASTER_HEARTBEAT_GRACE),
                masterValues.duration(ConfigKeys.MASTER_HUNG_AFTER));
        return new MasterConfig(channel, journal, master, handlers);
    }

    private void checkTopLevel(TomlTable file) {
        List<String> sections = Stream.concat(ConfigKeys.SECTIONS.stream(), Stream.of(ConfigKeys.HANDLER))
                .map(Section::name)
                .toList();
        for (String key : file.keySet()) {
            Object value = value(file, key);
            if (key.equals(HANDLERS)) {
                if (!(value instanceof TomlArray)) {
                    problem(at(file, key), key, "is not a list; allowed: one [[handlers]] for each handler");
                }
            } else if (!sections.contains(key)) {
                problem(at(file, key), key, unknownAtTop(key, sections));
            } else if (!(value instanceof TomlTable)) {
                problem(at(file, key), key, "is not a section; allowed: [" + key + "] with its keys below");
            }
        }
    }

    private static String unknownAtTop(String key, List<String> sections) {
        for (Section section : ConfigKeys.SECTIONS) {
            if (section.find(key).isPresent()) {
                return "stands outside its section; write it under [" + section.name() + "]";
            }
        }
        return unknown("section", key, sections);
    }

    /** A variable in our name space that sets nothing is as wrong as a key of the file that does. */
    private void checkVariables() {
        Set<String> known = new HashSet<>();
        ConfigKeys.SECTIONS.forEach(section -> section.keys().forEach(key -> known.add(section.variable(key))));
        for (String variable : new TreeMap<>(environment).keySet()) {
            boolean ours = ConfigKeys.SECTIONS.stream()
                    .anyMatch(s -> variable.startsWith("EMBERLOG_" + s.name().toUpperCase(Locale.ROOT) + '_'));
            if (ours && !known.contains(variable)) {
                problem(new Origin(variable, 0, 0), "", unknown("variable", variable, known));
            }
        }
    }

    private Values section(Section section, TomlTable file) {
        TomlTable table = value(file, section.name()) instanceof TomlTable t ? t : null;
        if (table != null) {
            List<String> names = section.keys().stream().map(SettingKey::name).toList();
            for (String key : table.keySet()) {
                if (!names.contains(key)) {
                    problem(at(table, key), section.name() + '.' + key, refusal(section.name(), key, names));
                }
            }
        }
        Values values = new Values();
        for (SettingKey key : section.keys()) {
            String dotted = section.dotted(key);
            Optional<Given> given =
                    flag(dotted).or(() -> variable(section.variable(key))).or(() -> inFile(table, key));
            read(key, dotted, given, new Origin(fileName, 0, 0)).ifPresent(value -> values.put(key, value));
        }
        return values;
    }

    private void checkSegments(TomlTable file, Values journal) {
        Long max = (Long) journal.get(ConfigKeys.JOURNAL_MAX_SIZE);
        Long segment = (Long) journal.get(ConfigKeys.JOURNAL_SEGMENT_SIZE);
        if (max != null && segment != null && max / 2 < segment) {
            TomlTable table = value(file, "journal") instanceof TomlTable t ? t : null;
            Origin origin = inFile(table, ConfigKeys.JOURNAL_MAX_SIZE)
                    .or(() -> inFile(table, ConfigKeys.JOURNAL_SEGMENT_SIZE))
                    .map(Given::origin)
                    .orElse(new Origin(fileName, 0, 0));
            problem(
                    origin,
                    "journal.max_size",
                    max + " bytes hold less than two segments of " + segment
                            + " bytes; allowed: at least twice journal.segment_size");
        }
    }

    private List<HandlerConfig> handlers(TomlTable file, Path state) {
        if (!file.contains(List.of(HANDLERS))) {
            return defaultHandlers(state);
        }
        List<HandlerConfig> handlers = new ArrayList<>();
        if (value(file, HANDLERS) instanceof TomlArray array) {
            Map<String, Origin> names = new HashMap<>();
            for (int i = 0; i < array.size(); i++) {
                Origin entry = origin(array.inputPositionOf(i));
                if (array.get(i) instanceof TomlTable table) {
                    handler(table, entry, names).ifPresent(handlers::add);
                } else {
                    problem(entry, HANDLERS, "holds something else than tables; allowed: [[handlers]]");
                }
            }
        }
        return handlers;
    }

    private List<HandlerConfig> defaultHandlers(Path state) {
        Path beside = state.resolveSibling(state.getFileName() + ".log");
        List<HandlerConfig> handlers = new ArrayList<>();
        defaultHandler("console", Map.of()).ifPresent(handlers::add);
        defaultHandler("file", Map.of("path", beside)).ifPresent(handlers::add);
        return handlers;
    }

    private Optional<HandlerConfig> defaultHandler(String type, Map<String, Object> given) {
        HandlerType handlerType = handlerTypes.get(type);
        if (handlerType == null) {
            problem(
                    new Origin(fileName, 0, 0),
                    HANDLERS,
                    "none is given and no handler of type \"" + type + "\" is installed; allowed: " + installed());
            return Optional.empty();
        }
        Map<String, Object> values = new LinkedHashMap<>(given);
        for (SettingKey key : handlerType.settings()) {
            flag(HANDLERS + '.' + type + '.' + key.name())
                    .flatMap(f -> read(key, HANDLERS + '.' + type + '.' + key.name(), Optional.of(f), f.origin()))
                    .ifPresent(value -> values.put(key.name(), value));
        }
        String minLevel = HANDLERS + '.' + type + '.' + ConfigKeys.HANDLER_MIN_LEVEL.name();
        Object level = read(ConfigKeys.HANDLER_MIN_LEVEL, minLevel, flag(minLevel), new Origin(fileName, 0, 0))
                .orElse(0);
        return Optional.of(new HandlerConfig(
                type, type, (Integer) level, HandlerSettings.of(type, handlerType.settings(), values)));
    }

    private Optional<HandlerConfig> handler(TomlTable table, Origin entry, Map<String, Origin> names) {
        int before = problems.size();
        Optional<HandlerType> type = handlerType(table, entry);
        String fallback = type.map(HandlerType::type).orElse("?");
        String name = (String)
                read(ConfigKeys.HANDLER_NAME, HANDLERS + ".name", inFile(table, ConfigKeys.HANDLER_NAME), entry)
                        .orElse(fallback);
        if (type.isPresent() || table.contains(List.of("name"))) {
            checkUnique(table, entry, name, names);
        }
        String prefix = HANDLERS + '.' + name;
        Object level = read(
                        ConfigKeys.HANDLER_MIN_LEVEL,
                        prefix + ".min_level",
                        flag(prefix + ".min_level").or(() -> inFile(table, ConfigKeys.HANDLER_MIN_LEVEL)),
                        entry)
                .orElse(0);
        Map<String, Object> values =
                type.map(t -> handlerValues(table, entry, prefix, t)).orElseGet(Map::of);
        if (problems.size() > before || type.isEmpty()) {
            return Optional.empty();
        }
        HandlerSettings settings = HandlerSettings.of(name, type.get().settings(), values);
        return Optional.of(new HandlerConfig(name, type.get().type(), (Integer) level, settings));
    }

    private Map<String, Object> handlerValues(TomlTable table, Origin entry, String prefix, HandlerType type) {
        List<String> names = Stream.concat(ConfigKeys.HANDLER.keys().stream(), type.settings().stream())
                .map(SettingKey::name)
                .toList();
        for (String key : table.keySet()) {
            if (!names.contains(key)) {
                problem(at(table, key), prefix + '.' + key, refusal(HANDLERS, key, names));
            }
        }
        Map<String, Object> values = new HashMap<>();
        for (SettingKey key : type.settings()) {
            String dotted = prefix + '.' + key.name();
            read(key, dotted, flag(dotted).or(() -> inFile(table, key)), entry)
                    .ifPresent(value -> values.put(key.name(), value));
        }
        return values;
    }

    private Optional<HandlerType> handlerType(TomlTable table, Origin entry) {
        SettingKey key = ConfigKeys.HANDLER_TYPE;
        Optional<Given> given = inFile(table, key);
        if (given.isEmpty()) {
            problem(entry, HANDLERS + ".type", "is missing; allowed: " + installed());
            return Optional.empty();
        }
        Optional<Object> word = read(key, HANDLERS + ".type", given, entry);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        String type = (String) word.get();
        HandlerType found = handlerTypes.get(type);
        if (found == null) {
            problem(given.get().origin(), HANDLERS + ".type", unknownType(type));
        }
        return Optional.ofNullable(found);
    }

    private String unknownType(String type) {
        return ConfigKeys.LATER_TYPES.contains(type)
                ? '"' + type + "\" is not available in this version; allowed: " + installed()
                : unknown("handler type", type, handlerTypes.keySet());
    }

    private void checkUnique(TomlTable table, Origin entry, String name, Map<String, Origin> names) {
        Origin here = inFile(table, ConfigKeys.HANDLER_NAME).map(Given::origin).orElse(entry);
        Origin first = names.putIfAbsent(name, here);
        if (first != null) {
            problem(
                    here,
                    HANDLERS + ".name",
                    '"' + name + "\" is taken by the handler at line " + first.line()
                            + "; allowed: a name of its own for each handler");
        }
    }

    private void checkFlags() {
        for (String flag : new TreeMap<>(flags).keySet()) {
            if (usedFlags.contains(flag)) {
                continue;
            }
            List<String> known = ConfigKeys.SECTIONS.stream()
                    .flatMap(section -> section.keys().stream().map(section::dotted))
                    .toList();
            String message = ConfigKeys.later(flag)
                    .map(advice -> "is not available in this version; " + advice)
                    .orElseGet(() -> flag.startsWith(HANDLERS + '.')
                            ? "names no setting of a handler of this configuration; allowed: handlers.NAME.KEY"
                            : unknown("key", flag, known));
            problem(new Origin("--set", 0, 0), flag, message);
        }
    }

    private static String refusal(String section, String key, Collection<String> known) {
        Optional<String> later = ConfigKeys.later(section + '.' + key);
        if (later.isPresent()) {
            return "is not available in this version; " + later.get();
        }
        for (Section other : ConfigKeys.SECTIONS) {
            if (!other.name().equals(section) && other.find(key).isPresent()) {
                return "belongs to another section; write it under [" + other.name() + "]";
            }
        }
        return unknown("key", key, known);
    }

    private static String unknown(String noun, String word, Collection<String> known) {
        return "unknown " + noun + ' ' + '"' + word + '"'
                + Suggestion.of(word, known)
                        .map(guess -> "; did you mean " + guess + '?')
                        .orElseGet(() -> "; allowed: " + String.join(", ", known));
    }

    private String installed() {
        return handlerTypes.isEmpty() ? "nothing, none is installed" : String.join(", ", handlerTypes.keySet());
    }

    private Optional<Object> read(SettingKey key, String dotted, Optional<Given> given, Origin missing) {
        try {
            if (given.isPresent()) {
                return Optional.of(given.get().read(key));
            }
            if (key.isRequired()) {
                problem(missing, dotted, "is missing; allowed: " + key.allowed());
            }
            return key.defaultValue().map(key::parse);
        } catch (IllegalArgumentException e) {
            problem(given.map(Given::origin).orElse(missing), dotted, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Given> flag(String dotted) {
        usedFlags.add(dotted);
        return Optional.ofNullable(flags.get(dotted))
                .map(text -> new Given(text, true, new Origin("--set", 0, 0), Path.of("")));
    }

    private Optional<Given> variable(String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(text -> !text.isEmpty())
                .map(text -> new Given(text, true, new Origin(name, 0, 0), Path.of("")));
    }

    private Optional<Given> inFile(TomlTable table, SettingKey key) {
        return table == null
                ? Optional.empty()
                : Optional.ofNullable(value(table, key.name()))
                        .map(raw -> new Given(raw, false, at(table, key.name()), directory));
    }

    private static Object value(TomlTable table, String key) {
        return table.get(List.of(key));
    }

    private Origin at(TomlTable table, String key) {
        return origin(table.inputPositionOf(List.of(key)));
    }

    private Origin origin(TomlPosition position) {
        return position == null
                ? new Origin(fileName, 0, 0)
                : new Origin(
                        fileName + ':' + position.line() + ':' + position.column(), position.line(), position.column());
    }

    private void problem(Origin origin, String key, String message) {
        problems.add(new ConfigProblem(origin.text(), origin.line(), origin.column(), key, message));
    }

    private record Origin(String text, int line, int column) {}

    /** A value as somebody wrote it. Relative paths start at {@code base}. */
    private record Given(Object raw, boolean fromText, Origin origin, Path base) {
        Object read(SettingKey key) {
            if (raw instanceof TomlTable) {
                throw new IllegalArgumentException("is a table; allowed: " + key.allowed());
            }
            Object plain = raw instanceof TomlArray array ? array.toList() : raw;
            Object value = fromText ? key.parseText((String) plain) : key.parse(plain);
            return value instanceof Path path
                    ? base.resolve(path).toAbsolutePath().normalize()
                    : value;
        }
    }

    private static final class Values {
        private final Map<SettingKey, Object> values = new HashMap<>();

        void put(SettingKey key, Object value) {
            values.put(key, value);
        }

        Object get(SettingKey key) {
            return values.get(key);
        }

        Optional<Path> path(SettingKey key) {
            return Optional.ofNullable((Path) values.get(key));
        }

        long size(SettingKey key) {
            return (Long) values.get(key);
        }

        Duration duration(SettingKey key) {
            return (Duration) values.get(key);
        }

        int level(SettingKey key) {
            return (Integer) values.get(key);
        }
    }
}

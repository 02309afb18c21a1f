package io.emberlog.master.config;

import io.emberlog.handler.SettingKey;
import io.emberlog.master.config.ConfigKeys.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** One reading of one configuration: gathers values from flags, environment, file and defaults, and every problem. */
final class ConfigAssembly {
    private static final String HANDLERS = ConfigKeys.HANDLER.name();

    private final Problems problems = new Problems();
    private final Overrides overrides;
    private final SettingReader reader;
    private final HandlerAssembly handlers;

    ConfigAssembly(List<HandlerType> handlerTypes, Map<String, String> environment, Map<String, String> flags) {
        overrides = new Overrides(flags, environment, problems);
        reader = new SettingReader(overrides, problems);
        handlers = new HandlerAssembly(handlerTypes, reader, problems);
    }

    /** @param file what was written, by a user or a program; empty for all defaults */
    MasterConfig assemble(ConfigTable file) throws ConfigException {
        checkTopLevel(file);
        Values channelValues = section(ConfigKeys.CHANNEL, file);
        Values journalValues = section(ConfigKeys.JOURNAL, file);
        Values masterValues = section(ConfigKeys.MASTER, file);
        checkSegments(journalValues, file);

        DefaultLocations locations = DefaultLocations.ofThisProcess(overrides.environment());
        ChannelConfig channel = new ChannelConfig(
                channelValues
                        .path(ConfigKeys.CHANNEL_DIRECTORY)
                        .orElseGet(
                                () -> channelValues.derive(ConfigKeys.CHANNEL_DIRECTORY, locations.channelDirectory())),
                channelValues.bool(ConfigKeys.CHANNEL_PER_USER));
        Path state = journalValues
                .path(ConfigKeys.JOURNAL_DIRECTORY)
                .orElseGet(() ->
                        journalValues.derive(ConfigKeys.JOURNAL_DIRECTORY, locations.stateDirectory(channel.name())));
        List<HandlerConfig> handlerConfigs = file.find(HANDLERS)
                .map(list -> handlers.of(list, file.origin()))
                .orElseGet(() -> handlers.defaults(file, state));
        overrides.checkAllUsed();
        problems.check();
        JournalConfig journal = new JournalConfig(
                state,
                journalValues.size(ConfigKeys.JOURNAL_MAX_SIZE),
                journalValues.duration(ConfigKeys.JOURNAL_MAX_AGE),
                journalValues.size(ConfigKeys.JOURNAL_MIN_FREE),
                journalValues.size(ConfigKeys.JOURNAL_SEGMENT_SIZE),
                journalValues.duration(ConfigKeys.JOURNAL_SYNC),
                journalValues.level(ConfigKeys.JOURNAL_SYNC_LEVEL));
        MasterSettings master = new MasterSettings(
                masterValues.size(ConfigKeys.MASTER_DRAIN_BUDGET),
                masterValues.duration(ConfigKeys.MASTER_REORDER_WINDOW),
                IdleMode.of(masterValues.choice(ConfigKeys.MASTER_IDLE)),
                masterValues.duration(ConfigKeys.MASTER_STOP_DEADLINE),
                masterValues.duration(ConfigKeys.MASTER_HEARTBEAT_GRACE),
                masterValues.duration(ConfigKeys.MASTER_HUNG_AFTER));
        return new MasterConfig(channel, journal, master, handlerConfigs, reader.settings());
    }

    private void checkTopLevel(ConfigTable file) {
        List<String> sections = Stream.concat(ConfigKeys.SECTIONS.stream(), Stream.of(ConfigKeys.HANDLER))
                .map(Section::name)
                .toList();
        for (String key : file.keys()) {
            ConfigTable.Entry entry = file.find(key).orElseThrow();
            if (key.equals(HANDLERS)) {
                if (!(entry.raw() instanceof List)) {
                    problems.add(entry.origin(), key, "is not a list; allowed: one [[handlers]] for each handler");
                }
            } else if (!sections.contains(key)) {
                problems.add(entry.origin(), key, unknownAtTop(key, sections));
            } else if (!entry.isTable()) {
                problems.add(entry.origin(), key, "is not a section; allowed: [" + key + "] with its keys below");
            }
        }
    }

    private static String unknownAtTop(String key, List<String> sections) {
        for (Section section : ConfigKeys.SECTIONS) {
            if (section.find(key).isPresent()) {
                return "stands outside its section; write it under [" + section.name() + "]";
            }
        }
        return Problems.unknown("section", key, sections);
    }

    private Values section(Section section, ConfigTable file) {
        ConfigTable table = file.find(section.name())
                .filter(ConfigTable.Entry::isTable)
                .map(entry -> (ConfigTable) entry.raw())
                .orElse(null);
        if (table != null) {
            List<String> names = section.keys().stream().map(SettingKey::name).toList();
            for (String key : table.keys()) {
                if (!names.contains(key)) {
                    problems.add(table.originOf(key), section.name() + '.' + key, refusal(section.name(), key, names));
                }
            }
        }
        Values values = new Values();
        for (SettingKey key : section.keys()) {
            values.put(reader.read(section.name(), key, section.variable(key), table, file.origin()));
        }
        return values;
    }

    private void checkSegments(Values journal, ConfigTable file) {
        Long max = (Long) journal.get(ConfigKeys.JOURNAL_MAX_SIZE);
        Long segment = (Long) journal.get(ConfigKeys.JOURNAL_SEGMENT_SIZE);
        if (max != null && segment != null && max / 2 < segment) {
            SettingOrigin origin = Stream.of(ConfigKeys.JOURNAL_MAX_SIZE, ConfigKeys.JOURNAL_SEGMENT_SIZE)
                    .map(key -> journal.settings.get(key).origin())
                    .filter(given -> given != SettingOrigin.DEFAULT)
                    .findFirst()
                    .orElse(file.origin());
            problems.add(
                    origin,
                    "journal.max_size",
                    max + " bytes hold less than two segments of " + segment
                            + " bytes; allowed: at least twice journal.segment_size");
        }
    }

    static String refusal(String section, String key, Collection<String> known) {
        Optional<String> later = ConfigKeys.later(section + '.' + key);
        if (later.isPresent()) {
            return "is not available in this version; " + later.get();
        }
        for (Section other : ConfigKeys.SECTIONS) {
            if (!other.name().equals(section) && other.find(key).isPresent()) {
                return "belongs to another section; write it under [" + other.name() + "]";
            }
        }
        return Problems.unknown("key", key, known);
    }

    /** One section's. */
    private final class Values {
        private final Map<SettingKey, EffectiveSetting> settings = new HashMap<>();

        void put(EffectiveSetting setting) {
            settings.put(setting.key(), setting);
        }

        Object get(SettingKey key) {
            return settings.get(key).value();
        }

        Optional<Path> path(SettingKey key) {
            return Optional.ofNullable((Path) get(key));
        }

        Path derive(SettingKey key, Path value) {
            reader.derive(settings.get(key), value);
            return value;
        }

        long size(SettingKey key) {
            return (Long) get(key);
        }

        boolean bool(SettingKey key) {
            return Boolean.TRUE.equals(get(key)); // absent where the value was bad, which is reported
        }

        Duration duration(SettingKey key) {
            return (Duration) get(key);
        }

        int level(SettingKey key) {
            return (Integer) get(key);
        }

        String choice(SettingKey key) {
            return (String) get(key);
        }
    }
}

package io.emberlog.master.config;

import io.emberlog.handler.SettingKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one declared key after the other: the value that wins, checked, with its origin. */
final class SettingReader {
    private final Overrides overrides;
    private final Problems problems;
    private final List<EffectiveSetting> settings = new ArrayList<>();

    SettingReader(Overrides overrides, Problems problems) {
        this.overrides = overrides;
        this.problems = problems;
    }

    /**
     * @param section {@code journal}, {@code handlers.NAME}
     * @param table null when there is none
     * @param missing where a value that is required and missing should stand
     * @return what is in force; without value when there is none, or none that can be used
     */
    EffectiveSetting read(String section, SettingKey key, String variable, ConfigTable table, SettingOrigin missing) {
        Optional<Given> given = overrides
                .find(section + '.' + key.name(), variable)
                .or(() -> table == null
                        ? Optional.empty()
                        : table.find(key.name()).map(entry -> Given.entry(entry, table.base())));
        EffectiveSetting setting = read(section, key, given, missing);
        settings.add(setting);
        return setting;
    }

    private EffectiveSetting read(String section, SettingKey key, Optional<Given> given, SettingOrigin missing) {
        String dotted = section + '.' + key.name();
        SettingOrigin origin = given.map(Given::origin).orElse(SettingOrigin.DEFAULT);
        try {
            if (given.isPresent()) {
                return new EffectiveSetting(section, key, given.get().read(key, overrides.environment()), origin);
            }
            if (key.isRequired()) {
                problems.add(missing, dotted, "is missing; allowed: " + key.allowed());
            }
            Object value = key.defaultValue().map(key::parse).orElse(null);
            return new EffectiveSetting(section, key, value, origin);
        } catch (IllegalArgumentException e) {
            problems.add(given.map(Given::origin).orElse(missing), dotted, e.getMessage());
            return new EffectiveSetting(section, key, null, origin);
        }
    }

    /** What holds where nobody gave it and no constant can say so. */
    void derive(EffectiveSetting unset, Object value) {
        settings.set(
                settings.indexOf(unset), new EffectiveSetting(unset.section(), unset.key(), value, unset.origin()));
    }

    /** Who gave it; the last one of that name that was read. */
    Optional<SettingOrigin> originOf(String section, SettingKey key) {
        return settings.stream()
                .filter(setting -> setting.section().equals(section) && setting.key() == key)
                .map(EffectiveSetting::origin)
                .reduce((first, last) -> last);
    }

    void add(EffectiveSetting setting) {
        settings.add(setting);
    }

    /** In the order of reading. */
    List<EffectiveSetting> settings() {
        return settings;
    }
}

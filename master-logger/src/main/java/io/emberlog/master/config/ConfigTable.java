package io.emberlog.master.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** A table of values as somebody wrote them, each with its place; of a file or of a program. Immutable after it is made. */
final class ConfigTable {
    /** A value: text, number, boolean, {@link ConfigTable}, or a list of these. */
    record Entry(Object raw, SettingOrigin origin) {
        boolean isTable() {
            return raw instanceof ConfigTable;
        }

        /** The elements of a list; empty for anything else. */
        List<Entry> elements() {
            List<Entry> elements = new ArrayList<>();
            if (raw instanceof List<?> list) {
                list.forEach(element -> elements.add((Entry) element));
            }
            return elements;
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final SettingOrigin origin;
    private final Path base;

    /**
     * @param origin of what is not in it
     * @param base where relative paths start
     */
    ConfigTable(SettingOrigin origin, Path base) {
        this.origin = origin;
        this.base = base;
    }

    static ConfigTable of(TomlTable toml, String fileName, Path base) {
        return table(toml, new SettingOrigin(SettingOrigin.Kind.FILE, fileName, 0, 0), fileName, base);
    }

    private static ConfigTable table(TomlTable toml, SettingOrigin origin, String fileName, Path base) {
        ConfigTable table = new ConfigTable(origin, base);
        for (String key : toml.keySet()) {
            SettingOrigin at = at(toml.inputPositionOf(List.of(key)), fileName);
            table.put(key, raw(toml.get(List.of(key)), at, fileName, base), at);
        }
        return table;
    }

    private static Object raw(Object value, SettingOrigin origin, String fileName, Path base) {
        if (value instanceof TomlTable table) {
            return table(table, origin, fileName, base);
        }
        if (value instanceof TomlArray array) {
            List<Entry> elements = new ArrayList<>();
            for (int i = 0; i < array.size(); i++) {
                SettingOrigin at = at(array.inputPositionOf(i), fileName);
                elements.add(new Entry(raw(array.get(i), at, fileName, base), at));
            }
            return elements;
        }
        return value;
    }

    private static SettingOrigin at(TomlPosition position, String fileName) {
        return position == null
                ? new SettingOrigin(SettingOrigin.Kind.FILE, fileName, 0, 0)
                : new SettingOrigin(
                        SettingOrigin.Kind.FILE,
                        fileName + ':' + position.line() + ':' + position.column(),
                        position.line(),
                        position.column());
    }

    void put(String key, Object raw, SettingOrigin at) {
        entries.put(key, new Entry(raw, at));
    }

    Set<String> keys() {
        return entries.keySet();
    }

    Optional<Entry> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** Of that key, or of the table where it is not given. */
    SettingOrigin originOf(String key) {
        return find(key).map(Entry::origin).orElse(origin);
    }

    SettingOrigin origin() {
        return origin;
    }

    Path base() {
        return base;
    }
}

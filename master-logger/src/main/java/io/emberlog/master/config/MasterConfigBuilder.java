package io.emberlog.master.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A configuration made by a program. Has every key that a file has, with the same checks and the same defaults, but for
 * handlers: there are none that are not given here. One thread.
 *
 * <pre>{@code
 * MasterConfig config = MasterConfig.builder()
 *         .channelDirectory(Path.of("/dev/shm/app"))
 *         .set("journal.max_size", "1 GiB")
 *         .handler("app", "file", Map.of("path", "/var/log/app.log"))
 *         .build();
 * }</pre>
 */
public final class MasterConfigBuilder {
    private static final Predicate<String> NOT_OURS = name -> !name.startsWith("EMBERLOG_");

    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> handlers = new LinkedHashMap<>();
    private Map<String, String> environment = System.getenv().entrySet().stream()
            .filter(variable -> NOT_OURS.test(variable.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

    MasterConfigBuilder() {}

    /**
     * One setting; the last one given counts.
     *
     * @param key dotted, as in {@code journal.max_size}
     * @param value as a file would have it ({@code "1 GiB"}, {@code 5}, {@code true}) or typed ({@link Path}, {@link
     *     java.time.Duration})
     */
    public MasterConfigBuilder set(String key, Object value) {
        values.put(key, value);
        return this;
    }

    /** {@code channel.directory}: where workers put their rings. */
    public MasterConfigBuilder channelDirectory(Path directory) {
        return set("channel.directory", directory);
    }

    /** {@code journal.directory}: the journal and the handlers' checkpoints. */
    public MasterConfigBuilder stateDirectory(Path directory) {
        return set("journal.directory", directory);
    }

    /**
     * One {@code [[handlers]]} entry. Handlers of the program's own go to the constructor of {@code MasterLogger} instead.
     *
     * @param settings the other keys of the entry, values as for {@link #set}
     */
    public MasterConfigBuilder handler(String name, String type, Map<String, ?> settings) {
        Map<String, Object> entry = new LinkedHashMap<>(settings);
        entry.put("name", name);
        entry.put("type", type);
        handlers.put(name, entry);
        return this;
    }

    /**
     * Variables that beat what is set here ({@code EMBERLOG_JOURNAL_MAX_SIZE}), and those that secrets name. Without this
     * call the process's own, but for those that begin with {@code EMBERLOG_}: a program that sets its own values does not
     * expect others.
     */
    public MasterConfigBuilder environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /** @throws ConfigException naming every problem by the call that made it */
    public MasterConfig build() throws ConfigException {
        SettingOrigin program = origin("program");
        Path base = Path.of("").toAbsolutePath();
        ConfigTable root = new ConfigTable(program, base);
        Map<String, ConfigTable> sections = new HashMap<>();
        values.forEach((key, value) -> {
            SettingOrigin origin = origin("set(\"" + key + "\")");
            int dot = key.indexOf('.');
            if (dot < 0) {
                root.put(key, raw(value, origin), origin);
                return;
            }
            ConfigTable section = sections.computeIfAbsent(key.substring(0, dot), name -> {
                ConfigTable made = new ConfigTable(program, base);
                root.put(name, made, origin);
                return made;
            });
            section.put(key.substring(dot + 1), raw(value, origin), origin);
        });
        List<ConfigTable.Entry> list = new ArrayList<>();
        handlers.forEach((name, entry) -> {
            SettingOrigin origin = origin("handler(\"" + name + "\")");
            ConfigTable table = new ConfigTable(origin, base);
            entry.forEach((key, value) -> table.put(key, raw(value, origin), origin));
            list.add(new ConfigTable.Entry(table, origin));
        });
        root.put(ConfigKeys.HANDLER.name(), list, program);
        return new ConfigAssembly(HandlerTypes.installed(), environment, Map.of()).assemble(root);
    }

    private static SettingOrigin origin(String text) {
        return new SettingOrigin(SettingOrigin.Kind.PROGRAM, text, 0, 0);
    }

    private static Object raw(Object value, SettingOrigin origin) {
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(element -> new ConfigTable.Entry(element, origin))
                    .toList();
        }
        return value;
    }
}

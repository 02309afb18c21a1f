package io.emberlog.handler;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The settings of one handler, checked against its declared keys, defaults filled in. Immutable; any thread.
 *
 * <p>A key without default that is not {@linkplain SettingKey#required() required} may be unset: ask {@link #isSet}
 * before reading it.
 */
public final class HandlerSettings {
    private final String handlerName;
    private final Map<String, Object> values;

    private HandlerSettings(String handlerName, Map<String, Object> values) {
        this.handlerName = handlerName;
        this.values = Map.copyOf(values);
    }

    /**
     * Checks {@code given} against {@code keys}.
     *
     * @param handlerName unique among the handlers of a master; names the checkpoint
     * @param keys what the handler's factory declares
     * @param given values by key name, as a configuration file has them or already typed
     * @throws IllegalArgumentException for an unknown key, a bad value, or a required key that is missing
     */
    public static HandlerSettings of(String handlerName, List<SettingKey> keys, Map<String, ?> given) {
        Map<String, Object> unknown = new HashMap<>(given);
        Map<String, Object> values = new HashMap<>();
        for (SettingKey key : keys) {
            Object explicit = unknown.remove(key.name());
            Object raw = explicit == null ? key.defaultValue().orElse(null) : explicit;
            if (raw != null) {
                values.put(key.name(), parse(key, raw));
            } else if (key.isRequired()) {
                throw new IllegalArgumentException(key.name() + ": is missing; allowed: " + key.allowed());
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(unknown.keySet().iterator().next() + ": is unknown; allowed: " + keys);
        }
        return new HandlerSettings(Objects.requireNonNull(handlerName, "handlerName"), values);
    }

    /** The name of the handler these settings are for. */
    public String handlerName() {
        return handlerName;
    }

    /** True when a value was given or the key has a default. */
    public boolean isSet(SettingKey key) {
        return values.containsKey(key.name());
    }

    /** True when a value was given that is not the default. */
    public boolean isChanged(SettingKey key) {
        Object value = values.get(key.name());
        return value != null && !value.equals(key.defaultValue().map(key::parse).orElse(null));
    }

    /**
     * For a key that the other settings leave without any effect.
     *
     * @param why {@code has no effect without x}
     * @param allowed {@code beside x}
     * @throws IllegalArgumentException when a value was given that is not the default
     */
    public void refuseIfChanged(SettingKey key, String why, String allowed) {
        if (isChanged(key)) {
            String value = key.type() == SettingType.SECRET ? "" : key.text(values.get(key.name())) + " ";
            throw new IllegalArgumentException(key.name() + ": " + value + why + "; allowed: " + allowed);
        }
    }

    /** Value of a {@link SettingType#STRING} or {@link SettingType#CHOICE} key. */
    public String string(SettingKey key) {
        return get(key, String.class);
    }

    /** Value of a {@link SettingType#PATH} key. */
    public Path path(SettingKey key) {
        return get(key, Path.class);
    }

    /** Value of a {@link SettingType#BOOL} key. */
    public boolean bool(SettingKey key) {
        return get(key, Boolean.class);
    }

    /** Value of an {@link SettingType#INT} key. */
    public long integer(SettingKey key) {
        return get(key, Long.class);
    }

    /** Bytes of a {@link SettingType#SIZE} key. */
    public long size(SettingKey key) {
        return get(key, Long.class);
    }

    /** Value of a {@link SettingType#DURATION} key. */
    public Duration duration(SettingKey key) {
        return get(key, Duration.class);
    }

    /** Severity number, 0 to 24, of a {@link SettingType#LEVEL} key. */
    public int level(SettingKey key) {
        return get(key, Integer.class);
    }

    /** Reference of a {@link SettingType#SECRET} key; the value is read by {@link Secret#reveal}, when it is used. */
    public Secret secret(SettingKey key) {
        return get(key, Secret.class);
    }

    /** Values of a {@link SettingType#LIST_OF_STRING} key; unmodifiable. */
    public List<String> strings(SettingKey key) {
        return ((List<?>) get(key, List.class)).stream().map(String.class::cast).toList();
    }

    /** Values of a {@link SettingType#HEADERS} key; unmodifiable. */
    public List<Header> headers(SettingKey key) {
        return ((List<?>) get(key, List.class)).stream().map(Header.class::cast).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HandlerSettings settings
                && handlerName.equals(settings.handlerName)
                && values.equals(settings.values);
    }

    @Override
    public int hashCode() {
        return Objects.hash(handlerName, values);
    }

    /** Name and keys only: values may be confidential. */
    @Override
    public String toString() {
        return handlerName + values.keySet();
    }

    private <T> T get(SettingKey key, Class<T> type) {
        Object value = values.get(key.name());
        if (value == null) {
            throw new IllegalStateException(key.name() + " is not set; ask isSet first");
        }
        return type.cast(value);
    }

    private static Object parse(SettingKey key, Object raw) {
        try {
            return key.parse(raw);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key.name() + ": " + e.getMessage(), e);
        }
    }
}

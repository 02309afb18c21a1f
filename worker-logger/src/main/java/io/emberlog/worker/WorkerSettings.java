package io.emberlog.worker;

import io.emberlog.message.Level;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.control.LevelTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The settings of one {@code open}, complete and checked. A value comes from the builder, else the system property, else
 * the environment, else the default.
 *
 * @param levels with one for the empty prefix
 * @param service null when not set
 * @param flushInterval zero in immediate mode
 * @param batchBytes 0 in immediate mode
 * @param syncInterval zero when the master is not asked
 */
record WorkerSettings(
        Path directory,
        String name,
        LevelTable levels,
        int ringSize,
        RingChecks ringChecks,
        Overflow overflow,
        String service,
        Duration heartbeatInterval,
        Duration flushInterval,
        int batchBytes,
        Duration syncInterval,
        int maxTextBytes,
        Fallback fallback,
        boolean caller) {

    /**
     * @param chosen what the builder was told, already checked
     * @param properties system properties by name; null where absent
     * @param environment environment variables by name; null where absent
     * @throws IllegalArgumentException naming the source of the value that is wrong
     */
    static WorkerSettings resolve(
            Map<Setting<?>, Object> chosen, Function<String, String> properties, Function<String, String> environment) {
        Resolver from = new Resolver(chosen, properties, environment);
        Path directory = from.get(Setting.DIR);
        String name = from.get(Setting.NAME);
        LevelTable levels = from.levels();
        Integer ringSize = from.get(Setting.RING_SIZE);
        RingChecks ringChecks = from.get(Setting.RING_CHECKS);
        Overflow overflow = from.get(Setting.OVERFLOW);
        String service = from.get(Setting.SERVICE);
        Duration heartbeat = from.get(Setting.HEARTBEAT_INTERVAL);
        Duration flush = from.get(Setting.FLUSH_INTERVAL);
        Integer batch = from.get(Setting.BATCH_BYTES);
        if (flush == null) {
            flush = batch == null ? Duration.ZERO : Setting.FLUSH_INTERVAL_OF_BATCHES;
        }
        int batchBytes = flush.isZero() ? 0 : Setting.batchBytes(batch, ringSize, from.sourceOf(Setting.BATCH_BYTES));
        Duration sync = from.get(Setting.SYNC_INTERVAL);
        Integer maxText = from.get(Setting.MAX_TEXT_BYTES);
        Fallback fallback = from.get(Setting.FALLBACK);
        Boolean caller = from.get(Setting.CALLER);
        return new WorkerSettings(
                directory,
                name,
                levels,
                ringSize,
                ringChecks,
                overflow,
                service,
                heartbeat,
                flush,
                batchBytes,
                sync,
                maxText,
                fallback,
                caller);
    }

    /** Whether calls collect in staging areas. */
    boolean isBatching() {
        return batchBytes > 0;
    }

    /** The shape of the rings. */
    RingSpec ringSpec() {
        int page = RingDescriptor.PAGE_LENGTH;
        return new RingSpec(ringSize, (batchBytes + page - 1) / page * page, false);
    }

    private record Resolver(
            Map<Setting<?>, Object> chosen, Function<String, String> properties, Function<String, String> environment) {

        /** Logger by logger: a level from the environment holds where neither a property nor the builder names its logger. */
        private LevelTable levels() {
            Map<String, Level> merged =
                    new TreeMap<>(Setting.LEVEL.defaultValue().levels());
            addLevels(merged, environment.apply(Setting.LEVEL.variable()), Setting.LEVEL.variable());
            addLevels(merged, properties.apply(Setting.LEVEL.property()), Setting.LEVEL.property());
            if (chosen.get(Setting.LEVEL) instanceof LevelTable fromBuilder) {
                merged.putAll(fromBuilder.levels());
            }
            return LevelTable.of(merged);
        }

        private static void addLevels(Map<String, Level> merged, String text, String source) {
            if (text != null && !text.isBlank()) {
                merged.putAll(Setting.LEVEL.parse(text, source).levels());
            }
        }

        @SuppressWarnings("unchecked") // the builder puts a value of the setting's own type
        private <T> T get(Setting<T> setting) {
            Object value = chosen.get(setting);
            if (value != null) {
                return (T) value;
            }
            String text = properties.apply(setting.property());
            if (text != null && !text.isBlank()) {
                return setting.parse(text, setting.property());
            }
            text = environment.apply(setting.variable());
            if (text != null && !text.isBlank()) {
                return setting.parse(text, setting.variable());
            }
            return setting.defaultValue();
        }

        String sourceOf(Setting<?> setting) {
            if (chosen.get(setting) != null) {
                return setting.key();
            }
            String text = properties.apply(setting.property());
            return text != null && !text.isBlank() ? setting.property() : setting.variable();
        }
    }
}

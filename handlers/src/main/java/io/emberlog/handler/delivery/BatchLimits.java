package io.emberlog.handler.delivery;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import java.time.Duration;
import java.util.List;

/**
 * How much is sent at once.
 *
 * @param records most in one request
 * @param bytes most in one request, as the workers encoded them; a single record may be larger
 * @param linger how long records wait for more to come; zero sends as soon as nothing more waits
 */
public record BatchLimits(int records, long bytes, Duration linger) {
    public static final SettingKey BATCH_RECORDS = SettingKey.integer("batch_records", "Most records in one request.")
            .unit("records")
            .orElse(1000)
            .between("1", "100000");
    public static final SettingKey BATCH_BYTES = SettingKey.size(
                    "batch_bytes",
                    "Most bytes in one request, as encoded in the journal; a single record may be larger.")
            .orElse("1 MiB")
            .between("1 KiB", "64 MiB");
    public static final SettingKey LINGER = SettingKey.duration(
                    "linger", "How long records wait for more to come; 0 sends as soon as nothing more waits.")
            .orElse("1 s")
            .between("0 s", "1 min");

    /** The keys that {@link #of} reads. */
    public static final List<SettingKey> KEYS = List.of(BATCH_RECORDS, BATCH_BYTES, LINGER);

    public BatchLimits {
        if (records < 1 || bytes < 1 || linger.isNegative()) {
            throw new IllegalArgumentException(
                    "records=" + records + ", bytes=" + bytes + ", linger=" + linger + " must be at least 1, 1, 0");
        }
    }

    public static BatchLimits of(HandlerSettings settings) {
        return new BatchLimits(
                (int) settings.integer(BATCH_RECORDS), settings.size(BATCH_BYTES), settings.duration(LINGER));
    }
}

package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Level;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.control.LevelTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Every setting of a worker, once: key, meaning, default and bounds. The environment variable, the system property, the
 * table in {@code docs/worker.md} and the error messages come from here.
 *
 * @param <T> type of the value
 */
final class Setting<T> {
    static final Setting<Path> DIR = new Setting<>(
            "dir",
            "channel directory, where the master looks for rings; of several users: that directory, or this user's folder"
                    + " in it (docs/permissions-and-containers.md)",
            "`/dev/shm/emberlog-<uid>/default`, or under the temp directory",
            "a path; made with mode 0700 when missing",
            Path::of,
            ChannelDirectory::defaultPath);

    static final Setting<String> NAME = new Setting<>(
            "name",
            "worker name",
            "process name and pid",
            "1 to 200 characters",
            text -> text(text, 200),
            ProcessFacts::defaultName);

    static final Setting<LevelTable> LEVEL = new Setting<>(
            "level",
            "lowest level that is logged, for all loggers and for those below a name, such as `INFO,com.acme=DEBUG`",
            "INFO",
            "a list of levels, each with `logger=` in front of it or, at most one, without; a level is "
                    + Level.ALLOWED,
            LevelText::parse);

    /** At the smallest ring a record of 16 KiB still fits; {@link RingDescriptor#MIN_CAPACITY} is for rings alone. */
    static final int MIN_RING_SIZE = 128 * 1024;

    static final Duration MIN_FLUSH_INTERVAL = Duration.ofMillis(1);
    static final Duration MAX_FLUSH_INTERVAL = Duration.ofSeconds(60);
    static final Duration FLUSH_INTERVAL_OF_BATCHES = Duration.ofSeconds(1);
    private static final int DEFAULT_BATCH_BYTES = 64 * 1024;

    static final Setting<Integer> RING_SIZE = new Setting<>(
            "ring_size",
            "bytes of the ring; the largest record is an eighth of it, at most 512 KiB",
            "8M",
            "a power of two from 128K to 512M",
            Setting::ringSize);

    static final Setting<RingChecks> RING_CHECKS = new Setting<>(
            "ring_checks",
            "whether each record carries its position and a CRC32C, so that a ring on a disk can be read after a power cut",
            "auto",
            "`auto` (on unless the directory is in memory: tmpfs, ramfs), `on` or `off`",
            text -> oneOf(RingChecks.values(), text));

    static final Setting<Overflow> OVERFLOW = new Setting<>(
            "overflow",
            "what a call does when the ring is full, per level",
            "drop",
            "`drop`, `block:<time>` (at most 1m), or by lowest level, such as `drop,warn=block:50ms`",
            Overflow::parse);

    static final Setting<String> SERVICE = new Setting<>(
            "service",
            "service name carried with every record",
            "none",
            "1 to 200 characters",
            text -> text(text, 200),
            () -> null);

    static final Setting<Duration> HEARTBEAT_INTERVAL = new Setting<>(
            "heartbeat_interval",
            "time between heartbeat messages",
            "60s",
            "1s to 24h",
            text -> duration(text, Duration.ofSeconds(1), Duration.ofHours(24)));

    static final Setting<Duration> SYNC_INTERVAL = new Setting<>(
            "sync_interval",
            "how often the master is asked to force to its device what was logged, whatever its own `journal.sync` says",
            "0",
            "0 (it is not asked), or 10ms to 24h",
            Setting::syncInterval);

    /** Null when not set. */
    static final Setting<Duration> FLUSH_INTERVAL = new Setting<>(
            "flush_interval",
            "how long records may wait in this process's staging areas to go into the ring together; they are as safe there",
            "0; 1s when `batch_bytes` is set",
            "0 (each call goes into the ring), or 1ms to 60s",
            Setting::flushInterval,
            () -> null);

    /** Null when not set. */
    static final Setting<Integer> BATCH_BYTES = new Setting<>(
            "batch_bytes",
            "bytes of the staging area of each of the 64 writing slots, rounded up to whole pages: a batch at most",
            "64K; an eighth of a smaller ring",
            "4K to an eighth of the ring, at most 512K",
            text -> size(text, RingDescriptor.PAGE_LENGTH, RingDescriptor.MAX_STAGING_LENGTH),
            () -> null);

    static final Setting<Integer> MAX_TEXT_BYTES = new Setting<>(
            "max_text_bytes",
            "UTF-8 bytes after which one text is cut and marked",
            "64K",
            "256 to 512K",
            text -> size(text, BatchEncoder.MIN_MAX_TEXT_LENGTH, RingDescriptor.MAX_RECORD_LENGTH));

    static final Setting<Fallback> FALLBACK = new Setting<>(
            "fallback",
            "where records go when no ring can be created",
            "stderr",
            "`stderr` or `none`",
            text -> oneOf(Fallback.values(), text));

    static final Setting<Boolean> CALLER = new Setting<>(
            "caller",
            "whether bridges such as SLF4J record where each call stands in the code (some microseconds each)",
            "false",
            "`true` or `false`",
            Setting::flag);

    static final List<Setting<?>> ALL = List.of(
            DIR,
            NAME,
            LEVEL,
            RING_SIZE,
            RING_CHECKS,
            OVERFLOW,
            SERVICE,
            HEARTBEAT_INTERVAL,
            FLUSH_INTERVAL,
            BATCH_BYTES,
            SYNC_INTERVAL,
            MAX_TEXT_BYTES,
            FALLBACK,
            CALLER);

    private final String key;
    private final String meaning;
    private final String defaultText;
    private final String allowed;
    private final Function<String, T> parser;
    private final Supplier<T> defaultValue;

    private Setting(
            String key,
            String meaning,
            String defaultText,
            String allowed,
            Function<String, T> parser,
            Supplier<T> defaultValue) {
        this.key = key;
        this.meaning = meaning;
        this.defaultText = defaultText;
        this.allowed = allowed;
        this.parser = parser;
        this.defaultValue = defaultValue;
    }

    /** Its text is parsed like any other, so that it keeps to its own bounds. */
    private Setting(String key, String meaning, String defaultText, String allowed, Function<String, T> parser) {
        this(key, meaning, defaultText, allowed, parser, () -> parser.apply(defaultText));
    }

    T defaultValue() {
        return defaultValue.get();
    }

    String key() {
        return key;
    }

    String property() {
        return propertyOf(key);
    }

    String variable() {
        return variableOf(key);
    }

    static String propertyOf(String key) {
        return "emberlog." + key;
    }

    static String variableOf(String key) {
        return "EMBERLOG_" + key.toUpperCase(Locale.ROOT);
    }

    /** One row of the table in {@code docs/worker.md}. */
    String documentationRow() {
        return "| `" + variable() + "` | `" + property() + "` | " + meaning + " | " + defaultText + " | " + allowed
                + " |";
    }

    /**
     * @param source where the text was found, for the message
     * @throws IllegalArgumentException naming the source, the value and what is allowed
     */
    T parse(String text, String source) {
        try {
            return parser.apply(text.trim());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    source + "=" + text + " is not valid; " + key + " must be " + allowed
                            + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")"),
                    e);
        }
    }

    static String text(String text, int most) {
        if (text.isBlank() || text.length() > most) {
            throw new IllegalArgumentException("it has " + text.length() + " characters");
        }
        return text;
    }

    static int ringSize(String text) {
        return checkRingSize(size(text, MIN_RING_SIZE, RingDescriptor.MAX_CAPACITY));
    }

    static int checkRingSize(int bytes) {
        if (bytes < MIN_RING_SIZE || bytes > RingDescriptor.MAX_CAPACITY || Integer.bitCount(bytes) != 1) {
            throw new IllegalArgumentException(bytes + " bytes");
        }
        return bytes;
    }

    static Duration flushInterval(String text) {
        return text.equals("0") ? Duration.ZERO : duration(text, MIN_FLUSH_INTERVAL, MAX_FLUSH_INTERVAL);
    }

    static Duration syncInterval(String text) {
        return text.equals("0") ? Duration.ZERO : duration(text, Duration.ofMillis(10), Duration.ofHours(24));
    }

    /**
     * @param chosen null when not set
     * @param source where it was set, for the error
     * @throws IllegalArgumentException when one record of that ring cannot hold such a batch
     */
    static int batchBytes(Integer chosen, int ringSize, String source) {
        int most = Math.min(ringSize / 8, RingDescriptor.MAX_STAGING_LENGTH);
        if (chosen == null) {
            return Math.min(DEFAULT_BATCH_BYTES, most);
        }
        if (chosen > most) {
            throw new IllegalArgumentException(source + "=" + chosen + " is not valid; batch_bytes must be "
                    + BATCH_BYTES.allowed + ", which is " + most + " for ring_size=" + ringSize);
        }
        return chosen;
    }

    static int size(String text, int least, int most) {
        String upper = text.toUpperCase(Locale.ROOT);
        String digits = upper.replaceFirst("\\s*(B|K|KB|KIB|M|MB|MIB)$", "");
        long unit = upper.substring(digits.length()).contains("K")
                ? 1024
                : upper.substring(digits.length()).contains("M") ? 1024 * 1024 : 1;
        if (!digits.matches("\\d{1,10}")) {
            throw new IllegalArgumentException("a size is a number with K or M behind it, or bytes");
        }
        long bytes = Long.parseLong(digits) * unit;
        if (bytes < least || bytes > most) {
            throw new IllegalArgumentException(bytes + " bytes");
        }
        return (int) bytes;
    }

    static Duration duration(String text, Duration least, Duration most) {
        String lower = text.toLowerCase(Locale.ROOT);
        String digits = lower.replaceFirst("\\s*(us|ms|s|m|h)$", "");
        String unit = lower.substring(digits.length()).trim();
        if (!digits.matches("\\d{1,12}") || unit.isEmpty()) {
            throw new IllegalArgumentException("a time is a number with us, ms, s, m or h behind it");
        }
        long number = Long.parseLong(digits);
        Duration value = switch (unit) {
            case "us" -> Duration.ofNanos(number * 1000);
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("it is " + value);
        }
        return value;
    }

    private static Boolean flag(String text) {
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException();
        }
        return Boolean.valueOf(text);
    }

    private static <E extends Enum<E>> E oneOf(E[] values, String text) {
        for (E value : values) {
            if (value.name().equalsIgnoreCase(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException();
    }
}

package io.emberlog.master.config;

import io.emberlog.handler.SettingKey;
import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.handler.filter.RateLimit;
import io.emberlog.handler.filter.Sample;
import io.emberlog.handler.redact.Redaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every key of the master's own, each declared once. */
final class ConfigKeys {
    static final SettingKey CHANNEL_DIRECTORY = SettingKey.path(
                    "directory", "Directory where workers put their rings; the same as the workers' EMBERLOG_DIR.")
            .otherwise("/dev/shm/emberlog-UID/default, or the temp directory where /dev/shm is not writable");

    static final SettingKey CHANNEL_PER_USER = SettingKey.bool(
                    "per_user",
                    "Whether workers of several users log here, each into a folder named after its uid; made by"
                            + " 'emberlog channel create'.")
            .orElse(false);

    static final SettingKey JOURNAL_DIRECTORY = SettingKey.path(
                    "directory", "State directory: the journal and the handlers' checkpoints. Not for network disks.")
            .otherwise("$XDG_STATE_HOME/emberlog/CHANNEL, or ~/.local/state/emberlog/CHANNEL");

    static final SettingKey JOURNAL_MAX_SIZE = SettingKey.size(
                    "max_size",
                    "Space for the journal; above it the oldest segment goes, even if a handler has not read it.")
            .orElse("4 GiB")
            .between("64 MiB", "64 TiB")
            .live();

    static final SettingKey JOURNAL_MAX_AGE = SettingKey.duration(
                    "max_age",
                    "A journal file that was written last so long ago goes once every handler has passed it; off keeps"
                            + " what max_size has room for.")
            .between("1 m", "3650 d")
            .orOff()
            .orElse("off")
            .live();

    static final SettingKey JOURNAL_MIN_FREE = SettingKey.size(
                    "min_free", "Draining pauses while the disk has less free space than this; rings fill meanwhile.")
            .orElse("256 MiB")
            .between("0 B", "64 TiB")
            .live();

    static final SettingKey JOURNAL_SEGMENT_SIZE = SettingKey.size(
                    "segment_size", "A new journal file is begun at this size; space is given back file by file.")
            .orElse("64 MiB")
            .between("1 MiB", "1 GiB");

    static final SettingKey JOURNAL_SYNC = SettingKey.duration(
                    "sync",
                    "How often the journal is forced to its device, so that a power cut takes no more than that; handlers'"
                            + " checkpoints wait for it.")
            .between("10 ms", "1 m")
            .orOff()
            .orElse("1 s");

    static final SettingKey JOURNAL_SYNC_LEVEL = SettingKey.level(
                    "sync_level", "Records of this level and above are forced to the device at once.")
            .orOff(JournalConfig.NO_LEVEL)
            .orElse("off");

    static final SettingKey MASTER_DRAIN_BUDGET = SettingKey.size(
                    "drain_budget",
                    "Most bytes taken from one ring in one pass, so that a flooding worker hurts only"
                            + " itself; one record is always taken.")
            .orElse("256 KiB")
            .between("4 KiB", "1 MiB")
            .live();

    static final SettingKey MASTER_REORDER_WINDOW = SettingKey.duration(
                    "reorder_window",
                    "How long records are held to be put in the order of their timestamps across workers; they are"
                            + " journaled that much later. 0 s: only what one pass sees is ordered.")
            .orElse("0 s")
            .between("0 s", "10 s")
            .live();

    static final SettingKey MASTER_IDLE = SettingKey.choice(
                    "idle",
                    "What the master's threads do while there is nothing to do. backoff: sleep, ever longer. yield: the"
                            + " drain, and each handler that had a record in the last second, look again at once and let"
                            + " others run, so that a record is in a file sooner. spin: the same"
                            + " without letting others run, for processors to spare.",
                    "backoff",
                    "yield",
                    "spin")
            .orElse("backoff");

    static final SettingKey MASTER_STOP_DEADLINE = SettingKey.duration(
                    "stop_deadline",
                    "How long SIGTERM or SIGINT may take: rings are drained and handlers finish what they have.")
            .orElse("8 s")
            .between("100 ms", "10 m")
            .live();

    static final SettingKey MASTER_HEARTBEAT_GRACE = SettingKey.duration(
                    "heartbeat_grace", "How long after an announced check-in a worker is reported late.")
            .orElse("1 s")
            .between("10 ms", "1 h")
            .live();

    static final SettingKey MASTER_HUNG_AFTER = SettingKey.duration(
                    "hung_after", "How long a living worker's heartbeat may stand still before it is reported hung.")
            .orElse("500 ms")
            .between("500 ms", "1 h")
            .live();

    static final SettingKey HANDLER_NAME = SettingKey.name(
                    "name",
                    "Unique name. The handler's place in the journal is kept under it: a new name starts at the first"
                            + " record kept.")
            .otherwise("the type");

    static final SettingKey HANDLER_TYPE =
            SettingKey.name("type", "Which handler.").required();

    static final SettingKey HANDLER_MIN_LEVEL = SettingKey.level(
                    "min_level",
                    "Records below this level do not reach the handler; notset lets all through, and chats and mail have warn"
                            + " unless it is set.")
            .orElse("notset");

    static final SettingKey HANDLER_MAX_LEVEL = SettingKey.level(
                    "max_level", "Records above this level do not reach the handler.")
            .orElse(24);

    static final SettingKey HANDLER_FILTER = SettingKey.string(
                    "filter",
                    "Only records for which this expression holds reach the handler; docs/filters.md has the language.")
            .checked(value -> FilterExpression.parse((String) value))
            .example("level >= warn and worker ~ 'md-*'")
            .otherwise("all records");

    static final SettingKey HANDLER_SAMPLE = SettingKey.string(
                    "sample",
                    "Share of the records left that reaches the handler, like \"1/100\": which ones depends on their ids"
                            + " alone. The others are counted.")
            .checked(value -> Sample.parse((String) value))
            .example("1/100")
            .otherwise("all of them");

    static final SettingKey HANDLER_RATE_LIMIT = SettingKey.string(
                    "rate_limit",
                    "Most of the records left in a time, by their own times: \"100/s\", \"20/m\", or with the most at once"
                            + " \"100/s burst 500\". The others are counted, and told in one record a minute.")
            .checked(value -> RateLimit.parse((String) value))
            .example("100/s")
            .otherwise("no limit");

    static final SettingKey HANDLER_REDACT = SettingKey.strings(
                    "redact",
                    "What is made unreadable (***) in every text of a record before the handler sees it: "
                            + Redaction.ALLOWED + ".")
            .checked(value -> Redaction.of(texts(value)))
            .orElse(List.of());

    static final Section CHANNEL =
            new Section("channel", "Where workers and the master meet.", List.of(CHANNEL_DIRECTORY, CHANNEL_PER_USER));

    static final Section JOURNAL = new Section(
            "journal",
            "The redo log between rings and handlers.",
            List.of(
                    JOURNAL_DIRECTORY,
                    JOURNAL_MAX_SIZE,
                    JOURNAL_MAX_AGE,
                    JOURNAL_MIN_FREE,
                    JOURNAL_SEGMENT_SIZE,
                    JOURNAL_SYNC,
                    JOURNAL_SYNC_LEVEL));

    static final Section MASTER = new Section(
            "master",
            "How the master works.",
            List.of(
                    MASTER_DRAIN_BUDGET,
                    MASTER_REORDER_WINDOW,
                    MASTER_IDLE,
                    MASTER_STOP_DEADLINE,
                    MASTER_HEARTBEAT_GRACE,
                    MASTER_HUNG_AFTER));

    /** What every {@code [[handlers]]} entry has; the handler's own keys come after. */
    static final Section HANDLER = new Section(
            "handlers",
            "One entry per handler, any number of each type.",
            List.of(
                    HANDLER_NAME,
                    HANDLER_TYPE,
                    HANDLER_MIN_LEVEL,
                    HANDLER_MAX_LEVEL,
                    HANDLER_FILTER,
                    HANDLER_SAMPLE,
                    HANDLER_RATE_LIMIT,
                    HANDLER_REDACT));

    /** The sections that are plain tables, in the order of the reference file. */
    static final List<Section> SECTIONS = List.of(CHANNEL, JOURNAL, MASTER);

    /** Settings of later versions, and what to do without them: refused by name, so that nobody relies on them. */
    private static final Map<String, String> LATER = Map.ofEntries(
            Map.entry("master.metrics", "remove it; 'emberlog stat --json' prints the figures"),
            Map.entry("handlers.worker", "write it as filter = 'worker ~ \"md-*\"'"),
            Map.entry("handlers.logger", "write it as filter = 'logger ~ \"com.acme.*\"'"),
            Map.entry("handlers.match", "write it as filter = 'message =~ \"time ?out\"'"));

    /** Handlers of later versions. */
    static final Set<String> LATER_TYPES = Set.of("tcp");

    /** Handlers that are artifacts of their own, for their libraries. */
    static final Map<String, String> ARTIFACTS = Map.of(
            "email", "handlers-mail",
            "kafka", "handlers-kafka",
            "otlp", "handlers-otlp",
            "syslog", "handlers-syslog",
            "journald", "handlers-syslog");

    private ConfigKeys() {}

    /** Of a {@link io.emberlog.handler.SettingType#LIST_OF_STRING} that was read. */
    static List<String> texts(Object value) {
        return ((List<?>) value).stream().map(String.class::cast).toList();
    }

    /** What to do instead of a setting that only a later version has. */
    static Optional<String> later(String dottedKey) {
        return Optional.ofNullable(LATER.get(dottedKey));
    }

    static Set<String> laterKeys() {
        return LATER.keySet();
    }

    /**
     * A table of the file.
     *
     * @param name as between the brackets
     * @param doc one sentence for the reference file
     */
    record Section(String name, String doc, List<SettingKey> keys) {
        Optional<SettingKey> find(String key) {
            return keys.stream().filter(k -> k.name().equals(key)).findFirst();
        }

        String dotted(SettingKey key) {
            return name + '.' + key.name();
        }

        /** The environment variable that sets a key; the channel directory is the one that workers read, too. */
        String variable(SettingKey key) {
            return key == CHANNEL_DIRECTORY ? "EMBERLOG_DIR" : Overrides.variable(dotted(key));
        }
    }
}

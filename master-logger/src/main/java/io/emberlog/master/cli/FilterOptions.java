package io.emberlog.master.cli;

import io.emberlog.handler.filter.RecordFilter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Which records a command shows. Globs: {@code *} is any text, {@code ?} one character. */
final class FilterOptions {
    static final String TIME =
            "2026-01-15T10:30:00Z, without zone in yours, 2026-01-15, today, or how long ago, like 10m.";

    @Option(names = "--level", paramLabel = "LEVEL", description = "This level and above: a name, or a number 0-24.")
    private String level;

    @Option(names = "--worker", paramLabel = "GLOB", description = "Workers whose name matches, like 'md-*'.")
    private String worker;

    @Option(names = "--logger", paramLabel = "GLOB", description = "Loggers whose name matches, like 'com.acme.*'.")
    private String logger;

    @Option(names = "--since", paramLabel = "TIME", description = "From then on: " + TIME)
    private String since;

    @Option(names = "--grep", paramLabel = "REGEX", description = "Messages in which the expression (RE2) is found.")
    private String grep;

    @Option(
            names = "--where",
            paramLabel = "EXPR",
            description =
                    "Records for which the expression holds, like 'level >= warn and field.venue = \"XETRA\"'; its"
                            + " language is in docs/filters.md.")
    private String where;

    boolean hasSince() {
        return since != null;
    }

    /** @return nanoseconds since the epoch; {@link Long#MIN_VALUE} without {@code --since} */
    long sinceEpochNs() {
        return since == null ? Long.MIN_VALUE : time("--since", since);
    }

    /** @param until null for no end */
    RecordFilter filter(String until) {
        return filter(until, null);
    }

    /**
     * @param until null for no end
     * @param otherwise the level when none is given; null for all
     */
    RecordFilter filter(String until, String otherwise) {
        RecordFilter.Builder builder = RecordFilter.builder();
        set("--level", level == null ? otherwise : level, builder::minLevel);
        set("--worker", worker, builder::worker);
        set("--logger", logger, builder::logger);
        set("--grep", grep, builder::grep);
        set("--where", where, builder::where);
        builder.since(sinceEpochNs());
        if (until != null) {
            builder.until(time("--until", until));
        }
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, e.getMessage(), e);
        }
    }

    private static void set(String option, String value, Consumer<String> setter) {
        if (value != null) {
            try {
                setter.accept(value);
            } catch (IllegalArgumentException e) {
                throw new CliException(ExitCodes.USAGE, option + ": " + e.getMessage(), e);
            }
        }
    }

    static long time(String option, String text) {
        Instant now = Instant.now();
        try {
            return RecordFilter.parseTime(
                    text, TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(), ZoneId.systemDefault());
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, option + ": " + e.getMessage(), e);
        }
    }
}

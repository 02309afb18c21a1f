package io.emberlog.handler.alert;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import java.time.Duration;
import java.util.List;

/**
 * When an alert handler speaks, and how much it says.
 *
 * @param title in front of each message; empty for none
 * @param groupWait from a group's first record to its first notice
 * @param groupInterval from that to its first digest
 * @param repeatInterval longest time between digests of a group that goes on
 * @param resolveAfter without a record a group is over
 * @param recovery whether that is told
 * @param immediateSeverity of groups that do not wait
 * @param escalateCount records that bring a digest forward where they make ten times as many as were told; 0 for never
 * @param breadcrumbs most records of the worker shown; 0 for none
 * @param maxGroups at once; the records of further ones are counted together
 * @param messagesPerHour in the long run
 * @param sampleLength characters of the sample with its exception
 */
public record AlertSettings(
        String title,
        Duration groupWait,
        Duration groupInterval,
        Duration repeatInterval,
        Duration resolveAfter,
        boolean recovery,
        int immediateSeverity,
        int escalateCount,
        int breadcrumbs,
        int maxGroups,
        int messagesPerHour,
        int sampleLength) {
    public static final SettingKey TITLE =
            SettingKey.string("title", "Text in front of each message, to tell one system from another.");
    public static final SettingKey GROUP_WAIT = SettingKey.duration(
                    "group_wait", "How long the first record of a group waits for more, so that they are one message.")
            .orElse("10 s")
            .between("0 s", "1 h");
    public static final SettingKey GROUP_INTERVAL = SettingKey.duration(
                    "group_interval",
                    "From a group's first message to a digest of what came since; doubles while it goes on.")
            .orElse("5 m")
            .between("1 s", "1 d");
    public static final SettingKey REPEAT_INTERVAL = SettingKey.duration(
                    "repeat_interval", "Longest time between two digests of a group that goes on.")
            .orElse("4 h")
            .between("1 s", "7 d");
    public static final SettingKey RESOLVE_AFTER = SettingKey.duration(
                    "resolve_after", "A group without a record for so long is over.")
            .orElse("15 m")
            .between("1 s", "7 d");
    public static final SettingKey RECOVERY = SettingKey.bool(
                    "recovery", "Tell that a group is over; what was not told before is told in any case.")
            .orElse(true);
    public static final SettingKey IMMEDIATE_LEVEL = SettingKey.level(
                    "immediate_level", "Groups of this level and above do not wait for group_wait.")
            .orElse("critical");
    public static final SettingKey ESCALATE_COUNT = SettingKey.integer(
                    "escalate_count",
                    "So many new records of a group that has grown tenfold since its last message do not wait for"
                            + " group_interval; 0 = they do.")
            .unit("records")
            .orElse(1000)
            .between("0", "1000000000");
    public static final SettingKey BREADCRUMBS = SettingKey.integer(
                    "breadcrumbs",
                    "Last records of the worker, of any level, shown with an error or the worker's death; 0 = none.")
            .unit("records")
            .orElse(0)
            .between("0", "50");
    public static final SettingKey MAX_GROUPS = SettingKey.integer(
                    "max_groups", "Groups at once; records of further ones are counted in one group for all others.")
            .unit("groups")
            .orElse(50)
            .between("1", "100");
    public static final SettingKey MESSAGES_PER_HOUR = SettingKey.integer(
                    "messages_per_hour",
                    "Notifications in the long run, of all groups together, a tenth of it at once; what is due waits and becomes"
                            + " one.")
            .unit("messages")
            .orElse(60)
            .between("1", "3600");
    public static final SettingKey SAMPLE_LENGTH = SettingKey.integer(
                    "sample_length", "Most characters of the sample message with its exception.")
            .unit("characters")
            .orElse(1200)
            .between("100", "20000");

    /** The keys that {@link #of} reads. */
    public static final List<SettingKey> KEYS = List.of(
            TITLE,
            GROUP_WAIT,
            GROUP_INTERVAL,
            REPEAT_INTERVAL,
            RESOLVE_AFTER,
            RECOVERY,
            IMMEDIATE_LEVEL,
            ESCALATE_COUNT,
            BREADCRUMBS,
            MAX_GROUPS,
            MESSAGES_PER_HOUR,
            SAMPLE_LENGTH);

    private static final int MAX_TITLE = 100;

    /** @throws IllegalArgumentException for settings that are wrong only together */
    public AlertSettings {
        if (repeatInterval.compareTo(groupInterval) < 0) {
            throw new IllegalArgumentException("repeat_interval: is shorter than group_interval; allowed: "
                    + groupInterval.toSeconds() + " s or longer");
        }
        if (title.codePointCount(0, title.length()) > MAX_TITLE
                || title.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("title: is too long or holds control characters; allowed: " + MAX_TITLE
                    + " characters on one line");
        }
    }

    public static AlertSettings of(HandlerSettings settings) {
        return new AlertSettings(
                settings.isSet(TITLE) ? settings.string(TITLE) : "",
                settings.duration(GROUP_WAIT),
                settings.duration(GROUP_INTERVAL),
                settings.duration(REPEAT_INTERVAL),
                settings.duration(RESOLVE_AFTER),
                settings.bool(RECOVERY),
                settings.level(IMMEDIATE_LEVEL),
                (int) settings.integer(ESCALATE_COUNT),
                (int) settings.integer(BREADCRUMBS),
                (int) settings.integer(MAX_GROUPS),
                (int) settings.integer(MESSAGES_PER_HOUR),
                (int) settings.integer(SAMPLE_LENGTH));
    }
}

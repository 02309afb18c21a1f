package io.emberlog.handler.file;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When a file is rotated and what becomes of rotated files. Immutable.
 *
 * @param maxSize a file that a line would make longer is rotated before; {@link Long#MAX_VALUE} = never
 * @param schedule by time
 * @param name of rotated files
 * @param keepFiles rotated files kept of each log; {@link Long#MAX_VALUE} = all
 * @param maxAgeMs of the last write to one that is kept; {@link Long#MAX_VALUE} = any
 * @param maxTotalSize bytes of all rotated files of the handler; {@link Long#MAX_VALUE} = any
 * @param minFreeSpace bytes that the file system has left, or rotated files go; 0 = none
 * @param compression of rotated files; null = none
 * @param archiveCommand gets the name of each rotated file; empty = none
 * @param archiveTimeoutNs it is ended after so long
 */
record RotationSettings(
        long maxSize,
        RotationSchedule schedule,
        RotatedName name,
        long keepFiles,
        long maxAgeMs,
        long maxTotalSize,
        long minFreeSpace,
        FileCompression compression,
        List<String> archiveCommand,
        long archiveTimeoutNs) {

    static final SettingKey MAX_SIZE = SettingKey.size(
                    "max_size", "The file is rotated (renamed) before it grows beyond this; 0 = never.")
            .orElse("100 MB");
    static final SettingKey ROTATE = SettingKey.string(
                    "rotate",
                    "The file is rotated, too, when a record of the next hour or day comes (hourly, daily, in time_zone), or"
                            + " so long after its first record (a duration, \"1 s\" to \"3650 d\"); or by max_size only"
                            + " (never).")
            .orElse(RotationSchedule.DAILY);
    static final SettingKey ROTATED_NAME = SettingKey.string(
                    "rotated_name",
                    "What a rotated file is called: {file} is the name of the file, {number} counts up, {date} is the day"
                            + " or hour of its first record. Without {number}, .1, .2, ... follow where a name is taken.")
            .orElse(RotatedName.NUMBERED);
    static final SettingKey KEEP_FILES = SettingKey.integer(
                    "keep_files", "Rotated files that are kept, the newest ones; 0 = all.")
            .unit("files")
            .orElse(7L)
            .between("0", "1000000");
    static final SettingKey MAX_AGE = SettingKey.duration(
                    "max_age", "A rotated file that was written last so long ago is deleted.")
            .between("1 m", "36500 d")
            .orOff()
            .orElse("off");
    static final SettingKey MAX_TOTAL_SIZE = SettingKey.size(
                    "max_total_size",
                    "Bytes that all rotated files of this handler may have, as they are on disk; the oldest are deleted;"
                            + " 0 = any.")
            .orElse("0");
    static final SettingKey MIN_FREE_SPACE = SettingKey.size(
                    "min_free_space",
                    "While the file system has less than this left, the oldest rotated files of this handler are deleted;"
                            + " 0 = never.")
            .orElse("0");
    static final SettingKey COMPRESS = SettingKey.choice(
                    "compress",
                    "How rotated files are compressed, in the background. zstd and lz4 need the jar handlers-compression.",
                    "none",
                    "gzip",
                    "zstd",
                    "lz4")
            .orElse("none");
    static final SettingKey ARCHIVE_COMMAND = SettingKey.strings(
            "archive_command",
            "Program and arguments, without a shell, that are run for each rotated file, once it is compressed; {path} is"
                    + " replaced by its path, which else comes last.");
    static final SettingKey ARCHIVE_TIMEOUT = SettingKey.duration(
                    "archive_timeout", "archive_command is killed after this, and tried again.")
            .orElse("60 s")
            .between("1 s", "1 d");

    static final List<SettingKey> KEYS = List.of(
            MAX_SIZE,
            ROTATE,
            ROTATED_NAME,
            KEEP_FILES,
            MAX_AGE,
            MAX_TOTAL_SIZE,
            MIN_FREE_SPACE,
            COMPRESS,
            ARCHIVE_COMMAND,
            ARCHIVE_TIMEOUT);

    /** @throws IllegalArgumentException for what is wrong in a way that its key does not know */
    static RotationSettings of(HandlerSettings settings, ZoneId zone) {
        Duration maxAge = settings.duration(MAX_AGE);
        List<String> command = settings.isSet(ARCHIVE_COMMAND) ? settings.strings(ARCHIVE_COMMAND) : List.of();
        if (!command.isEmpty() && command.get(0).isEmpty()) {
            throw new IllegalArgumentException("archive_command: begins with an empty text; allowed: a program first");
        }
        if (command.isEmpty()) {
            settings.refuseIfChanged(
                    ARCHIVE_TIMEOUT, "has no effect without archive_command", "beside an archive_command");
        }
        return new RotationSettings(
                orNone(settings.size(MAX_SIZE)),
                RotationSchedule.of(settings.string(ROTATE), zone),
                RotatedName.of(settings.string(ROTATED_NAME)),
                orNone(settings.integer(KEEP_FILES)),
                maxAge.isZero() ? Long.MAX_VALUE : maxAge.toMillis(),
                orNone(settings.size(MAX_TOTAL_SIZE)),
                settings.size(MIN_FREE_SPACE),
                Compressions.named(settings.string(COMPRESS)),
                command,
                settings.duration(ARCHIVE_TIMEOUT).toNanos());
    }

    /** By size alone, with numbers, nothing compressed. */
    static RotationSettings bySize(long maxSize, long keepFiles) {
        return new RotationSettings(
                maxSize,
                RotationSchedule.of(RotationSchedule.NEVER, ZoneOffset.UTC),
                RotatedName.of(RotatedName.NUMBERED),
                keepFiles,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                0,
                null,
                List.of(),
                TimeUnit.MINUTES.toNanos(1));
    }

    /** Something of a rotated file is done in the background. */
    boolean hasBackgroundWork() {
        return compression != null || !archiveCommand.isEmpty();
    }

    /** Files are deleted for another reason than their number, so also while none is rotated. */
    boolean deletesAtAnyTime() {
        return maxAgeMs != Long.MAX_VALUE || maxTotalSize != Long.MAX_VALUE || minFreeSpace > 0;
    }

    private static long orNone(long value) {
        return value == 0 ? Long.MAX_VALUE : value;
    }
}

package io.emberlog.handler.file;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.FormatKeys;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;

/**
 * What a file handler is told. Immutable.
 *
 * @param path absolute; may hold placeholders ({@link PathPattern})
 * @param format what {@link Format#of} takes
 * @param zone of timestamps in human lines and patterns
 * @param create a missing file is created at start
 * @param bufferSize bytes gathered before one write
 * @param flushIntervalNs longest time in the buffer
 * @param forceAtCheckpoint contents are on the device before a checkpoint says that they are there
 * @param maxSize a file that a line would make longer is rotated before; {@link Long#MAX_VALUE} = never
 * @param keepFiles rotated files kept; {@link Long#MAX_VALUE} = all
 * @param maxOpenFiles of a path with placeholders: files open at once
 * @param maxFiles of a path with placeholders: files there may be at once
 */
record FileSettings(
        Path path,
        String format,
        ZoneId zone,
        boolean create,
        int bufferSize,
        long flushIntervalNs,
        boolean forceAtCheckpoint,
        long maxSize,
        long keepFiles,
        int maxOpenFiles,
        int maxFiles) {

    static final SettingKey PATH = SettingKey.path(
                    "path",
                    "File to write; missing directories are created. {worker}, {service}, {logger} and {level} in it make a"
                            + " file for each.")
            .required();
    static final SettingKey CREATE = SettingKey.bool("create", "Create the file at start when it is missing.")
            .orElse(true);
    static final SettingKey BUFFER = SettingKey.size("buffer", "Bytes gathered before one write.")
            .orElse("256 KiB")
            .between("4 KiB", "16 MiB");
    static final SettingKey FLUSH_INTERVAL = SettingKey.duration(
                    "flush_interval", "Longest time a line waits in the buffer while more keep coming.")
            .orElse("100 ms")
            .between("1 ms", "1 h");
    static final SettingKey FSYNC = SettingKey.choice(
                    "fsync",
                    "When lines are forced to the device: at each checkpoint (survives power loss), or never (survives"
                            + " kill -9 all the same).",
                    "checkpoint",
                    "never")
            .orElse("checkpoint");
    static final SettingKey MAX_SIZE = SettingKey.size(
                    "max_size", "The file is renamed to path.1, path.2, ... before it grows beyond this; 0 = never.")
            .orElse("100 MB");
    static final SettingKey KEEP_FILES = SettingKey.integer(
                    "keep_files", "Renamed files that are kept, the newest ones; 0 = all.")
            .unit("files")
            .orElse(7L)
            .between("0", "1000000");

    static final SettingKey MAX_OPEN_FILES = SettingKey.integer(
                    "max_open_files",
                    "Of a path with placeholders: files open at once; the one not written for longest is closed.")
            .unit("files")
            .orElse(64L)
            .between("1", "10000");
    static final SettingKey MAX_FILES = SettingKey.integer(
                    "max_files",
                    "Of a path with placeholders: files there may be at once, rotated ones not counted; records for"
                            + " further ones go to one file, ~overflow.")
            .unit("files")
            .orElse(1000L)
            .between("1", "10000");

    static final List<SettingKey> KEYS = List.of(
            PATH,
            FormatKeys.FORMAT,
            FormatKeys.PATTERN,
            FormatKeys.TIME_ZONE,
            CREATE,
            BUFFER,
            FLUSH_INTERVAL,
            FSYNC,
            MAX_SIZE,
            KEEP_FILES,
            MAX_OPEN_FILES,
            MAX_FILES);

    static FileSettings of(HandlerSettings settings) {
        Path path = settings.path(PATH).toAbsolutePath().normalize();
        if (path.getFileName() == null) {
            throw new IllegalArgumentException("path: " + path + " is a directory; allowed: the path of a file");
        }
        if (!PathPattern.of(path).isFixed() && !settings.bool(CREATE)) {
            throw new IllegalArgumentException(
                    "create: false goes with one file; allowed: true, as path has placeholders");
        }
        return new FileSettings(
                path,
                FormatKeys.format(settings),
                FormatKeys.zone(settings),
                settings.bool(CREATE),
                (int) settings.size(BUFFER),
                settings.duration(FLUSH_INTERVAL).toNanos(),
                settings.string(FSYNC).equals("checkpoint"),
                orNone(settings.size(MAX_SIZE)),
                orNone(settings.integer(KEEP_FILES)),
                (int) settings.integer(MAX_OPEN_FILES),
                (int) settings.integer(MAX_FILES));
    }

    PathPattern pattern() {
        return PathPattern.of(path);
    }

    private static long orNone(long value) {
        return value == 0 ? Long.MAX_VALUE : value;
    }
}

package io.emberlog.handler.file;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.FormatKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a file handler is told. Immutable.
 *
 * @param path absolute; may hold placeholders ({@link PathPattern})
 * @param format what {@link Format#of} takes
 * @param zone of timestamps in human lines and patterns
 * @param create a missing file is created at start
 * @param bufferSize bytes gathered before one write
 * @param lineThread of one file: a second thread may make lines
 * @param flushIntervalNs longest time in the buffer
 * @param forceAtCheckpoint contents are on the device before a checkpoint says that they are there
 * @param rotation when the file is rotated, and what becomes of it then
 * @param maxOpenFiles of a path with placeholders: files open at once
 * @param maxFiles of a path with placeholders: files there may be at once
 */
record FileSettings(
        Path path,
        String format,
        ZoneId zone,
        boolean create,
        int bufferSize,
        boolean lineThread,
        long flushIntervalNs,
        boolean forceAtCheckpoint,
        RotationSettings rotation,
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
    static final SettingKey LINE_THREAD = SettingKey.bool(
                    "line_thread",
                    "While more comes than one thread can make lines of, a second one makes them; it needs another processor."
                            + " Of one file, without placeholders.")
            .orElse(true);
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

    static final List<SettingKey> KEYS = Stream.of(
                    List.of(
                            PATH,
                            FormatKeys.FORMAT,
                            FormatKeys.PATTERN,
                            FormatKeys.TIME_ZONE,
                            CREATE,
                            NewFiles.MODE,
                            NewFiles.GROUP,
                            BUFFER,
                            LINE_THREAD,
                            FLUSH_INTERVAL,
                            FSYNC),
                    RotationSettings.KEYS,
                    List.of(MAX_OPEN_FILES, MAX_FILES))
            .flatMap(List::stream)
            .toList();

    static FileSettings of(HandlerSettings settings) {
        Path path = settings.path(PATH).toAbsolutePath().normalize();
        if (path.getFileName() == null) {
            throw new IllegalArgumentException(isDirectory(path));
        }
        ZoneId zone = FormatKeys.zone(settings);
        RotationSettings rotation = RotationSettings.of(settings, zone);
        boolean isFixed = PathPattern.of(path, rotation.name()).isFixed();
        if (!isFixed && !settings.bool(CREATE)) {
            throw new IllegalArgumentException(
                    "create: false goes with one file; allowed: true, as path has placeholders");
        }
        if (!isFixed) {
            settings.refuseIfChanged(
                    LINE_THREAD, "has no effect, as path has placeholders", "beside the path of one file");
        } else {
            for (SettingKey key : List.of(MAX_OPEN_FILES, MAX_FILES)) {
                settings.refuseIfChanged(
                        key, "has no effect, as path has no placeholders", "beside a path like \"log/{worker}.log\"");
            }
        }
        return new FileSettings(
                path,
                FormatKeys.format(settings),
                zone,
                settings.bool(CREATE),
                (int) settings.size(BUFFER),
                settings.bool(LINE_THREAD),
                settings.duration(FLUSH_INTERVAL).toNanos(),
                settings.string(FSYNC).equals("checkpoint"),
                rotation,
                (int) settings.integer(MAX_OPEN_FILES),
                (int) settings.integer(MAX_FILES));
    }

    /** Why no file can be at the path now: in place of a directory, or behind a file. Makes nothing. Null where one can be. */
    String obstacle() {
        PathPattern pattern = pattern();
        if (pattern.isFixed() && Files.isDirectory(pattern.fixedPath())) {
            return isDirectory(path);
        }
        for (Path at = pattern.root(); at != null && !Files.isDirectory(at); at = at.getParent()) {
            if (Files.exists(at)) {
                return "path: " + pattern + " leads through " + at
                        + ", which is not a directory; allowed: a path through directories, or through names that are not"
                        + " there yet";
            }
        }
        return null;
    }

    private static String isDirectory(Path path) {
        return "path: " + path + " is a directory; allowed: the path of a file";
    }

    PathPattern pattern() {
        return PathPattern.of(path, rotation.name());
    }
}

package io.emberlog.master.config;

import io.emberlog.handler.SettingKey;
import java.util.List;

/** Handler types that declare one key of each kind, so that the reader is tested without the real handlers. */
public final class TestHandlers {
    static final SettingKey PATH = SettingKey.path("path", "The file to write.").required();
    static final SettingKey FORMAT =
            SettingKey.choice("format", "The format.", "human", "json").orElse("human");
    static final SettingKey ROTATE_SIZE = SettingKey.size("rotate_size", "Rotates at this size.")
            .orElse("100 MB")
            .between("64 KiB", "1 TiB");
    static final SettingKey KEEP_FILES = SettingKey.integer("keep_files", "Rotated files kept.")
            .unit("files")
            .orElse(7)
            .between("0", "10000");
    static final SettingKey FLUSH_AFTER =
            SettingKey.duration("flush_after", "Longest wait.").orElse("100 ms");
    static final SettingKey CREATE =
            SettingKey.bool("create", "Creates the file.").orElse(true);
    static final SettingKey TAGS =
            SettingKey.strings("tags", "Tags, \"quoted\".").orElse(List.of("a", "b\"c\\"));
    static final SettingKey NOTE = SettingKey.string("note", "A note.");
    static final SettingKey STDERR_FROM =
            SettingKey.level("stderr_from", "From here on stderr.").orElse("warn");

    /** A console and a file, sorted by type. */
    public static final List<HandlerType> TYPES = List.of(
            new HandlerType("console", List.of(STDERR_FROM)),
            new HandlerType("file", List.of(PATH, FORMAT, ROTATE_SIZE, KEEP_FILES, FLUSH_AFTER, CREATE, TAGS, NOTE)));

    private TestHandlers() {}
}

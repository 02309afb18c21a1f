package io.emberlog.handler.file;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** {@code type = "file"}. */
public final class FileHandlerFactory implements HandlerFactory {
    @Override
    public String type() {
        return "file";
    }

    @Override
    public List<SettingKey> settings() {
        return FileSettings.KEYS;
    }

    @Override
    public String conflict(HandlerSettings one, HandlerSettings other, String otherName) {
        PathPattern mine = FileSettings.of(one).pattern();
        PathPattern theirs = FileSettings.of(other).pattern();
        return mine.mayMeet(theirs)
                ? "path: " + mine + " and " + theirs + " of the handler " + otherName + " may be one file or a rotated"
                        + " one, or have one overflow file; allowed: a directory of its own, or another ending"
                : null;
    }

    @Override
    public String obstacle(HandlerSettings settings) {
        return FileSettings.of(settings).obstacle();
    }

    @Override
    public Handler create(HandlerSettings settings) {
        FileSettings checked = FileSettings.of(settings);
        Path path = checked.pattern().isFixed() ? checked.path().getParent() : null;
        FileOps ops = new DiskFileOps(NewFiles.of(settings));
        ArchiveCommand.check(checked.rotation().archiveCommand(), path);
        Supplier<Background> backgrounds = () -> new ArchivistThread(settings.handlerName());
        return checked.pattern().isFixed()
                ? new FileHandler(checked, ops, backgrounds)
                : new FileTreeHandler(checked, ops, backgrounds);
    }
}

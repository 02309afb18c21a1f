package io.emberlog.handler.file;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import java.util.List;

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
    public Handler create(HandlerSettings settings) {
        FileSettings checked = FileSettings.of(settings);
        return checked.pattern().isFixed()
                ? new FileHandler(checked, new DiskFileOps())
                : new FileTreeHandler(checked, new DiskFileOps());
    }
}

package io.emberlog.handler.mail;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.alert.AlertHandler;
import io.emberlog.handler.alert.AlertSettings;
import io.emberlog.message.Level;
import java.util.List;
import java.util.stream.Stream;

/** {@code type = "email"}. */
public final class MailHandlerFactory implements HandlerFactory {
    @Override
    public String type() {
        return "email";
    }

    @Override
    public List<SettingKey> settings() {
        return Stream.of(MailSettings.KEYS, AlertSettings.KEYS)
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public boolean alerts() {
        return true;
    }

    @Override
    public Level defaultMinLevel() {
        return Level.WARN;
    }

    @Override
    public Handler create(HandlerSettings settings) {
        return new AlertHandler(AlertSettings.of(settings), new MailService(MailSettings.of(settings)));
    }
}

package io.emberlog.handler.mail;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.alert.AlertHandler;
import io.emberlog.handler.alert.AlertHandlerFactory;
import io.emberlog.handler.alert.AlertSettings;
import java.util.List;
import java.util.stream.Stream;

/** {@code type = "email"}. */
public final class MailHandlerFactory implements AlertHandlerFactory {
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
    public Handler create(HandlerSettings settings) {
        return new AlertHandler(AlertSettings.of(settings), new MailService(MailSettings.of(settings)));
    }
}

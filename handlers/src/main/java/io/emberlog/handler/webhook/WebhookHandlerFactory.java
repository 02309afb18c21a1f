package io.emberlog.handler.webhook;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.alert.AlertHandler;
import io.emberlog.handler.alert.AlertHandlerFactory;
import io.emberlog.handler.alert.AlertSettings;
import io.emberlog.handler.delivery.BatchHandler;
import io.emberlog.handler.http.HttpSettings;
import java.util.List;
import java.util.stream.Stream;

/** {@code type = "webhook"}. */
public final class WebhookHandlerFactory implements AlertHandlerFactory {
    @Override
    public String type() {
        return "webhook";
    }

    @Override
    public List<SettingKey> settings() {
        return Stream.of(WebhookSettings.KEYS, AlertSettings.KEYS, HttpSettings.KEYS_WITH_OURS)
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public Handler create(HandlerSettings settings) {
        WebhookSettings webhook = WebhookSettings.of(settings);
        if (webhook.isPerRecord()) {
            for (SettingKey key : AlertSettings.KEYS) {
                settings.refuseIfChanged(
                        key, "has no effect, as mode = \"records\" sends every record", "beside mode = \"groups\"");
            }
        }
        AlertSettings alerting = AlertSettings.of(settings);
        return webhook.isPerRecord()
                ? new BatchHandler(new WebhookDestination(webhook), webhook.limits())
                : new AlertHandler(alerting, new WebhookService(webhook));
    }
}

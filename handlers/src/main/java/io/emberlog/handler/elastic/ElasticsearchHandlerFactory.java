package io.emberlog.handler.elastic;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchHandler;
import java.util.List;

/** {@code type = "elasticsearch"}; OpenSearch takes the same. */
public final class ElasticsearchHandlerFactory implements HandlerFactory {
    @Override
    public String type() {
        return "elasticsearch";
    }

    @Override
    public List<SettingKey> settings() {
        return BulkSettings.KEYS;
    }

    @Override
    public Handler create(HandlerSettings settings) {
        BulkSettings checked = BulkSettings.of(settings);
        return new BatchHandler(new BulkDestination(checked), checked.limits());
    }
}

package io.emberlog.handler.webhook;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A request for each batch of records. One thread. */
final class WebhookDestination implements Destination {
    private final WebhookSettings settings;
    private final WebhookClient client;
    private final RecordValues values = new RecordValues();

    WebhookDestination(WebhookSettings settings) {
        this.settings = settings;
        client = new WebhookClient(settings);
    }

    @Override
    public void open(HandlerContext context) throws IOException {
        client.open(context);
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        List<String> bodies = new ArrayList<>(batch.size());
        for (LogRecord record : batch) {
            bodies.add(settings.body().render(values.of(record)));
        }
        return client.send(settings.framing().join(bodies)).toReply("the webhook");
    }

    @Override
    public void close() {
        client.close();
    }
}

package io.emberlog.handler.webhook;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.handler.alert.AlertService;
import io.emberlog.handler.alert.Bulletin;
import io.emberlog.handler.alert.MessageRefusedException;
import io.emberlog.handler.alert.Notice;
import io.emberlog.handler.http.HttpReply;
import java.io.IOException;
import java.util.List;

/** A request for each group that is to be told of. One thread. */
final class WebhookService implements AlertService {
    private final WebhookSettings settings;
    private final WebhookClient client;

    WebhookService(WebhookSettings settings) {
        this.settings = settings;
        client = new WebhookClient(settings);
    }

    @Override
    public void open(HandlerContext context) throws IOException {
        client.open(context);
    }

    @Override
    public List<Outgoing> compose(Bulletin bulletin) {
        return bulletin.notices().stream()
                .map(notice -> request(bulletin.title(), notice))
                .toList();
    }

    private Outgoing request(String title, Notice notice) {
        return new Outgoing() {
            @Override
            public void send() throws IOException, MessageRefusedException {
                check(client.send(settings.body().render(NoticeValues.of(title, notice))));
            }

            @Override
            public Outgoing plain() {
                return request(title, notice.plain());
            }
        };
    }

    /** The endpoint's limits are not known; it says 429. */
    @Override
    public long waitNs(long nowNs) {
        return 0;
    }

    @Override
    public void close() {
        client.close();
    }

    private static void check(HttpReply reply) throws IOException, MessageRefusedException {
        if (reply.isSuccess()) {
            return;
        }
        String said = "the webhook answered " + reply.status() + reply.shown();
        switch (reply.status()) {
            case 400, 413, 422 -> throw new MessageRefusedException(said);
            case 401, 403, 407 -> throw new IOException(said + "; requests wait: check authorization and api_key");
            case 404, 405, 410 -> throw new IOException(said + "; requests wait: check url and method");
            default -> {
                if (!reply.retryAfter().isZero()) {
                    throw new RetryLaterException(said, reply.retryAfter().toNanos());
                }
                throw new IOException(reply.status() / 100 == 3 ? said + ", a redirect, which is not followed" : said);
            }
        }
    }
}

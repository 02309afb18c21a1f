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
        String said = "the webhook answered " + reply.status() + reply.shown() + reply.redirect();
        switch (reply.verdict()) {
            case TAKEN -> {}
            case CONTENT, TOO_LARGE -> throw new MessageRefusedException(said);
            case ACCESS -> throw later(reply, said + "; requests wait: check authorization and api_key");
            case ADDRESS -> throw later(reply, said + "; requests wait: check url and method");
            case FORM -> throw later(reply, said + "; requests wait: check headers and content_type");
            case MOMENT -> throw later(reply, said);
        }
    }

    private static IOException later(HttpReply reply, String said) {
        return reply.retryAfter().isZero()
                ? new IOException(said)
                : new RetryLaterException(said, reply.retryAfter().toNanos());
    }
}

package io.emberlog.handler.chat;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.alert.AlertService;
import io.emberlog.handler.alert.Bulletin;
import java.io.IOException;
import java.util.List;

/** What the chats have in common: a bulletin is a few texts, and each is posted. One thread. */
abstract class ChatService implements AlertService {
    private final Markup markup;
    final ChatClient client;

    ChatService(Markup markup, ChatClient client) {
        this.markup = markup;
        this.client = client;
    }

    @Override
    public final void open(HandlerContext context) throws IOException {
        client.open(context);
    }

    @Override
    public final List<Outgoing> compose(Bulletin bulletin) {
        return BulletinText.messages(bulletin, markup).stream()
                .map(this::message)
                .toList();
    }

    @Override
    public final long waitNs(long nowNs) {
        return client.waitNs(nowNs);
    }

    @Override
    public final void close() {
        client.close();
    }

    /** @param text marked up, within the service's limit */
    abstract Outgoing message(String text);
}

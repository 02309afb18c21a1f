package io.emberlog.handler.elastic;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.handler.http.HttpPost;
import io.emberlog.handler.http.HttpSender;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The bulk API of Elasticsearch and OpenSearch: a {@code create} for each record, with the record's id as {@code _id}. One that
 * comes again meets itself (409), which is as good as taken; so each is there once, however often it was sent. One thread.
 */
final class BulkDestination implements Destination {
    /** Of the answer only what {@link BulkReply} reads. */
    private static final String FILTER = "?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason";

    private final BulkSettings settings;
    private final Utf8Buffer body = new Utf8Buffer(64 * 1024);
    private Documents documents;
    private HandlerContext context;
    private HttpPost post;

    BulkDestination(BulkSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        documents = new Documents(settings.format());
        post = new HttpPost(
                new HttpSender(settings.http(), newContext.name(), BulkReply.MAX_ANSWER),
                URI.create(settings.url() + FILTER),
                settings.credentials(),
                Map.of("Content-Type", "application/x-ndjson"),
                settings.headers(),
                true);
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        body.clear();
        for (LogRecord record : batch) {
            // neither an index nor an id has anything in it that JSON escapes
            body.append("{\"create\":{\"_index\":\"");
            body.append(settings.index().of(record.entry().timestampNs()));
            body.append("\",\"_id\":\"");
            body.append(record.id());
            body.append("\"}}\n");
            documents.append(record, body);
        }
        HttpPost.Exchange exchange = post.send(body.bytes(), body.length());
        context.metrics().addNetworkBytes(exchange.bytesSent());
        return BulkReply.of(exchange.reply(), batch.size());
    }

    @Override
    public void close() {
        post = null; // its client's threads end when nobody has it
    }
}

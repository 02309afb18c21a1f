package io.emberlog.handler.loki;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.handler.http.HttpPost;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.HttpSender;
import io.emberlog.message.Level;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Loki's push API. One thread.
 *
 * <p>A push that is refused with 400 may have been taken in part: Loki keeps what it can and names the rest. What comes again then,
 * and after any failure, Loki knows by time and line, and keeps once.
 */
final class LokiDestination implements Destination {
    /** What 400 is about where a record is to blame, in the words of Loki, and as a code of ours. */
    private static final Map<String, String> REFUSALS = refusals();

    private final LokiSettings settings;
    private HandlerContext context;
    private HttpPost post;
    private PushBody body;
    private boolean toldFull;

    LokiDestination(LokiSettings settings) {
        this.settings = settings;
    }

    private static Map<String, String> refusals() {
        Map<String, String> refusals = new LinkedHashMap<>();
        refusals.put("too far behind", "400 too far behind");
        refusals.put("out of order", "400 out of order");
        refusals.put("timestamp too old", "400 too old");
        refusals.put("timestamp too new", "400 too new");
        refusals.put("max entry size", "400 line too long");
        refusals.put("structured metadata", "400 structured metadata");
        return refusals;
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        if (!settings.tenant().isEmpty()) {
            headers.put(LokiSettings.TENANT_HEADER, settings.tenant());
        }
        HttpSender sender = new HttpSender(settings.http(), newContext.name());
        post = new HttpPost(sender, settings.url(), settings.credentials(), headers, settings.headers(), true);
        body = new PushBody(settings);
        toldFull = false;
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        Utf8Buffer json = body.of(batch);
        if (body.labels().isFull() && !toldFull) {
            toldFull = true;
            context.report(
                    Level.WARN,
                    "has reached max_streams=" + settings.maxStreams()
                            + ": records of further ones have level as their only label of labels_from; take the one with"
                            + " the most values out of it",
                    null);
        }
        HttpPost.Exchange exchange = post.send(json.bytes(), json.length());
        context.metrics().addNetworkBytes(exchange.bytesSent());
        return reply(exchange.reply());
    }

    @Override
    public void close() {
        post = null; // its client's threads end when nobody has it
        body = null;
    }

    static Reply reply(HttpReply answer) {
        String said = "Loki answered " + answer.status() + answer.shown();
        if (answer.isSuccess() && answer.body().length > 0) {
            return Reply.unavailable(said + ", as no Loki does; allowed: the address of Loki");
        }
        if (answer.status() == 400) {
            if (answer.text().contains("metadata, but this feature is disallowed")) {
                return Reply.unavailable(said + "; allowed: structured_metadata = false here, or"
                        + " limits_config.allow_structured_metadata = true there");
            }
            if (answer.text().contains("label names; limit")) {
                return Reply.unavailable(said + "; allowed: fewer of labels and labels_from");
            }
            return Reply.rejected(code(answer.text()), said);
        }
        if (answer.status() / 100 == 5 && answer.text().contains("larger than max")) {
            return Reply.tooLarge(said); // of the gRPC between its parts
        }
        return answer.toReply("Loki");
    }

    private static String code(String text) {
        return REFUSALS.entrySet().stream()
                .filter(refusal -> text.contains(refusal.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("400");
    }
}

package io.emberlog.handler.otlp;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.message.Level;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.io.IOException;
import java.util.List;

/**
 * Exports batches, whatever the transport.
 *
 * <p>A collector that takes a request in part says how many records it rejected and not which, and must not be sent the request again
 * (OTLP specification, "Partial Success"). So all of them are put aside, each with that reason: some of those are with the collector,
 * too, and can be told by {@code log.record.uid}. One thread.
 */
final class Exporter {
    private static final int MAX_SHOWN = 200;

    private final Transport transport;
    private final ExportMapping mapping;
    private final HandlerContext context;

    private Exporter(Transport transport, ExportMapping mapping, HandlerContext context) {
        this.transport = transport;
        this.mapping = mapping;
        this.context = context;
    }

    static Exporter open(OtlpSettings settings, HandlerContext context) throws IOException {
        Transport transport = settings.isGrpc()
                ? new GrpcTransport(settings, context.name())
                : new HttpTransport(settings, context.name());
        return new Exporter(transport, new ExportMapping(settings.attributes()), context);
    }

    Reply send(List<LogRecord> batch) throws IOException {
        ExportLogsServiceRequest request = mapping.of(batch, context.epochNs());
        Transport.Outcome outcome = transport.send(request);
        context.metrics().addNetworkBytes(outcome.bytesSent());
        if (outcome.failure() != null) {
            return outcome.failure();
        }
        ExportLogsPartialSuccess partly = outcome.response().getPartialSuccess();
        String message = oneLine(partly.getErrorMessage());
        if (partly.getRejectedLogRecords() > 0) {
            String reason = "the collector rejected " + partly.getRejectedLogRecords() + " of " + batch.size()
                    + (batch.size() > 1 ? " and does not say which" : "") + ": " + message;
            batch.forEach(record -> context.putAside(record, reason));
        } else if (!message.isEmpty()) {
            context.report(Level.WARN, "the collector took all and warns: " + message, null);
        }
        return Reply.delivered();
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints()
                .limit(MAX_SHOWN)
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
                .forEach(line::appendCodePoint);
        return line.toString();
    }

    void close() {
        transport.close();
    }
}

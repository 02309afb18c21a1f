package io.emberlog.handler.otlp;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import java.io.IOException;
import java.util.List;

/** A collector; names no class of protobuf or gRPC, so that one who only reads the configuration loads none. One thread. */
final class OtlpDestination implements Destination {
    private final OtlpSettings settings;
    private Exporter exporter;

    OtlpDestination(OtlpSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(HandlerContext context) throws IOException {
        exporter = Exporter.open(settings, context);
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        return exporter.send(batch);
    }

    @Override
    public void close() {
        if (exporter != null) {
            exporter.close();
            exporter = null;
        }
    }
}

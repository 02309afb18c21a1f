package io.emberlog.handler.otlp;

import io.emberlog.handler.delivery.Reply;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.io.IOException;

/** One export call over some protocol, within the timeout of the settings. One thread. */
interface Transport {
    /** @throws IOException no answer; without secrets */
    Outcome send(ExportLogsServiceRequest request) throws IOException;

    /** Frees what it holds; does not wait. */
    void close();

    /**
     * @param failure null when the collector answered
     * @param response null when it did not
     */
    record Outcome(Reply failure, ExportLogsServiceResponse response, long bytesSent) {}
}

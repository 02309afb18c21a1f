package io.emberlog.handler.webhook;

import java.util.Map;

class WebhookBatchesContractTest extends WebhookRecordsContractTest {
    @Override
    Map<String, Object> limits() {
        return Map.of("batch_records", 3, "linger", "0 s", "framing", "ndjson", "compression", "gzip");
    }
}

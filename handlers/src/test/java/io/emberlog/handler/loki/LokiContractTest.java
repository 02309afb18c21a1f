package io.emberlog.handler.loki;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.http.ScriptedServer.Answer;
import io.emberlog.handler.http.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** Lines of json are never equal, so that Loki keeps what comes again once. */
class LokiContractTest extends HandlerContractTest {
    private final FakeLoki loki;

    LokiContractTest() throws IOException {
        loki = new FakeLoki();
    }

    @AfterEach
    void close() {
        loki.close();
        assertThat(loki.server.breaches()).isEmpty();
    }

    @Override
    protected Handler create() {
        LokiHandlerFactory factory = new LokiHandlerFactory();
        return factory.create(HandlerSettings.of(
                "loki", factory.settings(), Map.of("url", loki.server.url(), "linger", "0 s", "batch_records", 7L)));
    }

    /** A line that was cut is no JSON any more. */
    @Override
    protected List<String> delivered() {
        return loki.entries.stream()
                .map(FakeLoki.Entry::line)
                .map(line -> line.endsWith(" bytes]")
                        ? line
                        : String.valueOf(StrictJson.object(StrictJson.parse(line.getBytes(StandardCharsets.UTF_8)))
                                .get("message")))
                .toList();
    }

    @Override
    protected void failOnce() {
        loki.server.next(Answer.of(503, "upstream connect error"));
    }

    @Override
    protected boolean exactlyOnce() {
        return true;
    }
}

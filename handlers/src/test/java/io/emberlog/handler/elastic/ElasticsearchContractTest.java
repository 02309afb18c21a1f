package io.emberlog.handler.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.http.ScriptedServer.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

class ElasticsearchContractTest extends HandlerContractTest {
    private final FakeElasticsearch elasticsearch;

    ElasticsearchContractTest() throws IOException {
        elasticsearch = new FakeElasticsearch();
    }

    @AfterEach
    void close() {
        elasticsearch.close();
        assertThat(elasticsearch.server.breaches()).isEmpty();
    }

    @Override
    protected Handler create() {
        ElasticsearchHandlerFactory factory = new ElasticsearchHandlerFactory();
        return factory.create(HandlerSettings.of(
                "elasticsearch",
                factory.settings(),
                Map.of("url", elasticsearch.server.url(), "linger", "0 s", "batch_records", 7L)));
    }

    @Override
    protected List<String> delivered() {
        return elasticsearch.all().stream()
                .map(document -> String.valueOf(document.get("message")))
                .toList();
    }

    @Override
    protected void failOnce() {
        elasticsearch.server.next(Answer.of(502, "bad gateway"));
    }

    /** By their ids. */
    @Override
    protected boolean exactlyOnce() {
        return true;
    }
}

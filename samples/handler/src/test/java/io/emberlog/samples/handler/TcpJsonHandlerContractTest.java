package io.emberlog.samples.handler;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What every handler must pass, by the kit in the test-jar of {@code handlers}. */
class TcpJsonHandlerContractTest extends HandlerContractTest {
    private LineService service;

    @BeforeEach
    void listen() throws IOException {
        service = new LineService();
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    @Override
    protected Handler create() {
        TcpJsonHandlerFactory factory = new TcpJsonHandlerFactory();
        return factory.create(HandlerSettings.of(
                "sample", factory.settings(), Map.of("port", (long) service.port(), "linger", "0 s")));
    }

    @Override
    protected List<String> delivered() {
        return service.taken.stream()
                .map(line -> line.replaceAll("(?s).*?\"message\":\"((?:[^\"\\\\]++|\\\\.)*+)\".*", "$1"))
                .toList();
    }

    @Override
    protected void failOnce() {
        service.hangUpOnce.set(true);
    }

    @Override
    protected boolean exactlyOnce() {
        return false;
    }
}

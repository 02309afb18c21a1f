package io.emberlog.handler.otlp;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.http.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Against a receiver of another language. */
abstract class OtlpContractTest extends HandlerContractTest {
    private final boolean isGrpc;

    @TempDir
    private static Path directory;

    private static Receiver receiver;

    OtlpContractTest(boolean isGrpc) {
        this.isGrpc = isGrpc;
    }

    @BeforeAll
    static void start() throws IOException {
        receiver = new Receiver(directory);
    }

    @AfterAll
    static void stop() {
        if (receiver != null) {
            receiver.close();
        }
    }

    @BeforeEach
    void forget() throws IOException {
        receiver.forget();
    }

    @Override
    protected Handler create() {
        OtlpHandlerFactory factory = new OtlpHandlerFactory();
        return factory.create(HandlerSettings.of(
                "otlp",
                factory.settings(),
                Map.of(
                        "protocol",
                        isGrpc ? "grpc" : "http",
                        "url",
                        receiver.url(isGrpc),
                        "linger",
                        "0 s",
                        "batch_records",
                        7L)));
    }

    @Override
    protected List<String> delivered() throws IOException {
        return receiver.records().stream()
                .map(record -> record.get("body") == null
                        ? ""
                        : String.valueOf(StrictJson.object(record.get("body")).get("stringValue")))
                .toList();
    }

    @Override
    protected void failOnce() {
        try {
            receiver.script(
                    isGrpc ? "{\"grpc\":\"UNAVAILABLE\",\"message\":\"busy\"}" : "{\"http\":503,\"message\":\"busy\"}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected boolean exactlyOnce() {
        return false;
    }
}

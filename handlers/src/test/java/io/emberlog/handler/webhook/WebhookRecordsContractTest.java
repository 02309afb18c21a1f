package io.emberlog.handler.webhook;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.fake.FakeService;
import io.emberlog.handler.fake.FakeWebhook;
import io.emberlog.handler.fake.JsonTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class WebhookRecordsContractTest extends HandlerContractTest {
    @TempDir
    private Path directory;

    private final AtomicBoolean fails = new AtomicBoolean();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private FakeWebhook fake;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeWebhook(System::nanoTime);
        fake.trouble(request -> {
            if (fails.getAndSet(false)) {
                return new FakeService.Answer(503, "");
            }
            request.body()
                    .lines()
                    .forEach(line ->
                            taken.add(String.valueOf(JsonTree.object(line).get("message"))));
            return new FakeService.Answer(200, "");
        });
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    @Override
    protected Handler create() {
        try {
            WebhookHandlerFactory factory = new WebhookHandlerFactory();
            Map<String, Object> settings = new HashMap<>(limits());
            settings.put("url", SecretFile.of(directory, "url", fake.origin()));
            settings.put("mode", "records");
            return factory.create(HandlerSettings.of("test", factory.settings(), settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A request is a record. */
    Map<String, Object> limits() {
        return Map.of();
    }

    @Override
    protected List<String> delivered() {
        return taken;
    }

    @Override
    protected void failOnce() {
        fails.set(true);
    }

    @Override
    protected boolean exactlyOnce() {
        return false;
    }
}

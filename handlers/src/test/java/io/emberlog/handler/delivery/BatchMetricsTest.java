package io.emberlog.handler.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LatencySnapshot;
import io.emberlog.handler.MetricsSnapshot;
import io.emberlog.handler.Records;
import io.emberlog.handler.SteppedCaller;
import io.emberlog.handler.loki.LokiHandlerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A handler for a service, over HTTP, whose service is slow by the handler's own clock: while it has the request, time goes by. */
class BatchMetricsTest {
    private static final long MS = 1_000_000L;

    private final SteppedCaller caller = new SteppedCaller();
    private final AtomicLong bytes = new AtomicLong();
    private final HttpServer server;
    private volatile long delayNs;
    private volatile int status = 204;

    BatchMetricsTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        bytes.addAndGet(exchange.getRequestBody().readAllBytes().length);
        caller.skip(delayNs);
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Handler open() throws IOException {
        LokiHandlerFactory factory = new LokiHandlerFactory();
        Handler handler = factory.create(HandlerSettings.of(
                "loki",
                factory.settings(),
                Map.of(
                        "url",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        "batch_records",
                        2,
                        "linger",
                        "1 min")));
        caller.open(handler);
        return handler;
    }

    @Test
    void aWriteIsARequestAndTheWaitForItsAnswer() throws Exception {
        open();
        delayNs = 10 * MS;
        for (int i = 0; i < 198; i++) {
            caller.handle(Records.plain(i, "record"));
        }
        delayNs = 400 * MS;
        for (int i = 198; i < 202; i++) {
            caller.handle(Records.plain(i, "record"));
        }
        caller.checkpoint();

        MetricsSnapshot metrics = caller.metrics().snapshot();
        LatencySnapshot write = metrics.latency(Timer.WRITE);
        assertThat(write.count()).isEqualTo(101).isEqualTo(metrics.count(Counter.WRITES));
        assertThat(write.totalNs()).isEqualTo((98 * 10 + 3 * 400) * MS);
        assertThat(write.maxNs()).isEqualTo(400 * MS);
        assertThat(write.percentileNs(50)).isBetween(10 * MS, 10 * MS + 10 * MS / 32);
        assertThat(write.percentileNs(99)).isEqualTo(400 * MS);
        assertThat(metrics.count(Counter.BUFFER_OVERFLOWS))
                .as("the last batch went for the checkpoint")
                .isEqualTo(100);
        assertThat(metrics.count(Counter.NETWORK_BYTES)).isEqualTo(bytes.get()).isEqualTo(metrics.count(Counter.BYTES));
    }

    @Test
    void aRequestThatIsNotTakenIsNoWrite() throws Exception {
        Handler handler = open();
        delayNs = 10 * MS;
        status = 503;
        caller.handle(Records.plain(0, "record"));
        assertThatThrownBy(handler::checkpoint).isInstanceOf(IOException.class);
        assertThat(caller.metrics().snapshot().latency(Timer.WRITE).count()).isZero();
        assertThat(caller.metrics().get(Counter.WRITES)).isZero();
        assertThat(caller.metrics().get(Gauge.BUFFERED_RECORDS)).isEqualTo(1);
        status = 204;
        delayNs = 20 * MS;
        caller.skip(1_000 * MS);
        caller.checkpoint();
        assertThat(caller.metrics().snapshot().latency(Timer.WRITE).totalNs()).isEqualTo(20 * MS);
        assertThat(caller.metrics().get(Gauge.BUFFERED_RECORDS)).isZero();
    }
}

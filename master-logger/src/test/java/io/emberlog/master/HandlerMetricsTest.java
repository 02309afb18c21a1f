package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.PartProblems;
import io.emberlog.lab.LabRun;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.fanout.HandlerState;
import io.emberlog.master.fanout.HandlerStatus;
import io.emberlog.master.metrics.HandlerFigures;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.StatSampler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A master in this JVM with a file and with a service that is as slow as the test wants; its own records are all there is. */
class HandlerMetricsTest extends WholeMaster {
    /** Longer than the minute behind which a handler that hangs is told. */
    private static final Duration TOLD = Duration.ofSeconds(120);

    /** Not told so far. */
    private static final ChannelStat.Live NONE = new ChannelStat.Live(
            new HandlerFigures("", "", "", PartProblems.NONE, "", -1, -1, -1, -1, -1, Map.of(), Map.of(), Map.of()),
            -1,
            -1,
            -1,
            -1);

    private final BlockingQueue<HttpExchange> requests = new LinkedBlockingQueue<>();
    private final HttpServer service;
    private MasterLogger master;

    HandlerMetricsTest() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", requests::add); // answered when the test wants
        service.start();
    }

    @AfterEach
    void endService() {
        service.stop(0);
    }

    private Path output() {
        return temp.resolve("out/app.log");
    }

    private MasterConfig config() throws Exception {
        return MasterConfig.builder()
                .channelDirectory(channel())
                .stateDirectory(state())
                .handler("app", "file", Map.of("path", output(), "fsync", "checkpoint"))
                .handler(
                        "service",
                        "loki",
                        Map.of(
                                "url",
                                "http://127.0.0.1:" + service.getAddress().getPort(),
                                "linger",
                                "0 s",
                                "timeout",
                                "5 min"))
                .build();
    }

    private HandlerStatus status(String name) {
        return master.handlerStatus().stream()
                .filter(status -> status.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void answer(int status) throws Exception {
        HttpExchange exchange = requests.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(exchange).isNotNull();
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @Test
    void aHandlerOfASlowServiceLagsAndAFileDoesNot() throws Exception {
        master = new MasterLogger(config());
        assertThat(master.handlerStatus()).as("before the first start").isEmpty();
        started(master);
        assertThat(master.handlerStatus()).extracting(HandlerStatus::name).containsExactly("app", "service");

        await().until(() -> !requests.isEmpty());
        await().until(() -> status("service").lagRecords() > 0);
        HandlerStatus slow = status("service");
        assertThat(slow.waitingSinceEpochNs()).isPositive();
        assertThat(slow.lagNs()).isNotNegative();
        assertThat(slow.latency(Timer.WRITE).count())
                .as("it waits for its first answer")
                .isZero();
        assertThat(slow.count(Counter.ERRORS)).isZero();

        await().until(() -> status("app").latency(Timer.SYNC).count() > 0);
        await().until(() -> status("app").gauge(Gauge.DISK_BYTES) > 0);
        HandlerStatus file = status("app");
        assertThat(file.state()).isEqualTo(HandlerState.RUNNING);
        assertThat(file.lagRecords()).isZero();
        assertThat(file.lagNs()).isZero();
        assertThat(file.count(Counter.RECORDS)).isPositive();
        assertThat(file.count(Counter.BYTES)).isEqualTo(Files.size(output()));
        assertThat(file.count(Counter.NETWORK_BYTES)).isZero();
        assertThat(file.latency(Timer.WRITE).count())
                .isEqualTo(file.count(Counter.WRITES))
                .isPositive();
        assertThat(file.latency(Timer.WRITE).percentileNs(99)).isPositive();
        assertThat(file.latency(Timer.FLUSH).count()).isPositive();
        assertThat(file.latency(Timer.FLUSH).totalNs())
                .as("a flush has its write in it")
                .isGreaterThanOrEqualTo(file.latency(Timer.FLUSH).count());
        assertThat(file.gauge(Gauge.DISK_FREE_BYTES)).isPositive();
        assertThat(file.uptimeNs()).isPositive();

        answer(503);
        await().until(() -> status("service").count(Counter.ERRORS) > 0);
        assertThat(status("service").problem()).contains("503");
        answer(204);
        await().until(() -> status("service").lagRecords() == 0);
        await().until(() -> status("service").problem() == null); // once its place is stored, too
        HandlerStatus done = status("service");
        assertThat(done.count(Counter.RETRIES)).isPositive();
        assertThat(done.latency(Timer.WRITE).count()).isEqualTo(1);
        assertThat(done.count(Counter.NETWORK_BYTES))
                .isEqualTo(done.count(Counter.BYTES))
                .isPositive();
        assertThat(done.gauge(Gauge.DISK_BYTES)).isEqualTo(-1);
        assertThat(done.problem()).isNull();
        assertThat(done.lagNs()).isZero();

        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(master.handlerStatus()).extracting(HandlerStatus::state).containsOnly(HandlerState.STOPPED);
    }

    @Test
    void anotherProcessSeesTheSame() throws Exception {
        master = started(config());
        await().until(() -> !requests.isEmpty());
        try (StatSampler sampler = new StatSampler(channel(), state(), state().resolve("journal"))) {
            sampler.begin();
            await().until(() ->
                    live(sampler, "app").figures().latency(Timer.SYNC).count() > 0
                            && live(sampler, "service").lagRecords() > 0);
            assertThat(live(sampler, "app").figures().count(Counter.BYTES)).isEqualTo(Files.size(output()));
            assertThat(live(sampler, "app").lagRecords()).isZero();
            assertThat(live(sampler, "app").lagNs()).isZero();
            assertThat(live(sampler, "app").uptimeNs()).isPositive();
            assertThat(live(sampler, "service").lagNs()).isPositive();
            answer(204);
            await().until(() -> live(sampler, "service").lagRecords() == 0);
        }
    }

    @Test
    void oneBadFileOfATreeIsNamedWhileTheHandlerGoesOn() throws Exception {
        Files.createDirectories(temp.resolve("out/info.log"));
        master = started(MasterConfig.builder()
                .channelDirectory(channel())
                .stateDirectory(state())
                .handler("app", "file", Map.of("path", temp.resolve("out/{level}.log")))
                .build());
        try (StatSampler sampler = new StatSampler(channel(), state(), state().resolve("journal"))) {
            sampler.begin();
            await().until(() -> !live(sampler, "app").figures().parts().told().isEmpty());
            HandlerFigures app = live(sampler, "app").figures();
            assertThat(app.parts().told()).containsOnlyKeys("info.log");
            assertThat(app.parts().told().get("info.log"))
                    .startsWith("cannot be opened: ")
                    .contains("out/info.log")
                    .endsWith("; records for it go to ~overflow.log");
            assertThat(app.parts().further()).isZero();
            await().until(() -> live(sampler, "app").figures().problem().isEmpty());
        }
        assertThat(status("app").parts().told()).containsOnlyKeys("info.log");
        assertThat(Files.readString(temp.resolve("out/~overflow.log"))).contains("the journal goes on at record");
    }

    /** Its service takes the request and does not answer; in the long run until that is told, too. */
    @Test
    void aCallThatTakesLongIsNamedWhileItDoesAndNotBehindIt() throws Exception {
        List<String> alarms = new CopyOnWriteArrayList<>();
        master = new MasterLogger(config());
        master.onAlarm(alarms::add);
        started(master);
        await().until(() -> !requests.isEmpty());
        try (StatSampler sampler = new StatSampler(channel(), state(), state().resolve("journal"))) {
            sampler.begin();
            await().until(() -> !live(sampler, "service").figures().call().isEmpty());
            assertThat(live(sampler, "service").figures().call())
                    .isEqualTo(status("service").call());
            assertThat(live(sampler, "service").callNs()).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(5));
            assertThat(live(sampler, "app").figures().call()).isEmpty();
            if (LabRun.isLong()) {
                await().atMost(TOLD).until(() -> !alarms.isEmpty());
            }
            answer(204);
            await().until(() -> live(sampler, "service").lagRecords() == 0);
            await().until(() -> live(sampler, "service").figures().call().isEmpty());
            if (LabRun.isLong()) {
                await().until(() -> alarms.size() == 2);
                assertThat(alarms.get(0)).contains("handler service: has not come back from ");
                assertThat(alarms.get(1)).contains("handler service: has come back from ");
            }
        }
    }

    private static ChannelStat.Live live(StatSampler sampler, String name) throws IOException {
        List<ChannelStat.Live> found = sampler.take().handlers().stream()
                .filter(handler -> handler.name().equals(name) && handler.live() != null)
                .map(ChannelStat.Handler::live)
                .toList();
        return found.isEmpty() ? NONE : found.get(0);
    }
}

package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.MoodyServer.Mood;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * All services are in trouble for as long as an outage is, while workers log and the master is killed twice: the file beside them is
 * never late, memory does not grow with what waits, and afterwards each service gets all of it, or, where it is told of groups, all of it
 * is counted. In the long run only:
 * {@code .ci/storm OutageTest [MINUTES [SEED]]}, an hour without a figure.
 */
class OutageTest {
    private static final List<String> WORKERS = List.of("w0", "w1");
    private static final long MOST_MESSAGES = 10_000_000;
    /** 100 records a second of each worker: of an hour more than the master's heap could hold. */
    private static final long PAUSE_NS = 10_000_000;

    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    /** Records that a file may be behind when it is looked at: what two workers log in ten seconds. */
    private static final long MOST_LAG = 2_000;

    /** Of what waited: each record of the webhook is a request of its own. */
    private static final Duration CATCHES_UP_IN = Duration.ofMinutes(20);

    private static final List<Mood> OF_HTTP =
            List.of(Mood.AWAY, Mood.DEAF, Mood.BUSY, Mood.RAVING, Mood.BROKEN, Mood.DENYING);

    private final List<Long> kib = new ArrayList<>();
    private StormRun run;
    private Master master;

    @Test
    void whatComesInAnOutageIsDeliveredBehindItAndNeitherDelaysNorGrowsAnything() throws IOException {
        assumeTrue(LabRun.isLong(), "takes an hour: .ci/storm OutageTest [MINUTES [SEED]]");
        StormRun.runWhole(Fault.OUTAGE, "", 1, this::storm);
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        try (NetworkServices services = new NetworkServices(run, true, true)) {
            master = new Master(run.children, run.directory, services.configuration("10 s", "30 s"));
            master.under(NetworkServices::asMaster);
            master.start();
            List<Process> workers = new ArrayList<>();
            for (String worker : WORKERS) {
                workers.add(run.producer(worker, 1, MOST_MESSAGES, PAUSE_NS));
            }
            services.awaitBatches(0);
            Map<String, Mood> moods = moods(services);
            StormRun.say("from now on " + moods);
            services.mood(moods);
            outage();
            services.allWell();
            long restored = System.nanoTime();
            services.awaitBatches(1);
            StormRun.say("all services get records again after " + seconds(restored));
            for (Process worker : workers) {
                run.end(worker);
            }
            master.awaitRingsGone(StormRun.LIMIT);
            Waiting.until("all handlers to catch up", CATCHES_UP_IN, LOOK_EVERY.toNanos(), () -> {
                look();
                return lags().values().stream().allMatch(lag -> lag == 0);
            });
            StormRun.say("they have all of it after " + seconds(restored));
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
            assertThat(Collections.max(kib))
                    .as("RssAnon of the master in KiB")
                    .isLessThanOrEqualTo(NetworkServices.MOST_KIB);
            run.judge();
            // the broker's own end, and the master's two
            services.assertAllArrived(services.records(), 3);
        }
        NetworkServices.assertNoSecretIn(run.directory.root());
    }

    private Map<String, Mood> moods(NetworkServices services) {
        List<Mood> ofHttp = new ArrayList<>(OF_HTTP);
        Collections.shuffle(ofHttp, new Random(run.seed));
        Map<String, Mood> moods = new LinkedHashMap<>();
        for (String service : services.ofHttp()) {
            moods.put(service, ofHttp.get(moods.size()));
        }
        moods.put(NetworkServices.SYSLOG, Mood.AWAY);
        moods.put(NetworkServices.KAFKA, Mood.AWAY);
        moods.put(NetworkServices.ALERTS, ofHttp.get(services.ofHttp().size()));
        return moods;
    }

    /** In three thirds, each in a master of its own. */
    private void outage() throws Exception {
        long thirdNs = Duration.ofMinutes(run.count).toNanos() / 3;
        long started = System.nanoTime();
        long minutes = 0;
        for (int third = 1; third <= 3; third++) {
            kib.clear();
            while (System.nanoTime() - started < third * thirdNs) {
                long bytes = OutputFiles.bytes(run.directory.output());
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
                look();
                assertThat(OutputFiles.bytes(run.directory.output()))
                        .as("bytes of the file, which goes on")
                        .isGreaterThan(bytes);
                long passed = Duration.ofNanos(System.nanoTime() - started).toMinutes();
                for (; minutes < passed; minutes++) {
                    run.madeOne();
                    Map<String, Long> lags = lags();
                    assertThat(lags.get("out"))
                            .as("records that the file is behind")
                            .isLessThan(MOST_LAG);
                    StormRun.say(
                            "minute " + (minutes + 1) + ": " + lags + ", RssAnon " + kib.get(kib.size() - 1) + " KiB");
                }
            }
            ProcFs.assertFlat("RssAnon of the master", kib);
            if (third < 3) {
                master.kill();
                master.start();
            }
        }
    }

    private void look() throws IOException {
        assertThat(master.isAlive()).as("the master lives").isTrue();
        kib.add(new ProcFs(master.pid()).anonymousKib());
    }

    /** Records that each handler has not done, by the master's own word. */
    private Map<String, Long> lags() throws IOException, InterruptedException {
        Process stat = run.children.start(NetworkServices.asLaunched(
                Jvm.emberlog("stat", "--config", run.directory.config().toString(), "--json")
                        .redirectErrorStream(true)));
        byte[] said = stat.getInputStream().readAllBytes();
        assertThat(stat.waitFor()).as(new String(said, StandardCharsets.UTF_8)).isZero();
        Map<String, Long> lags = new LinkedHashMap<>();
        for (Object each : Json.list(Json.parse(said, said.length).get("handlers"))) {
            Map<String, Object> handler = Json.object(each);
            Map<String, Object> metrics = Json.object(handler.get("metrics"));
            // a heap that is full of what waits shows as lives that end, and in no figure of the kernel's
            assertThat(metrics.get("restarts"))
                    .as("lives that ended of " + handler)
                    .isEqualTo(0L);
            Object lag = metrics.get("lag_records");
            assertThat(lag).as("lag of " + handler).isInstanceOf(Long.class);
            lags.put((String) handler.get("name"), (Long) lag);
        }
        return lags;
    }

    private static String seconds(long sinceNs) {
        return Duration.ofNanos(System.nanoTime() - sinceNs).toSeconds() + " s";
    }
}

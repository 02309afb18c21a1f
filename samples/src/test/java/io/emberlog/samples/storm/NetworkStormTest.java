package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.MoodyServer.Mood;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The product's own network handlers in one master, and for each a service in trouble of its own, under load, while the master is
 * killed: a file handler beside them does not notice, each service gets every record in the end and each worker's in order by their last
 * arrival, the master does not grow, and no secret, which the services echo, is anywhere. Alone: {@code .ci/storm NetworkStormTest 50 42}.
 */
class NetworkStormTest {
    private static final List<String> WORKERS = List.of("w0", "w1");
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 1_000_000;
    /** Behind which a file is said to go on. */
    private static final long GOES_ON_BYTES = 96 << 10;

    private static final List<Mood> OF_HTTP =
            List.of(Mood.WELL, Mood.AWAY, Mood.DEAF, Mood.BUSY, Mood.CURT, Mood.RAVING, Mood.BROKEN, Mood.DENYING);
    private static final List<Mood> OF_SYSLOG = List.of(Mood.DEAF, Mood.RAVING, Mood.WELL, Mood.AWAY, Mood.CURT);

    private final List<Long> kib = new ArrayList<>();
    private int kills;
    private StormRun run;
    private NetworkServices services;
    private Master master;
    private Random random;

    @Test
    void handlersOfServicesInTroubleDelayNobodyLoseNothingAndTellNoSecret() throws IOException {
        StormRun.run(Fault.NETWORK_TROUBLE, "", 1, given -> new NetworkStormTest().storm(given));
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        random = new Random(run.seed);
        try (NetworkServices all = new NetworkServices(run, LabRun.isLong(), false)) {
            services = all;
            // a broker is never away for so long: only a master that is killed makes doubles
            master = new Master(run.children, run.directory, services.configuration("1 s", "5 min"));
            master.under(NetworkServices::asMaster);
            master.start();
            List<Process> workers = new ArrayList<>();
            for (String worker : WORKERS) {
                workers.add(run.producer(worker, 1, MOST_MESSAGES, PAUSE_NS, "EMBERLOG_OVERFLOW=block:60s"));
            }
            services.awaitBatches(0);
            for (int i = 0; i < run.count; i++) {
                trouble(i);
            }
            for (Process worker : workers) {
                run.end(worker);
            }
            master.awaitRingsGone(StormRun.LIMIT);
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
            ProcFs.assertFlat("RssAnon of the master", kib);
            assertThat(Collections.max(kib))
                    .as("RssAnon of the master in KiB")
                    .isLessThanOrEqualTo(NetworkServices.MOST_KIB);
            run.judge();
            services.assertAllArrived(services.records(), kills);
        }
        NetworkServices.assertNoSecretIn(run.directory.root());
    }

    private void trouble(int number) throws Exception {
        // the last quarter of a long run is one life, which must not grow
        boolean isKilled = number == 0 || random.nextBoolean() && number <= 3 * run.count / 4;
        Map<String, Mood> moods = new LinkedHashMap<>();
        for (String service : services.ofHttp()) {
            moods.put(service, OF_HTTP.get(random.nextInt(OF_HTTP.size())));
        }
        moods.put(NetworkServices.SYSLOG, OF_SYSLOG.get(random.nextInt(OF_SYSLOG.size())));
        if (services.hasKafka()) {
            moods.put(NetworkServices.KAFKA, MoodyKafka.MOODS.get(random.nextInt(MoodyKafka.MOODS.size())));
        }
        services.mood(moods);
        List<Process> stats = LabRun.isLong() && number == 0 ? stats() : List.of();
        long bytes = OutputFiles.bytes(run.directory.output());
        Waiting.until(
                "the file to go on while " + moods,
                StormRun.LIMIT,
                () -> OutputFiles.bytes(run.directory.output()) > bytes + GOES_ON_BYTES);
        assertStatTellsNoSecret(stats);
        kib.add(new ProcFs(master.pid()).anonymousKib());
        assertThat(new ProcFs(master.pid()).commandLine()).doesNotContain(NetworkServices.CANARY);
        if (isKilled) {
            master.kill();
            master.start();
            kills++;
        }
        services.allWell();
        services.awaitBatches(1);
        run.madeOne();
        StormRun.say(moods + (isKilled ? ", master killed" : "") + ", RssAnon " + kib.get(kib.size() - 1) + " KiB");
    }

    /** They look while the services are in trouble. */
    private List<Process> stats() throws IOException {
        List<Process> stats = new ArrayList<>();
        for (String form : List.of("--sample=10ms", "--json")) {
            stats.add(run.children.start(run.directory.saying(
                    "stat",
                    NetworkServices.asLaunched(Jvm.emberlog(
                            "stat", "--config", run.directory.config().toString(), form)))));
        }
        return stats;
    }

    private void assertStatTellsNoSecret(List<Process> stats) throws IOException {
        for (Process stat : stats) {
            Waiting.until("stat to end", StormRun.LIMIT, () -> !stat.isAlive());
            assertThat(stat.exitValue()).as("stat's exit code").isZero();
            assertThat(Files.readString(run.directory.said().resolve("stat.txt")))
                    .contains("elasticsearch")
                    .doesNotContain(NetworkServices.CANARY);
        }
    }
}

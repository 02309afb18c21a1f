package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.kafka.KafkaHandlerFactory;
import io.emberlog.handler.otlp.OtlpHandlerFactory;
import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.ClassPaths;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.MoodyServer.Mood;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The product's own network handlers in one master, and for each a service in trouble of its own, under load, while the master is
 * killed: a file handler beside them does not notice, each service gets every record in the end and each worker's in order by their last
 * arrival, the master does not grow, and no secret, which the services echo, is anywhere. Alone: {@code .ci/storm NetworkStormTest 50 42}.
 *
 * <p>Where the master is killed, the syslog server does not end connections: what a kernel has taken and its server has not read is sent
 * again over the next connection, but for a master that was killed meanwhile (docs/handlers/syslog.md).
 */
class NetworkStormTest {
    private static final List<String> WORKERS = List.of("w0", "w1");
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 1_000_000;
    /** Behind which a file is said to go on. */
    private static final long GOES_ON_BYTES = 96 << 10;

    private static final long ASKED_EVERY_NS = 200_000_000;

    private static final String CANARY = "canary-4b81c6";
    private static final String HEAP = "-Xmx96m";
    private static final long MOST_KIB = (96 + 192) * 1024;
    private static final int ERROR = 17;

    private static final List<Mood> OF_HTTP =
            List.of(Mood.WELL, Mood.AWAY, Mood.DEAF, Mood.BUSY, Mood.CURT, Mood.RAVING, Mood.BROKEN, Mood.DENYING);
    private static final List<Mood> OF_SYSLOG = List.of(Mood.DEAF, Mood.RAVING, Mood.WELL, Mood.AWAY, Mood.CURT);
    private static final int OF_SYSLOG_WITH_A_KILL = 3;

    private final Map<String, MoodyHttp> https = new LinkedHashMap<>();
    private final List<Long> kib = new ArrayList<>();
    private MoodySyslog syslog;
    /** In the long run only, for a broker takes longer to start than all else here takes. */
    private MoodyKafka kafka;

    private int kills;
    private StormRun run;
    private Master master;
    private Random random;

    @Test
    void handlersOfServicesInTroubleDelayNobodyLoseNothingAndTellNoSecret() throws IOException {
        StormRun.run(Fault.NETWORK_TROUBLE, "", 1, given -> new NetworkStormTest().storm(given));
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        random = new Random(run.seed);
        try (MoodySyslog ofSyslog = new MoodySyslog();
                MoodyHttp webhook = new MoodyHttp(MoodyHttp.Kind.WEBHOOK);
                MoodyHttp loki = new MoodyHttp(MoodyHttp.Kind.LOKI);
                MoodyHttp elastic = new MoodyHttp(MoodyHttp.Kind.ELASTICSEARCH);
                MoodyHttp otlp = new MoodyHttp(MoodyHttp.Kind.OTLP)) {
            syslog = ofSyslog;
            https.put("webhook", webhook);
            https.put("loki", loki);
            https.put("elasticsearch", elastic);
            https.put("otlp", otlp);
            kafka = LabRun.isLong() ? new MoodyKafka(run) : null;
            master = new Master(run.children, run.directory, configuration());
            master.under(NetworkStormTest::asLaunched);
            master.start();
            List<Process> workers = new ArrayList<>();
            for (String worker : WORKERS) {
                workers.add(run.producer(worker, 1, MOST_MESSAGES, PAUSE_NS, "EMBERLOG_OVERFLOW=block:60s"));
            }
            awaitBatches(0);
            for (int i = 0; i < run.count; i++) {
                trouble(i);
            }
            for (Process worker : workers) {
                run.end(worker);
            }
            master.awaitRingsGone(StormRun.LIMIT);
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        }
        ProcFs.assertFlat("RssAnon of the master", kib);
        assertThat(Collections.max(kib)).as("RssAnon of the master in KiB").isLessThanOrEqualTo(MOST_KIB);
        run.judge();
        List<Map<String, Object>> records = records();
        if (kafka != null) {
            assertArrivedInKafka(records);
        }
        https.forEach((name, service) -> assertArrived(name, service.arrivals, records));
        assertArrived("syslog", syslog.arrivals, records);
        assertThat(run.directory.state().resolve("dead-letters")).doesNotExist();
        assertNoCanaryIn(run.directory.root());
    }

    private String[] configuration() throws IOException {
        Path secrets = Files.createDirectory(run.directory.root().resolve("secrets"));
        String secret = secret(secrets, "secret", CANARY);
        String basic = secret(secrets, "authorization", "Bearer " + CANARY);
        String url = secret(
                secrets, "url", "http://127.0.0.1:" + https.get("webhook").port() + "/hook?key=" + CANARY);
        String sent = "timeout = \"1 s\"\nlinger = \"50 ms\"\n";
        // longer than the broker is ever away, so that only a master that is killed makes doubles
        String ofKafka = kafka == null
                ? ""
                : handler("kafka", "servers = [\"" + kafka.address() + "\"]\ntimeout = \"5 min\"\nlinger = \"50 ms\"");
        return new String[] {
            "[master]",
            "stop_deadline = \"60 s\"",
            ofKafka,
            Master.jsonHandler(run.directory),
            handler(
                            "webhook",
                            "mode = \"records\"\nmin_level = \"error\"\nbody = \"{id}\"\ncontent_type = \"text/plain\"")
                    + "timeout = \"1 s\"\nurl = \"" + url + "\"\nauthorization = \"" + basic + "\"\napi_key = \""
                    + secret + '"',
            handler("loki", address("loki")) + sent + "labels_from = []\ntoken = \"" + secret + '"',
            handler("elasticsearch", address("elasticsearch")) + sent + "api_key = \"" + secret + '"',
            handler("otlp", address("otlp")) + sent + "api_key = \"" + secret + '"',
            handler("syslog", "transport = \"tcp\"\nhost = \"127.0.0.1\"\nport = " + syslog.port())
                    + "timeout = \"1 s\""
        };
    }

    private static String secret(Path directory, String name, String value) throws IOException {
        Path file = Files.writeString(directory.resolve(name), value);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return "file:" + file;
    }

    private static String handler(String type, String settings) {
        return "\n[[handlers]]\nname = \"" + type + "\"\ntype = \"" + type + "\"\n" + settings + '\n';
    }

    private String address(String type) {
        return "url = \"http://127.0.0.1:" + https.get(type).port() + '"';
    }

    /** With what the launcher has on its class path for {@code otlp} and {@code kafka}, and a heap that does not grow. */
    private static ProcessBuilder asLaunched(ProcessBuilder builder) {
        try (InputStream libraries = NetworkStormTest.class.getResourceAsStream("/otlp.classpath")) {
            Path ofKafka = Path.of(NetworkStormTest.class
                    .getResource("/kafka-handler/kafka-clients.jar")
                    .toURI());
            List<String> command = new ArrayList<>(builder.command());
            int classPath = command.indexOf("-cp") + 1;
            command.set(
                    classPath,
                    command.get(classPath)
                            + ':'
                            + ClassPaths.join(ClassPaths.of(OtlpHandlerFactory.class, KafkaHandlerFactory.class))
                            + ':'
                            + ofKafka
                            + ':'
                            + new String(libraries.readAllBytes(), StandardCharsets.UTF_8).trim());
            command.add(1, HEAP);
            return builder.command(command);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void trouble(int number) throws Exception {
        // the last quarter of a long run is one life, which must not grow
        boolean isKilled = number == 0 || random.nextBoolean() && number <= 3 * run.count / 4;
        Map<String, Mood> moods = new LinkedHashMap<>();
        for (Map.Entry<String, MoodyHttp> service : https.entrySet()) {
            Mood mood = OF_HTTP.get(random.nextInt(OF_HTTP.size()));
            moods.put(service.getKey(), mood);
            service.getValue().mood(mood);
        }
        Mood ofSyslog = OF_SYSLOG.get(random.nextInt(isKilled ? OF_SYSLOG_WITH_A_KILL : OF_SYSLOG.size()));
        moods.put("syslog", ofSyslog);
        syslog.mood(ofSyslog);
        if (kafka != null) {
            Mood ofKafka = MoodyKafka.MOODS.get(random.nextInt(MoodyKafka.MOODS.size()));
            moods.put("kafka", ofKafka);
            kafka.mood(ofKafka);
        }
        List<Process> stats = LabRun.isLong() && number == 0 ? stats() : List.of();
        long length = length();
        Waiting.until("the file to go on while " + moods, StormRun.LIMIT, () -> length() > length + GOES_ON_BYTES);
        assertStatTellsNoSecret(stats);
        kib.add(new ProcFs(master.pid()).anonymousKib());
        assertThat(new ProcFs(master.pid()).commandLine()).doesNotContain(CANARY);
        if (isKilled) {
            master.kill();
            master.start();
            kills++;
        }
        for (MoodyHttp service : https.values()) {
            service.mood(Mood.WELL);
        }
        syslog.mood(Mood.WELL);
        if (kafka != null) {
            kafka.mood(Mood.WELL);
        }
        awaitBatches(1);
        run.madeOne();
        StormRun.say(moods + (isKilled ? ", master killed" : "") + ", RssAnon " + kib.get(kib.size() - 1) + " KiB");
    }

    /** More than that many at each service. */
    private void awaitBatches(int more) {
        long inKafka = kafka == null ? 0 : kafka.records();
        Map<String, Arrivals> all = new LinkedHashMap<>();
        https.forEach((name, service) -> all.put(name, service.arrivals));
        all.put("syslog", syslog.arrivals);
        Map<String, Long> before = new HashMap<>();
        all.forEach((name, arrivals) -> before.put(name, arrivals.batches()));
        all.forEach((name, arrivals) -> Waiting.until(
                name + " to get batches again", StormRun.LIMIT, () -> arrivals.batches() > before.get(name) + more));
        if (kafka != null) {
            Waiting.until(
                    "kafka to get records again", StormRun.LIMIT, ASKED_EVERY_NS, () -> kafka.records() > inKafka);
        }
    }

    /** They look while the services are in trouble. */
    private List<Process> stats() throws IOException {
        List<Process> stats = new ArrayList<>();
        for (String form : List.of("--sample=10ms", "--json")) {
            stats.add(run.children.start(run.directory.saying(
                    "stat",
                    Jvm.emberlog("stat", "--config", run.directory.config().toString(), form))));
        }
        return stats;
    }

    private void assertStatTellsNoSecret(List<Process> stats) throws IOException {
        for (Process stat : stats) {
            Waiting.until("stat to end", StormRun.LIMIT, () -> !stat.isAlive());
            assertThat(Files.readString(run.directory.said().resolve("stat.txt")))
                    .contains("elasticsearch")
                    .doesNotContain(CANARY);
        }
    }

    private long length() throws IOException {
        long length = 0;
        for (Path file : OutputFiles.of(run.directory.output())) {
            length += Files.size(file);
        }
        return length;
    }

    /** Of the file, in the order of the journal. */
    private List<Map<String, Object>> records() throws IOException {
        List<Map<String, Object>> records = new ArrayList<>();
        for (Path file : OutputFiles.of(run.directory.output())) {
            OutputFiles.lines(file, 0, (line, length) -> {
                Map<String, Object> record = Json.parse(line, length);
                record.keySet().retainAll(Set.of("id", "worker", "logger", "severity"));
                records.add(record);
            });
        }
        return records;
    }

    private static void assertArrived(String name, Arrivals arrivals, List<Map<String, Object>> records) {
        Set<String> left = new HashSet<>(arrivals.ids());
        Map<Object, Long> newest = new HashMap<>();
        List<String> missing = new ArrayList<>();
        List<String> late = new ArrayList<>();
        for (Map<String, Object> record : records) {
            String id = (String) record.get("id");
            left.remove(id);
            boolean isForIt = !("emberlog.handler." + name).equals(record.get("logger"))
                    && (!name.equals("webhook") || (Long) record.get("severity") >= ERROR);
            if (!isForIt) {
                continue;
            }
            Long time = arrivals.last(id);
            if (time == null) {
                missing.add(id);
            } else if (newest.merge(record.get("worker"), time, Math::max) > time) {
                late.add(id);
            }
        }
        assertThat(missing).as("records that " + name + " has not").isEmpty();
        assertThat(late)
                .as("records that came last to " + name + " before one in front of them")
                .isEmpty();
        assertThat(left).as("records of " + name + " that the file has not").isEmpty();
        StormRun.say(name + " has " + arrivals.size() + " records in " + arrivals.batches() + " batches");
    }

    /**
     * As the other services, whose rule it shares; and each once, but for what a master sent behind its last checkpoint before it was
     * killed: of each worker the next records in its order, for each kill (docs/handlers/kafka.md).
     */
    private void assertArrivedInKafka(List<Map<String, Object>> records) {
        Arrivals arrivals = new Arrivals();
        Map<String, Integer> times = new HashMap<>();
        for (String id : kafka.ids()) {
            arrivals.add(List.of(id), true);
            times.merge(id, 1, Integer::sum);
        }
        assertArrived("kafka", arrivals, records);
        Map<Object, Integer> stretches = new HashMap<>();
        Map<Object, Boolean> inOne = new HashMap<>();
        int doubled = 0;
        for (Map<String, Object> record : records) {
            Integer count = times.get(record.get("id"));
            if (count != null) {
                boolean isDoubled = count > 1;
                doubled += isDoubled ? 1 : 0;
                if (isDoubled && !inOne.getOrDefault(record.get("worker"), false)) {
                    stretches.merge(record.get("worker"), 1, Integer::sum);
                }
                inOne.put(record.get("worker"), isDoubled);
            }
        }
        assertThat(stretches.values())
                .as("stretches of records that are there twice, of each worker, after %d kills of the master", kills)
                .allMatch(count -> count <= kills);
        StormRun.say(doubled + " records are in kafka more than once, after " + kills + " kills of the master");
    }

    /** But in the secrets' own files. */
    private static void assertNoCanaryIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.getParent().endsWith("secrets"))
                    .toList()) {
                assertThat(holdsCanary(file)).as("a secret in " + file).isFalse();
            }
        }
    }

    private static boolean holdsCanary(Path file) throws IOException {
        byte[] canary = CANARY.getBytes(StandardCharsets.US_ASCII);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
            int matched = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                matched = next == canary[matched] ? matched + 1 : next == canary[0] ? 1 : 0;
                if (matched == canary.length) {
                    return true;
                }
            }
        }
        return false;
    }
}

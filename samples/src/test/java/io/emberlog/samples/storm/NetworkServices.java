package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.kafka.KafkaHandlerFactory;
import io.emberlog.handler.otlp.OtlpHandlerFactory;
import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.ClassPaths;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A service in moods for each of the product's own network handlers, and a master's configuration that has them all beside a file.
 * What arrived is judged by that file: each service has every record that is for it and no other, each worker's in order by their last
 * arrival, and nothing anywhere holds a secret, which the services echo. One thread.
 */
final class NetworkServices implements AutoCloseable {
    static final String SYSLOG = "syslog";
    static final String KAFKA = "kafka";
    static final String ALERTS = "alerts";
    static final String CANARY = "canary-4b81c6";
    private static final int HEAP_MIB = 96;
    /** KiB of its own that such a master has at most. */
    static final long MOST_KIB = (HEAP_MIB + 192) * 1024;

    private static final long ASKED_EVERY_NS = 200_000_000;
    private static final int ERROR = 17;

    private final StormRun run;
    private final Map<String, MoodyHttp> https = new LinkedHashMap<>();
    private final MoodySyslog syslog = new MoodySyslog();
    private final MoodyKafka kafka;
    /** Is told of groups of errors by the engine that all chats have; null without it. */
    private final MoodyHttp alerts;

    /**
     * @param withKafka whether a broker is among them, which takes longer to start than all else
     * @param withAlerts whether somebody is told of groups, which takes minutes
     */
    NetworkServices(StormRun run, boolean withKafka, boolean withAlerts) throws IOException {
        this.run = run;
        alerts = withAlerts ? new MoodyHttp(MoodyHttp.Kind.ALERTS) : null;
        https.put("webhook", new MoodyHttp(MoodyHttp.Kind.WEBHOOK));
        https.put("loki", new MoodyHttp(MoodyHttp.Kind.LOKI));
        https.put("elasticsearch", new MoodyHttp(MoodyHttp.Kind.ELASTICSEARCH));
        https.put("otlp", new MoodyHttp(MoodyHttp.Kind.OTLP));
        kafka = withKafka ? new MoodyKafka(run) : null;
    }

    /** Of those over HTTP. */
    Set<String> ofHttp() {
        return https.keySet();
    }

    boolean hasKafka() {
        return kafka != null;
    }

    void mood(Map<String, Mood> moods) throws IOException, InterruptedException {
        for (Map.Entry<String, Mood> each : moods.entrySet()) {
            mood(each.getKey(), each.getValue());
        }
    }

    void allWell() throws IOException, InterruptedException {
        for (String service : https.keySet()) {
            mood(service, Mood.WELL);
        }
        mood(SYSLOG, Mood.WELL);
        if (alerts != null) {
            mood(ALERTS, Mood.WELL);
        }
        if (kafka != null) {
            mood(KAFKA, Mood.WELL);
        }
    }

    private void mood(String service, Mood mood) throws IOException, InterruptedException {
        switch (service) {
            case SYSLOG -> syslog.mood(mood);
            case KAFKA -> kafka.mood(mood);
            case ALERTS -> alerts.mood(mood);
            default -> https.get(service).mood(mood);
        }
    }

    /**
     * All of it but where the master's directories are; makes the files of the secrets.
     *
     * @param timeout how long a service is waited for
     * @param ofKafka that of the broker: where it is shorter than the broker's absence, that may make doubles
     */
    String[] configuration(String timeout, String ofKafka) throws IOException {
        Path secrets = Files.createDirectory(run.directory.root().resolve("secrets"));
        String secret = secret(secrets, "secret", CANARY);
        String basic = secret(secrets, "authorization", "Bearer " + CANARY);
        String url = secret(
                secrets, "url", "http://127.0.0.1:" + https.get("webhook").port() + "/hook?key=" + CANARY);
        String waits = "timeout = \"" + timeout + "\"\n";
        String sent = waits + "linger = \"50 ms\"\n";
        return new String[] {
            "[master]",
            "stop_deadline = \"60 s\"",
            kafka == null
                    ? ""
                    : handler(
                            KAFKA,
                            "servers = [\"" + kafka.address() + "\"]\ntimeout = \"" + ofKafka
                                    + "\"\nlinger = \"50 ms\""),
            Master.jsonHandler(run.directory),
            alerts == null ? "" : alerts(secrets, waits),
            handler(
                            "webhook",
                            "mode = \"records\"\nmin_level = \"error\"\nbody = \"{id}\"\ncontent_type = \"text/plain\"\n")
                    + waits + "url = \"" + url + "\"\nauthorization = \"" + basic + "\"\napi_key = \""
                    + secret + '"',
            handler("loki", address("loki")) + sent + "labels_from = []\ntoken = \"" + secret + '"',
            handler("elasticsearch", address("elasticsearch")) + sent + "api_key = \"" + secret + '"',
            handler("otlp", address("otlp")) + sent + "api_key = \"" + secret + '"',
            handler(SYSLOG, "transport = \"tcp\"\nhost = \"127.0.0.1\"\nport = " + syslog.port()) + waits
        };
    }

    private String alerts(Path secrets, String waits) throws IOException {
        String url = secret(secrets, "alerts", "http://127.0.0.1:" + alerts.port() + "/hook?key=" + CANARY);
        return handler(
                        ALERTS,
                        "webhook",
                        "min_level = \"error\"\nbody = \"{count} {occasion}\"\ncontent_type = \"text/plain\"\n")
                + waits + "url = \"" + url + '"';
    }

    private static String secret(Path directory, String name, String value) throws IOException {
        Path file = Files.writeString(directory.resolve(name), value);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return "file:" + file;
    }

    private static String handler(String type, String settings) {
        return handler(type, type, settings);
    }

    private static String handler(String name, String type, String settings) {
        return "\n[[handlers]]\nname = \"" + name + "\"\ntype = \"" + type + "\"\n" + settings + '\n';
    }

    private String address(String type) {
        return "url = \"http://127.0.0.1:" + https.get(type).port() + '"';
    }

    /** With a heap that does not grow. */
    static ProcessBuilder asMaster(ProcessBuilder master) {
        master.command().add(1, "-Xmx" + HEAP_MIB + "m");
        return asLaunched(master);
    }

    /** With what the launcher has on its class path for {@code otlp} and {@code kafka}. */
    static ProcessBuilder asLaunched(ProcessBuilder builder) {
        try (InputStream libraries = NetworkServices.class.getResourceAsStream("/otlp.classpath")) {
            Path ofKafka = Path.of(NetworkServices.class
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
            return builder.command(command);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** More than that many at each service. */
    void awaitBatches(int more) {
        long inKafka = kafka == null ? 0 : kafka.records();
        Map<String, Arrivals> all = new LinkedHashMap<>();
        https.forEach((name, service) -> all.put(name, service.arrivals));
        all.put(SYSLOG, syslog.arrivals);
        Map<String, Long> before = new HashMap<>();
        all.forEach((name, arrivals) -> before.put(name, arrivals.batches()));
        all.forEach((name, arrivals) -> Waiting.until(
                name + " to get batches again", StormRun.LIMIT, () -> arrivals.batches() > before.get(name) + more));
        if (kafka != null) {
            Waiting.until(
                    "kafka to get records again", StormRun.LIMIT, ASKED_EVERY_NS, () -> kafka.records() > inKafka);
        }
    }

    /** Of the file, in the order of the journal. */
    List<Map<String, Object>> records() throws IOException {
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

    /**
     * Every service has what the file has for it, each worker's in order, and nothing else.
     *
     * @param breaks how often the broker or the master ended in the middle: each may leave a stretch of each worker's records twice in Kafka
     */
    void assertAllArrived(List<Map<String, Object>> records, int breaks) {
        if (kafka != null) {
            assertArrivedInKafka(records, breaks);
        }
        https.forEach((name, service) -> assertArrived(name, service.arrivals, records));
        assertArrived(SYSLOG, syslog.arrivals, records);
        if (alerts != null) {
            assertAllCounted(records, breaks);
        }
        assertThat(run.directory.state().resolve("dead-letters")).doesNotExist();
    }

    /** Each error is in the count of one message, or of two where a message was sent and the master ended before that was stored. */
    private void assertAllCounted(List<Map<String, Object>> records, int breaks) {
        long errors = records.stream()
                .filter(record -> !("emberlog.handler." + ALERTS).equals(record.get("logger")))
                .filter(record -> (Long) record.get("severity") >= ERROR)
                .count();
        List<Long> counts = alerts.arrivals.ids().stream()
                .map(arrival -> Long.parseLong(arrival.split(" ")[1]))
                .sorted()
                .toList();
        long counted = counts.stream().mapToLong(Long::longValue).sum();
        StormRun.say("alerts has " + counts.size() + " messages about " + counted + " of " + errors + " errors");
        long atMostTwice = counts.stream()
                .skip(Math.max(0, counts.size() - breaks))
                .mapToLong(Long::longValue)
                .sum();
        assertThat(counted).as("errors that somebody was told of").isBetween(errors, errors + atMostTwice);
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
    private void assertArrivedInKafka(List<Map<String, Object>> records, int breaks) {
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
                .as("stretches of records that are there twice, of each worker, after %d breaks", breaks)
                .allMatch(count -> count <= breaks);
        StormRun.say(doubled + " records are in kafka more than once, after " + breaks + " breaks");
    }

    @Override
    public void close() throws IOException {
        if (alerts != null) {
            alerts.close();
        }
        for (MoodyHttp service : https.values()) {
            service.close();
        }
        syslog.close();
    }

    /** But in the secrets' own files. */
    static void assertNoSecretIn(Path directory) throws IOException {
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

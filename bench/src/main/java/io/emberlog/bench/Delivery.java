package io.emberlog.bench;

import io.emberlog.bench.front.Library;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How fast a handler brings what waits in the journal to a service that takes everything at once ({@link Sink}), on this host: what
 * there is to catch up with behind an outage.
 *
 * @param settings of the handler, with {@code PORT} where the service's port is to be, and {@code SECRET} for a file with its URL
 * @param share of the records
 */
record Delivery(Sink.Kind kind, String description, String settings, double share) implements Benchmark {
    private static final String WEBHOOK =
            "url = 'file:SECRET'\nmode = 'records'\nmin_level = 'info'\nbody = '{\"text\":\"{message}\"}'";
    private static final String JOURNAL_SIZE = "64 GiB";

    static List<Benchmark> all() {
        String url = "url = 'http://127.0.0.1:PORT'";
        return List.of(
                new Delivery(
                        Sink.Kind.SYSLOG,
                        "a journal to syslog over TCP",
                        "transport = 'tcp'\nhost = '127.0.0.1'\nport = PORT",
                        1),
                new Delivery(Sink.Kind.LOKI, "a journal to Loki", url, 1),
                new Delivery(Sink.Kind.ELASTICSEARCH, "a journal to Elasticsearch", url, 1),
                new Delivery(Sink.Kind.OTLP, "a journal to a collector, OTLP over HTTP", url, 1),
                new Delivery(Sink.Kind.WEBHOOK, "a journal to a webhook, one request a record", WEBHOOK, 0.1),
                new Delivery(
                        Sink.Kind.WEBHOOK_BATCHES,
                        "a journal to a webhook, 1,000 records a request",
                        WEBHOOK
                                + "\nbatch_records = 1000\nbatch_bytes = '1 MiB'\nframing = 'ndjson'\ncompression = 'gzip'",
                        1));
    }

    @Override
    public String name() {
        return "delivery." + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Of the handler. */
    private String type() {
        return kind == Sink.Kind.WEBHOOK_BATCHES ? "webhook" : kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Result run(Plan plan) throws Exception {
        int records = (int) (plan.messages() * share);
        try (Workplace place = Workplace.in(plan.directory())) {
            long refused = Backlog.of(place, records, JOURNAL_SIZE).refused();
            Launcher.run(place, "--help"); // it may have to build
            List<Result> runs = new ArrayList<>();
            for (int i = 0; i < plan.runs(); i++) {
                runs.add(once(place, i, records, refused));
            }
            return Result.median(runs);
        }
    }

    /** @param number names a handler that has no checkpoint: it begins where the journal does */
    private Result once(Workplace place, int number, int records, long refused) throws Exception {
        List<String> command = new ArrayList<>(Jvm.workerCommand(Library.EMBERLOG, Sink.class));
        command.addAll(List.of(kind.name(), Integer.toString(records)));
        Process sink = place.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
        BufferedReader said =
                new BufferedReader(new InputStreamReader(sink.getInputStream(), StandardCharsets.US_ASCII));
        String port = said.readLine();
        Path secret = Files.writeString(place.disk().resolve("url"), "http://127.0.0.1:" + port + "/hook");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        String handler = "[[handlers]]\nname = '" + type() + number + "'\ntype = '" + type() + "'\n"
                + settings.replace("PORT", port).replace("SECRET", secret.toString()) + '\n';
        MasterProcess master = MasterProcess.launch(place, Outputs.HUMAN, handler, JOURNAL_SIZE, Mode.DEFAULTS);
        master.onEnd(sink::destroyForcibly);
        answer(said, "first", master);
        long startNs = System.nanoTime();
        Duration cpu = master.cpu();
        long bytes = Long.parseLong(answer(said, "done", master)[1]);
        long tookNs = System.nanoTime() - startNs;
        double cpuSeconds = master.cpu().minus(cpu).toNanos() / 1e9;
        master.stop();
        sink.destroyForcibly().waitFor();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("M records/s", records * 1e3 / tookNs);
        figures.put("master CPU s per M", cpuSeconds * 1e6 / records);
        figures.put("B per record on the wire", bytes / (double) records);
        figures.put("s", tookNs / 1e9);
        figures.put("records", (double) records);
        return new Result(name(), figures, refused == 0);
    }

    private static String[] answer(BufferedReader said, String word, MasterProcess master) throws IOException {
        String line = said.readLine();
        master.checkAlive();
        if (line == null || !line.startsWith(word)) {
            throw new IOException("a sink that was to say " + word + " said " + line);
        }
        return line.split(" ");
    }
}

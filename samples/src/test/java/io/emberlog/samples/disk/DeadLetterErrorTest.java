package io.emberlog.samples.disk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.emberlog.lab.LabRun;
import io.emberlog.ring.CrashRow;
import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Strace;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The disk does not take what a handler of a real master puts aside: {@code strace} fails the calls that open the file of dead letters, write to
 * it or force it, with EIO and with EDQUOT, in the handler's thread, until it is mended, the master is killed, or it is stopped. Every
 * combination in the long run, some of them in {@code mvn verify}.
 */
class DeadLetterErrorTest {
    private static final String HANDLER = "hook";
    private static final int STAYED_BEHIND = 1;
    private static final int PER_SHORT_RUN = 3;

    /** What fails, and what the master says then. */
    private enum Failing {
        OPEN("openat", "cannot be put aside"),
        WRITE("write,pwrite64", "cannot be put aside"),
        FORCE("fsync,fdatasync", "may not be on the device");

        private final String calls;
        private final String told;

        Failing(String calls, String told) {
            this.calls = calls;
            this.told = told;
        }
    }

    private enum End {
        MENDED,
        KILLED,
        STOPPED
    }

    private record Round(Failing failing, String error, End end) {
        static List<Round> all() {
            List<Round> all = new ArrayList<>();
            for (Failing failing : Failing.values()) {
                for (String error : List.of("EIO", "EDQUOT")) {
                    for (End end : End.values()) {
                        all.add(new Round(failing, error, end));
                    }
                }
            }
            return all;
        }

        /** Each failing call and each end once. */
        static List<Round> some(Random random) {
            List<Round> all = all();
            List<Round> some = all.subList(0, PER_SHORT_RUN);
            do {
                Collections.shuffle(all, random);
            } while (different(some, Round::failing) < Failing.values().length
                    || different(some, Round::end) < End.values().length
                    || different(some, Round::error) < 2);
            return some;
        }

        private static long different(List<Round> rounds, Function<Round, Object> part) {
            return rounds.stream().map(part).distinct().count();
        }
    }

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private StormRun run;
    private Master master;

    @Test
    @CrashRow("K18")
    void aRecordThatIsRefusedAndCannotBePutAsideWaitsAndIsNotLost() throws Exception {
        Strace.assumeThere();
        StormRun.run("dead-letter-error", this::rounds);
    }

    private void rounds(StormRun given) throws Exception {
        run = given;
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", this::answer);
        service.start();
        List<String> refused = new ArrayList<>();
        List<String> logged = new ArrayList<>();
        try (WorkerLogger worker = WorkerLogger.builder()
                .name("w")
                .directory(run.directory.rings())
                .open()) {
            master = new Master(run.children, run.directory, configuration(service));
            master.start();
            List<Round> rounds = LabRun.isLong() ? Round.all() : Round.some(new Random(run.seed));
            for (int i = 0; i < rounds.size(); i++) {
                List<String> texts = List.of("before " + i, "poison " + i, "behind " + i);
                StormRun.say(rounds.get(i).toString());
                round(rounds.get(i), worker, texts);
                refused.add(texts.get(1));
                logged.addAll(texts);
            }
            assertThat(worker.flush(StormRun.LIMIT)).isTrue();
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        } finally {
            service.stop(0);
        }
        assertThat(output()).as("the file beside it").containsExactlyElementsOf(logged);
        assertThat(new HashSet<>(putAside())).containsExactlyInAnyOrderElementsOf(refused);
        logged.removeAll(refused);
        assertThat(new HashSet<>(taken)).containsExactlyInAnyOrderElementsOf(logged);
    }

    private void round(Round round, WorkerLogger worker, List<String> texts) throws Exception {
        assertThat(worker.error(texts.get(0))).isTrue();
        await("the service to have " + texts.get(0), () -> taken.contains(texts.get(0)));
        if (round.failing == Failing.OPEN && Files.exists(letters())) {
            Files.move(letters(), letters().resolveSibling("moved-" + System.nanoTime() + ".jsonl"));
        }
        int linesBefore =
                Files.exists(letters()) ? Files.readAllLines(letters()).size() : 0;
        try (Strace disk = Strace.attach(
                run.children,
                run.directory,
                master.pid(),
                round.failing.calls,
                "error=" + round.error,
                letters(),
                "emberlog-" + HANDLER)) {
            assertThat(worker.error(texts.get(1))).isTrue();
            await("the master to tell of " + round, () -> metrics().contains(round.failing.told));
            assertThat(worker.error(texts.get(2))).isTrue();
            await("the file beside it to have all", () -> output().contains(texts.get(2)));
            if (round.failing
                    != Failing.FORCE) { // there the record stands in the file, and the others go on until it is to be
                // safe
                assertThat(taken).as("what is behind it").doesNotContain(texts.get(2));
                assertThat(putAside()).doesNotContain(texts.get(1));
            }
            assertThat(stat()).contains(round.failing.told);
            switch (round.end) {
                case KILLED -> master.kill();
                case STOPPED ->
                    assertThat(master.stop(StormRun.LIMIT))
                            .as("exit code of a stop while a record waits")
                            .isEqualTo(STAYED_BEHIND);
                default -> disk.mend();
            }
        }
        if (round.end != End.MENDED) {
            master.start();
        }
        await("the record to be put aside after " + round, () -> putAside().contains(texts.get(1)));
        await("the service to have what is behind it", () -> taken.contains(texts.get(2)));
        await("nothing to be wrong any more", () -> !metrics().contains(round.failing.told));
        if (round.end == End.MENDED && round.failing != Failing.FORCE) {
            assertThat(Files.readAllLines(letters()))
                    .as("lines, none of them cut")
                    .hasSize(linesBefore + 1);
        }
    }

    private void await(String what, Waiting.Condition condition) {
        Waiting.until(what, StormRun.LIMIT, () -> {
            assertThat(master.isAlive())
                    .as("the master lives while awaiting " + what)
                    .isTrue();
            return condition.holds();
        });
    }

    private String[] configuration(HttpServer service) throws IOException {
        Path url = Files.writeString(
                run.directory.root().resolve("url"),
                "http://127.0.0.1:" + service.getAddress().getPort() + '/');
        Files.setPosixFilePermissions(url, PosixFilePermissions.fromString("rw-------"));
        return new String[] {Master.jsonHandler(run.directory, "filter = 'worker = \"w\"'"), """

            [[handlers]]
            name = "%s"
            type = "webhook"
            mode = "records"
            url = "file:%s"
            body = "{message}"
            content_type = "text/plain"
            filter = 'worker = "w"'
            """.formatted(HANDLER, url)
        };
    }

    private void answer(HttpExchange exchange) throws IOException {
        String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        boolean refuses = text.startsWith("poison");
        if (!refuses) {
            taken.add(text);
        }
        exchange.sendResponseHeaders(refuses ? 422 : 204, -1);
        exchange.close();
    }

    private Path letters() {
        return run.directory.state().resolve("dead-letters").resolve(HANDLER + ".jsonl");
    }

    /** Of all files of dead letters, those that were moved away as well. */
    private List<String> putAside() throws IOException {
        List<String> texts = new ArrayList<>();
        if (Files.isDirectory(letters().getParent())) {
            try (Stream<Path> files = Files.list(letters().getParent())) {
                for (Path file : files.toList()) {
                    OutputFiles.lines(
                            file,
                            0,
                            (line, length) ->
                                    texts.add((String) Json.parse(line, length).get("template")));
                }
            }
        }
        return texts;
    }

    private List<String> output() throws IOException {
        List<String> texts = new ArrayList<>();
        for (Path file : OutputFiles.of(run.directory.output())) {
            OutputFiles.lines(file, 0, (line, length) -> {
                Map<String, Object> record = Json.parse(line, length);
                texts.add((String) record.get("message"));
            });
        }
        return texts;
    }

    /** What the master tells other processes of its handlers. */
    private String metrics() throws IOException {
        Path file = run.directory.state().resolve("metrics");
        return Files.exists(file) ? GrowingFile.text(file) : "";
    }

    private String stat() throws IOException, InterruptedException {
        Process stat = run.children.start(Jvm.emberlog(
                        "stat",
                        "--sample=10ms",
                        "--config",
                        run.directory.config().toString())
                .redirectErrorStream(true));
        String text = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(stat.waitFor()).as(text).isZero();
        return text;
    }
}

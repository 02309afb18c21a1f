package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.handler.TcpJsonHandlerFactory;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.MoodyServer.Mood;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The service that a handler sends to goes away, hangs, is busy, ends connections, answers nonsense, while workers log, and the master
 * is killed or stopped meanwhile; a file handler beside it must not notice. Alone: {@code .ci/storm ServiceStormTest 50 42}.
 */
class ServiceStormTest {
    private static final List<String> WORKERS = List.of("w0", "w1");
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 1_000_000;
    /** Behind which a file is said to go on: more than what had been taken before. */
    private static final long GOES_ON_BYTES = 1 << 20;

    private static final Mood[] MOODS = {Mood.AWAY, Mood.DEAF, Mood.BUSY, Mood.CURT, Mood.RAVING};
    private static final String ABOUT_ITSELF = "\"logger\":\"emberlog.handler.service\"";
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"}$");

    @Test
    void aServiceInTroubleDelaysNobodyElseAndGetsEverythingAfterwards() throws IOException {
        StormRun.run(Fault.SERVICE_TROUBLE, "", 1, ServiceStormTest::storm);
    }

    private static void storm(StormRun run) throws Exception {
        Random random = new Random(run.seed);
        try (MoodyService service = new MoodyService()) {
            Master master = new Master(
                    run.children,
                    run.directory,
                    "[master]",
                    "stop_deadline = \"60 s\"",
                    Master.jsonHandler(run.directory, "keep_files = 0"),
                    """
                    [[handlers]]
                    name = "service"
                    type = "tcp-json"
                    port = %d
                    timeout = "300 ms"
                    linger = "50 ms"
                    """.formatted(service.port()));
            master.under(ServiceStormTest::withTheSample);
            master.start();
            List<Process> workers = new ArrayList<>();
            for (String worker : WORKERS) {
                workers.add(run.producer(worker, 2, MOST_MESSAGES, PAUSE_NS, "EMBERLOG_OVERFLOW=block:60s"));
            }
            Waiting.until("the service to have something", StormRun.LIMIT, () -> !service.times.isEmpty());
            for (int i = 0; i < run.count; i++) {
                Mood mood = MOODS[(i + (int) (run.seed & 0xF)) % MOODS.length];
                service.mood(mood);
                long batches = service.batches.get();
                long bytes = OutputFiles.bytes(run.directory.output());
                Waiting.until(
                        "the file to go on while the service is " + mood,
                        StormRun.LIMIT,
                        () -> OutputFiles.bytes(run.directory.output()) > bytes + GOES_ON_BYTES);
                assertThat(service.batches.get())
                        .as("batches taken while " + mood)
                        .isLessThanOrEqualTo(batches + 1);
                if (random.nextBoolean()) {
                    master.kill();
                    master.start();
                }
                service.mood(Mood.WELL);
                Waiting.until(
                        "the service to get batches again after it was " + mood,
                        StormRun.LIMIT,
                        () -> service.batches.get() > batches + 2);
                run.madeOne();
                StormRun.say("service was " + mood + ", and has " + service.times.size() + " records");
            }
            for (Process worker : workers) {
                run.end(worker);
            }
            master.awaitRingsGone(StormRun.LIMIT);
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
            run.judge();
            Set<String> inFile = idsIn(run.directory.output());
            Set<String> missing = new HashSet<>(inFile);
            missing.removeAll(service.times.keySet());
            assertThat(missing).as("records that the service has not").isEmpty();
            Set<String> invented = new HashSet<>(service.times.keySet());
            invented.removeAll(inFile);
            assertThat(invented).as("records that the file has not").isEmpty();
        }
    }

    /** With the jar or classes of the sample handler on its class path, as by {@code EMBERLOG_CLASS_PATH}. */
    private static ProcessBuilder withTheSample(ProcessBuilder master) {
        String sample = TcpJsonHandlerFactory.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        List<String> command = new ArrayList<>(master.command());
        int classPath = command.indexOf("-cp") + 1;
        command.set(classPath, command.get(classPath) + File.pathSeparator + sample);
        return master.command(command);
    }

    /** But for what is told about the handler itself, which it does not get. */
    private static Set<String> idsIn(Path output) throws IOException {
        Set<String> ids = new HashSet<>();
        for (Path file : OutputFiles.of(output)) {
            try (Stream<String> lines = Files.lines(file)) {
                lines.filter(line -> !line.contains(ABOUT_ITSELF)).forEach(line -> {
                    Matcher id = ID.matcher(line);
                    assertThat(id.find()).as(line).isTrue();
                    ids.add(id.group(1));
                });
            }
        }
        return ids;
    }
}

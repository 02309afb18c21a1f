package io.emberlog.samples.demo;

import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.RunDirectory;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.producer.Producer;
import io.emberlog.samples.producer.ProducerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What happens in the demo, step by step. Where it waits, it waits for something seen, with a limit. One thread. */
final class Scenario {
    private static final Duration LIMIT = Duration.ofSeconds(25);
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 200_000;
    private static final long PAUSE_NS = 150_000;
    private static final String KILLED = "bravo";

    /** Lines after which something is killed; and lines that must come while no master runs. */
    private static final long MID_STREAM = 10_000;

    private final Children children;
    private final RunDirectory directory;
    private final Story story;
    private final Map<String, Process> workers = new LinkedHashMap<>();
    private final Map<String, AcknowledgementFile> accounts = new HashMap<>();
    private final Master master;
    private long outputRead;

    Scenario(Children children, RunDirectory directory, Story story) throws IOException {
        this.children = children;
        this.directory = directory;
        this.story = story;
        master = new Master(children, directory, Master.jsonHandler(directory), """

                [[handlers]]
                name = "text"
                type = "file"
                path = "%s"
                """.formatted(
                        directory.log().resolve("out.log")));
    }

    DemoResult run() throws IOException, InterruptedException {
        startAll();
        killWorker();
        killMaster();
        stopWorkers();
        master.awaitRingsGone(LIMIT);
        int masterExit = master.stop(LIMIT);
        story.happened("The master drained what was left and ended with %d. The judge reads.", masterExit);
        Judgement judgement = Judgement.of(children, directory, LIMIT);
        return new DemoResult(directory, KILLED, judgement, masterExit, story.seconds());
    }

    private void startAll() throws IOException {
        master.start();
        long seed = System.nanoTime();
        for (String name : new String[] {"alpha", KILLED, "charlie"}) {
            ProducerSettings settings = new ProducerSettings(
                    name, directory.rings(), directory.acksOf(name), seed, THREADS, MOST_MESSAGES, PAUSE_NS);
            workers.put(name, children.start(directory.saying(name, Jvm.worker(Producer.class, settings.arguments()))));
        }
        story.happened("A master (pid %d) and three workers start, each a JVM of its own.", master.pid());
        awaitAcknowledged(1);
        Waiting.until("the master to write", LIMIT, () -> outputLength() > 0);
        story.happened("alpha, bravo and charlie log, from two threads each.");
    }

    private void killWorker() throws IOException, InterruptedException {
        awaitAcknowledged(MID_STREAM);
        Children.kill(workers.get(KILLED));
        story.killed("%s, mid-stream: %,d lines acknowledged.", KILLED, acknowledged(KILLED));
        Waiting.until("the output to tell of the death of " + KILLED, LIMIT, this::deathIsTold);
    }

    private boolean deathIsTold() throws IOException {
        boolean[] told = new boolean[1];
        outputRead = OutputFiles.lines(directory.output(), outputRead, (line, lineLength) -> {
            Map<String, Object> fields =
                    Json.object(Json.parse(line, lineLength).get("fields"));
            if ("dead".equals(fields.get("event")) && KILLED.equals(fields.get("worker"))) {
                Object after = fields.get("detected_after_ms");
                story.happened(
                        "The master noticed%s: %s",
                        after == null ? "" : " after " + after + " ms", fields.get("reason"));
                told[0] = true;
            }
        });
        return told[0];
    }

    private void killMaster() throws IOException, InterruptedException {
        master.kill();
        long before = living();
        story.killed("the master. The workers log on, into their rings.");
        Waiting.until("lines without a master", LIMIT, () -> living() >= before + MID_STREAM);
        long missed = living() - before;
        long written = outputLength();
        master.start();
        story.happened("%,d lines later, a new master (pid %d) goes on where the old one died.", missed, master.pid());
        Waiting.until("the new master to write", LIMIT, () -> outputLength() > written);
        long sinceThen = living();
        Waiting.until("lines with the new master", LIMIT, () -> living() >= sinceThen + MID_STREAM);
    }

    private void stopWorkers() throws IOException {
        for (Map.Entry<String, Process> worker : workers.entrySet()) {
            worker.getValue().getOutputStream().close(); // end of its input: it says goodbye and ends
        }
        for (Map.Entry<String, Process> worker : workers.entrySet()) {
            Waiting.until(
                    worker.getKey() + " to end", LIMIT, () -> !worker.getValue().isAlive());
        }
        story.happened("alpha and charlie say goodbye.");
    }

    private void awaitAcknowledged(long lines) {
        for (String name : workers.keySet()) {
            Waiting.until(name + " to log " + lines + " lines", LIMIT, () -> acknowledged(name) >= lines);
        }
    }

    private long outputLength() throws IOException {
        return Files.exists(directory.output()) ? Files.size(directory.output()) : 0;
    }

    private long living() throws IOException {
        return acknowledged("alpha") + acknowledged("charlie");
    }

    private long acknowledged(String name) throws IOException {
        AcknowledgementFile account = accounts.get(name);
        if (account == null) {
            account = AcknowledgementFile.open(directory.acksOf(name));
            if (account == null) {
                return 0;
            }
            accounts.put(name, account);
        }
        return account.acknowledged();
    }
}

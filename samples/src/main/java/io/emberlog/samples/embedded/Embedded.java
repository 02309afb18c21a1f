package io.emberlog.samples.embedded;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.LatencySnapshot;
import io.emberlog.master.MasterLogger;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.fanout.HandlerStatus;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.StatSampler;
import io.emberlog.worker.WorkerLogger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Logs through a worker and runs the master in the same JVM. Arguments: a directory for everything, and how many records to
 * log. Ends when its standard input does, by returning from {@code main}.
 */
public final class Embedded {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Embedded() {}

    public static void main(String... arguments) throws Exception {
        Path directory = Path.of(arguments[0]).toAbsolutePath();
        long records = Long.parseLong(arguments[1]);
        LatestErrors errors = new LatestErrors(10);

        MasterConfig config = MasterConfig.builder()
                .channelDirectory(directory.resolve("rings"))
                .stateDirectory(directory.resolve("state"))
                .handler("app", "file", Map.of("path", directory.resolve("app.log"), "time_zone", "utc"))
                .build();
        MasterLogger master = new MasterLogger(config, Map.of("latest-errors", errors));
        master.start();
        master.stopAtExit();

        WorkerLogger log = WorkerLogger.builder()
                .name("embedded")
                .directory(config.channel().directory())
                .open();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() ->
                        // false when the master has already finished with this JVM
                        System.out.println("last words: " + log.info("last words"))));
        for (long i = 1; i <= records; i++) {
            log.info("record {} of {}", i, records);
        }
        log.error("no {} left", "coffee");
        System.out.println("journaled: " + log.flush(PATIENCE));
        System.out.println("errors: " + awaitErrors(errors));
        printMetrics(master);
        System.out.println(status(config));
        while (System.in.read() >= 0) {
            // until the end
        }
    }

    private static Object awaitErrors(LatestErrors errors) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (errors.latest().isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        return errors.latest();
    }

    private static void printMetrics(MasterLogger master) {
        for (HandlerStatus handler : master.handlerStatus()) {
            LatencySnapshot write = handler.latency(Timer.WRITE); // of calls that succeeded
            System.out.printf(
                    "%s: %d records, %d errors, %d ms behind, write p99 %d us%n",
                    handler.name(),
                    handler.count(Counter.RECORDS),
                    handler.count(Counter.ERRORS),
                    handler.lagNs() / 1_000_000,
                    write.percentileNs(99) / 1_000);
        }
    }

    /** What {@code emberlog stat} shows: from files alone, and harmless to the locks that this process holds. */
    private static String status(MasterConfig config) throws Exception {
        Path state = config.journal().directory();
        ChannelStat stat;
        try (StatSampler sampler = new StatSampler(config.channel().directory(), state, state.resolve("journal"))) {
            sampler.begin();
            stat = sampler.take();
        }
        return "master runs: " + stat.master().running() + ", workers: "
                + stat.workers().size();
    }
}

package io.emberlog.worker;

import io.emberlog.message.Level;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A worker as an application would be one, run in JVMs of its own by {@link WorkerJvmTest}. */
final class WorkerMain {
    static final int STALLED_RECORDS = 20_000;

    private WorkerMain() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "return" -> log(WorkerLogger.builder().open());
            case "halt" -> {
                log(WorkerLogger.builder().open());
                Runtime.getRuntime().halt(7);
            }
            case "exit" -> {
                log(WorkerLogger.builder().open());
                System.exit(3);
            }
            case "close" -> {
                try (WorkerLogger log = WorkerLogger.builder().open()) {
                    log(log);
                }
            }
            case "virtual" -> virtual();
            case "first" -> first();
            case "stalled" -> stalled();
            case "unringed" -> unringed();
            case "unringed-exit" -> {
                unringed();
                System.exit(3);
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void log(WorkerLogger log) {
        for (int i = 0; i < 1000; i++) {
            if (!log.info("record {} of {}", i, "main")) {
                throw new AssertionError("not acknowledged: " + i);
            }
        }
    }

    /** Between two lines the first calls of each kind, and then those that drop, replace the ring, say goodbye. */
    private static void first() throws Exception {
        WorkerLogger log = WorkerLogger.builder().open();
        Thread deep = new Thread(null, () -> recurse(log), "deep", 512 * 1024);
        Throwable cause = new IllegalStateException("cause");
        System.out.println("opened");
        log.info("plain");
        log.info("{} {} {}", "text", 1, 2.5);
        log.log(Level.ERROR, "{}", new Object[] {"text", cause});
        log.at(Level.WARN).cause(cause).kv("key", 3).arg("text").log("{}");
        try (LogBatch batch = log.batch()) {
            batch.log(Level.INFO, "in a batch");
        }
        deep.start();
        deep.join();
        while (log.info("fills the ring")) {
            continue;
        }
        // in vain, for nobody drains: meanwhile the housekeeper makes the successor, reports drops, beats
        if (log.flush(Duration.ofMillis(1_500))) {
            throw new AssertionError("flushed to a master that is not there");
        }
        System.out.println("logged");
    }

    /** Without a ring, and with a standard error that nobody reads until these calls are through. */
    private static void stalled() throws Exception {
        WorkerLogger log = WorkerLogger.builder().open();
        String text = "x".repeat(180);
        for (int i = 0; i < STALLED_RECORDS; i++) {
            if (log.info("record {} {}", i, text)) {
                throw new AssertionError("acknowledged: " + i);
            }
        }
        System.out.println("logged");
        while (System.in.read() >= 0) {
            continue;
        }
    }

    private static void unringed() {
        WorkerLogger log = WorkerLogger.builder().open();
        for (int i = 0; i < 1000; i++) {
            log.info("record {}", i);
        }
    }

    private static void recurse(WorkerLogger log) {
        try {
            log.info("deep");
            recurse(log);
        } catch (StackOverflowError end) {
            return;
        }
    }

    /** Through reflection: the tests are compiled for 17. */
    private static void virtual() throws Exception {
        WorkerLogger log = WorkerLogger.builder().open();
        ExecutorService executor = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        for (int i = 0; i < 1000; i++) {
            int number = i;
            executor.submit(() -> log.info("record {} of {}", number, "virtual"));
        }
        executor.shutdown();
        if (!executor.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new AssertionError("virtual threads hang");
        }
    }
}

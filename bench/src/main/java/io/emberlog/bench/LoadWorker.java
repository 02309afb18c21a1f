package io.emberlog.bench;

import io.emberlog.bench.front.Front;
import io.emberlog.bench.front.Library;
import io.emberlog.bench.front.Setting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The JVM of a worker, or of some, of the library that {@link Setting#ofThisJvm} names, told on standard input what to do; it answers each
 * line with one when done, and ends with its input.
 *
 * <pre>
 *  open WORKERS      opens the library so many times, under        open
 *                    names whose numbers count up
 *  heap              collects garbage                              heap BYTES_LEFT
 *  log FROM TO       logs messages FROM to TO-1, as fast as        log FIRST_CALL_EPOCH_NS LAST_CALL_EPOCH_NS NOT_TAKEN
 *                    they are taken, and waits until they have
 *                    left this process's queues; of several
 *                    workers each does, on a thread of its own
 *  pace FROM TO AT   logs them each at its time ({@link Pace})     pace NOT_TAKEN
 *                    from AT on, and waits likewise
 *  until-killed FILE logs from 0 on, and notes in the file         (never)
 *                    ({@link CallsNoted}) which calls returned
 *  end TEXT          logs the text that is the last of a run       end
 * </pre>
 */
final class LoadWorker {
    static final String END_OF_RUN = "end-of-run";
    static final String NUMBER_IS_BEHIND = "order ";
    static final String NAME_IS_BEHIND = " by ";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Of one worker each. */
    private final List<Front> fronts = new ArrayList<>();
    /** Of several workers; null where the thread that reads the orders logs itself. */
    private ExecutorService threads;

    public static void main(String[] args) throws IOException {
        LoadWorker worker = new LoadWorker();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(worker.obey(line.split(" ")));
            System.out.flush();
        }
        System.exit(0); // whatever threads are still there
    }

    private String obey(String[] order) throws IOException {
        switch (order[0]) {
            case "open" -> {
                open(Integer.parseInt(order[1]));
                return "open";
            }
            case "heap" -> {
                System.gc();
                return "heap "
                        + (Runtime.getRuntime().totalMemory()
                                - Runtime.getRuntime().freeMemory());
            }
            case "log" -> {
                return log(Long.parseLong(order[1]), Long.parseLong(order[2]));
            }
            case "pace" -> {
                return pace(Integer.parseInt(order[1]), Integer.parseInt(order[2]), Long.parseLong(order[3]));
            }
            case "until-killed" -> {
                untilKilled(Path.of(order[1]));
                return "";
            }
            case "end" -> {
                front().log(order[1]);
                front().settle(LIMIT); // in batched mode it would wait staged
                return "end";
            }
            default -> throw new IllegalArgumentException(String.join(" ", order));
        }
    }

    private void open(int workers) {
        Setting setting = Setting.ofThisJvm();
        int first = WorkerProcess.number(setting.name());
        for (int i = 0; i < workers; i++) {
            fronts.add(Library.open(setting.named(WorkerProcess.name(first + i))));
        }
        front().enter();
        if (workers > 1) {
            threads = Executors.newFixedThreadPool(workers);
        }
    }

    private Front front() {
        return fronts.get(0);
    }

    /** @param notTaken all, when they have not left the process's queues in time */
    private record Logged(long firstNs, long lastNs, long notTaken) {
        Logged and(Logged other) {
            return new Logged(
                    Math.min(firstNs, other.firstNs), Math.max(lastNs, other.lastNs), notTaken + other.notTaken);
        }
    }

    private String log(long from, long to) {
        Logged logged = threads == null ? log(front(), from, to) : logByAll(from, to);
        return "log " + logged.firstNs + " " + logged.lastNs + " " + logged.notTaken;
    }

    private Logged logByAll(long from, long to) {
        return fronts.stream()
                .map(front -> CompletableFuture.supplyAsync(() -> log(front, from, to), threads))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .reduce(Logged::and)
                .orElseThrow();
    }

    private static Logged log(Front log, long from, long to) {
        long notTaken = 0;
        long first = epochNs();
        for (long i = from; i < to; i++) {
            if (!log.log(i)) {
                notTaken++;
            }
        }
        long last = epochNs();
        return new Logged(first, last, log.settle(LIMIT) ? notTaken : to - from);
    }

    private String pace(int from, int to, long atNs) {
        Front front = front();
        long notTaken = 0;
        for (int i = from; i < to; i++) {
            Pace.await(atNs + Pace.dueNs(i - from));
            if (!front.log(i)) {
                notTaken++;
            }
        }
        return "pace " + (front.settle(LIMIT) ? notTaken : to - from);
    }

    private void untilKilled(Path file) throws IOException {
        Front log = front();
        CallsNoted returned = CallsNoted.create(file);
        for (long i = 0; ; i++) {
            while (!log.log(i)) {
                Thread.onSpinWait(); // not taken, and so not to be found; only what is counts
            }
            returned.note(i + 1);
        }
    }

    static long epochNs() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}

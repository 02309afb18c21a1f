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
 * The JVM of a worker, or of some, of the library that {@link Setting#ofThisJvm} names, told on standard input what to do; it
 * answers each line with one when done, and ends with its input.
 *
 * <pre>
 *  open WORKERS      opens the library so many times, under        open
 *                    names whose numbers count up
 *  work FROM TO      makes the texts of messages, and logs none    work LENGTH_OF_ALL
 *  heap              collects garbage                              heap BYTES_LEFT
 *  call FROM TO      logs messages FROM to TO-1, as fast as        call FIRST_CALL_EPOCH_NS LAST_CALL_EPOCH_NS NOT_TAKEN
 *                    they are taken; each of several workers
 *                    does, on a thread of its own
 *  settle            waits until what was logged has left this     settle BOOLEAN
 *                    process's queues; false: not in time
 *  log FROM TO       both                                          log FIRST_CALL_EPOCH_NS LAST_CALL_EPOCH_NS NOT_TAKEN
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
            case "work" -> {
                return work(Long.parseLong(order[1]), Long.parseLong(order[2]));
            }
            case "heap" -> {
                System.gc();
                return "heap "
                        + (Runtime.getRuntime().totalMemory()
                                - Runtime.getRuntime().freeMemory());
            }
            case "call", "log" -> {
                long from = Long.parseLong(order[1]);
                long to = Long.parseLong(order[2]);
                Called called = call(from, to);
                boolean settled = order[0].equals("call") || settle();
                return order[0] + " " + called.firstNs + " " + called.lastNs + " "
                        + (settled ? called.notTaken : to - from);
            }
            case "settle" -> {
                return "settle " + settle();
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

    private record Called(long firstNs, long lastNs, long notTaken) {
        Called and(Called other) {
            return new Called(
                    Math.min(firstNs, other.firstNs), Math.max(lastNs, other.lastNs), notTaken + other.notTaken);
        }
    }

    private Called call(long from, long to) {
        if (threads == null) {
            return call(front(), from, to);
        }
        List<CompletableFuture<Called>> calls = new ArrayList<>();
        for (Front front : fronts) {
            calls.add(CompletableFuture.supplyAsync(() -> call(front, from, to), threads));
        }
        return calls.stream().map(CompletableFuture::join).reduce(Called::and).orElseThrow();
    }

    private static Called call(Front log, long from, long to) {
        long notTaken = 0;
        long first = epochNs();
        for (long i = from; i < to; i++) {
            if (!log.log(i)) {
                notTaken++;
            }
        }
        return new Called(first, epochNs(), notTaken);
    }

    /** One after the other: who waits looks again and again, and many who do take the cores from what they wait for. */
    private boolean settle() {
        return fronts.stream().allMatch(front -> front.settle(LIMIT));
    }

    private static String work(long from, long to) {
        String name = Setting.ofThisJvm().name();
        StringBuilder text = new StringBuilder();
        long length = 0;
        for (long i = from; i < to; i++) {
            text.setLength(0);
            text.append(NUMBER_IS_BEHIND).append(i).append(" filled at ").append(i * 0.25);
            length += text.append(NAME_IS_BEHIND).append(name).length();
        }
        return "work " + length;
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

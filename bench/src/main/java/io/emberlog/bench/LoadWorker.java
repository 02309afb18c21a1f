package io.emberlog.bench;

import io.emberlog.message.Level;
import io.emberlog.worker.Overflow;
import io.emberlog.worker.WorkerLogger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/**
 * A worker's JVM, told on standard input what to do; it answers each line with one when done, and ends with its input.
 *
 * <pre>
 *  open NAME         opens the worker                              open
 *  log FROM TO EACH  logs messages FROM to TO-1, as fast as        log FIRST_CALL_EPOCH_NS LAST_CALL_EPOCH_NS NOT_TAKEN
 *                    they are taken, each EACH-th as an error
 *                    (0: none), and waits until journaled
 *  end               logs the text that is the last of a run       end
 * </pre>
 */
final class LoadWorker {
    static final String END_OF_RUN = "emberlog bench: end of run";
    static final String NUMBER_IS_BEHIND = "order ";
    static final String NAME_IS_BEHIND = " by ";

    private static final Duration JOURNAL_LIMIT = Duration.ofSeconds(60);

    private WorkerLogger log;
    private String name;

    public static void main(String[] args) throws IOException {
        LoadWorker worker = new LoadWorker();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(worker.obey(line.split(" ")));
            System.out.flush();
        }
    }

    private String obey(String[] order) {
        switch (order[0]) {
            case "open" -> {
                name = order[1];
                log = WorkerLogger.builder()
                        .name(name)
                        .overflow(Overflow.block(Overflow.MAX_BLOCK))
                        .open();
                return "open";
            }
            case "log" -> {
                return log(Long.parseLong(order[1]), Long.parseLong(order[2]), Integer.parseInt(order[3]));
            }
            case "end" -> {
                log.info(END_OF_RUN);
                log.flush(JOURNAL_LIMIT); // in batched mode it would wait staged
                return "end";
            }
            default -> throw new IllegalArgumentException(String.join(" ", order));
        }
    }

    private String log(long from, long to, int errorEvery) {
        long notTaken = 0;
        long first = epochNs();
        for (long i = from; i < to; i++) {
            Level level = errorEvery > 0 && i % errorEvery == 0 ? Level.ERROR : Level.INFO;
            if (!log.at(level).arg(i).arg(100 + (i & 1023) * 0.25).arg(name).log("order {} filled at {} by {}")) {
                notTaken++;
            }
        }
        long last = epochNs();
        return "log " + first + " " + last + " " + (log.flush(JOURNAL_LIMIT) ? notTaken : to - from);
    }

    static long epochNs() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}

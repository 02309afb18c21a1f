package io.emberlog.samples.producer;

import io.emberlog.message.Level;
import io.emberlog.samples.judge.Acknowledgements;
import io.emberlog.samples.judge.Acknowledgements.Account;
import io.emberlog.samples.judge.Message;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker process: logs until its standard input ends, which it also does when the process that started it dies. Prints
 * nothing.
 *
 * <p>Each call takes one of four ways into the logger, which all must end in the same text: literal; a template with
 * text, numbers and text; the fluent form; one argument.
 */
public final class Producer {
    private static final Duration SYNC_LIMIT = Duration.ofSeconds(60);

    private final ProducerSettings settings;
    private final Acknowledgements acknowledgements;
    private final WorkerLogger log;
    private volatile boolean stopped;

    private Producer(ProducerSettings settings, Acknowledgements acknowledgements, WorkerLogger log) {
        this.settings = settings;
        this.acknowledgements = acknowledgements;
        this.log = log;
    }

    /** @param arguments of {@link ProducerSettings#arguments} */
    public static void main(String... arguments) throws IOException, InterruptedException {
        ProducerSettings settings = ProducerSettings.parse(arguments);
        Acknowledgements acknowledgements = Acknowledgements.create(
                settings.acks(), settings.name(), settings.threads(), settings.messages(), settings.seed());
        try (WorkerLogger log = WorkerLogger.builder()
                .name(settings.name())
                .directory(settings.channel())
                .open()) {
            new Producer(settings, acknowledgements, log).runUntilInputEnds();
        }
    }

    private void runUntilInputEnds() throws IOException, InterruptedException {
        Thread[] threads = new Thread[settings.threads()];
        for (int i = 0; i < threads.length; i++) {
            int thread = i;
            threads[i] = new Thread(() -> produce(thread), Message.threadName(i));
            threads[i].start();
        }
        Thread syncs = new Thread(this::waitForSynced, "syncs");
        syncs.setDaemon(true);
        if (settings.syncNs() > 0) {
            syncs.start();
        }
        while (System.in.read() >= 0) {
            // whatever it is; the end is the signal
        }
        stopped = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
            thread.join();
        }
    }

    private void produce(int thread) {
        Account account = acknowledgements.account(thread);
        for (long i = 0; i < settings.messages() && !stopped; i++) {
            long sequence = account.issue();
            String text = Message.text(settings.seed(), settings.name(), thread, sequence);
            Level level = Level.canonical(Message.severity(settings.seed(), settings.name(), thread, sequence));
            if (log(level, thread, sequence, text)) {
                account.acknowledged(sequence, level.severity(), text);
            } else {
                account.declined(level.severity());
            }
            if (settings.pauseNs() > 0) {
                LockSupport.parkNanos(settings.pauseNs());
            }
        }
        account.ended();
    }

    /** What was acknowledged before a sync that returns true must outlive a power cut. */
    private void waitForSynced() {
        long[] before = new long[settings.threads()];
        while (!stopped) {
            for (int i = 0; i < before.length; i++) {
                before[i] = acknowledgements.account(i).acknowledgedNow();
            }
            if (log.sync(SYNC_LIMIT)) {
                for (int i = 0; i < before.length; i++) {
                    acknowledgements.account(i).synced(before[i]);
                }
            }
            LockSupport.parkNanos(settings.syncNs());
        }
    }

    private boolean log(Level level, int thread, long sequence, String text) {
        String payload = text.substring(text.indexOf(' ') + 1);
        return switch ((int) (sequence & 3)) {
            case 0 -> log.log(level, text);
            case 1 -> log.log(level, "{}/{}/{} {}", settings.name(), thread, sequence, payload);
            case 2 ->
                log.at(level)
                        .arg(settings.name())
                        .arg(thread)
                        .arg(sequence)
                        .arg(payload)
                        .log("{}/{}/{} {}");
            default -> log.log(level, "{}", (Object) text);
        };
    }
}

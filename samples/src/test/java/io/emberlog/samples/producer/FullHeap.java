package io.emberlog.samples.producer;

import io.emberlog.message.Level;
import io.emberlog.samples.judge.Acknowledgements.Account;
import io.emberlog.samples.judge.Message;
import io.emberlog.worker.WorkerLogger;
import java.util.ArrayList;
import java.util.List;

/** Log calls while the heap is full to its last words. One thread. */
final class FullHeap {
    private static final int CALLS = 12;
    private static final int[] CHUNKS = {1 << 20, 1 << 16, 1 << 12, 1 << 8, 16};

    private final WorkerLogger log;
    private final ProducerSettings settings;
    private final int thread;
    private final String[] texts = new String[CALLS];
    private final Level[] levels = new Level[CALLS];
    private final boolean[] taken = new boolean[CALLS];
    /** Made ahead, of few frames and of many: their frames as objects are made when the call encodes them. */
    private final Throwable[] causes = new Throwable[CALLS];

    /** The caller makes these, and a heap that is full for it is not the logger's affair. */
    private final Object[][] arguments = new Object[CALLS][];

    private boolean calling;
    private long calls;
    private long declined;
    private Throwable thrown;

    FullHeap(WorkerLogger log, ProducerSettings settings, int thread) {
        this.log = log;
        this.settings = settings;
        this.thread = thread;
        for (int i = 0;
                i < CALLS;
                i++) { // what this class's own lines need when they run first; disabled, and so nothing of the logger's
            levels[i] = Level.TRACE;
            if (call(i)) {
                throw new IllegalStateException("TRACE is enabled");
            }
        }
    }

    long calls() {
        return calls;
    }

    long declined() {
        return declined;
    }

    /** What came out of a call; null as long as nothing did. */
    Throwable thrown() {
        return thrown;
    }

    /** A few calls, noted when there is room again. Nothing else here may need any. */
    void round(Account account) {
        long first = calls;
        for (int i = 0; i < CALLS; i++) {
            texts[i] = Message.text(settings.seed(), settings.name(), thread, first + i);
            levels[i] = Level.canonical(Message.severity(settings.seed(), settings.name(), thread, first + i));
            causes[i] = deep(i * 8);
            arguments[i] = (i & 3) == 1 ? new Object[] {texts[i]} : new Object[] {texts[i], causes[i]};
        }
        List<byte[]> ballast = new ArrayList<>(1 << 18);
        int made = 0;
        try {
            fill(ballast);
            for (; made < CALLS; made++) {
                account.issue();
                calling = true;
                taken[made] = call(made);
                calling = false;
            }
        } catch (Throwable out) {
            thrown = calling ? out : new IllegalStateException("not in a log call", out);
        }
        ballast.clear();
        for (int i = 0; i < made; i++) {
            if (taken[i]) {
                account.acknowledged(first + i, levels[i].severity(), texts[i]);
            } else {
                account.declined(levels[i].severity());
                declined++;
            }
        }
        calls += made;
    }

    private boolean call(int i) {
        return switch (i & 3) {
            case 0 -> log.log(levels[i], texts[i]);
            case 1 -> log.log(levels[i], "{}", arguments[i]);
            case 2 ->
                log.at(levels[i]).cause(causes[i]).kv("i", i).arg(texts[i]).log("{}");
            default -> log.log(levels[i], "{}", arguments[i]);
        };
    }

    private static void fill(List<byte[]> ballast) {
        for (int chunk : CHUNKS) {
            try {
                while (ballast.size() < 1 << 18) {
                    ballast.add(new byte[chunk]);
                }
            } catch (OutOfMemoryError full) {
                continue; // that is the aim; what is left is filled with smaller ones
            }
        }
    }

    private static Throwable deep(int frames) {
        return frames == 0 ? new IllegalStateException("a cause") : deep(frames - 1);
    }
}

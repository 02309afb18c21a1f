package io.emberlog.samples.producer;

import io.emberlog.message.Level;
import io.emberlog.worker.WorkerLogger;
import java.util.Random;

/**
 * Makes log calls at a drawn distance from the end of the calling thread's stack. One thread.
 *
 * <p>A call that throws has done and counted nothing: that is the promise, and so it is made again, with the same text. A
 * record that was taken all the same would be doubled then, and a count would be one too many; the judge sees both.
 */
final class StackEnd {
    /** Frames of {@link #descend} in which all of a log call has room, interpreted or compiled. */
    private static final int DEEPEST_CALL = 400;

    private static final int CALLS_PER_MEASURE = 64;

    private enum Outcome {
        NOT_MADE,
        IN_CALL,
        TRUE,
        FALSE
    }

    private final WorkerLogger log;
    private final Random random;
    private int frames;
    private int reached;
    private int calls;
    private Outcome outcome = Outcome.NOT_MADE;
    private long threw;

    StackEnd(WorkerLogger log, long seed) {
        this.log = log;
        this.random = new Random(seed);
    }

    /** Calls that ended in an error. */
    long threw() {
        return threw;
    }

    boolean log(Level level, String text) {
        if (calls++ % CALLS_PER_MEASURE == 0) {
            measure();
        }
        for (int tries = 0; ; tries++) {
            int left = Math.max(0, frames - random.nextInt(DEEPEST_CALL) - 4 * tries);
            outcome = Outcome.NOT_MADE;
            try {
                descend(left, level, text);
            } catch (StackOverflowError e) {
                threw += outcome == Outcome.IN_CALL ? 1 : 0;
            }
            if (outcome == Outcome.TRUE || outcome == Outcome.FALSE) {
                return outcome == Outcome.TRUE;
            }
        }
    }

    /** How many frames there are changes when the compiler gets to them. */
    private void measure() {
        try {
            reached = 0;
            bottom();
        } catch (StackOverflowError end) {
            frames = reached;
        }
    }

    private void bottom() {
        reached++;
        descend(-1, null, null);
    }

    private void descend(int left, Level level, String text) {
        if (left < 0) {
            reached++;
            descend(left, level, text);
        } else if (left > 0) {
            descend(left - 1, level, text);
        } else {
            outcome = Outcome.IN_CALL;
            outcome = log.log(level, text) ? Outcome.TRUE : Outcome.FALSE;
        }
    }
}

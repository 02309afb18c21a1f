package io.emberlog.master.fanout;

import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.Level;
import org.agrona.concurrent.NanoClock;

/** One handler's way to the operator: a few reports of each topic in ten seconds, the others counted. Any thread. */
final class AgentReports {
    /** Limited apart from each other, so that a flood of one does not hide the others. */
    enum Topic {
        REJECTED,
        RETRY,
        LIFE,
        CHECKPOINT,
        JOURNAL,
        HANDLER
    }

    static final int MOST_PER_WINDOW = 5;
    static final long WINDOW_NS = 10_000_000_000L;

    private final String handler;
    private final ReportSink sink;
    private final NanoClock clock;
    private volatile String problem;
    private volatile long lost;
    private long toldBehind;
    private final Window[] windows = new Window[Topic.values().length];

    AgentReports(String handler, ReportSink sink, NanoClock clock) {
        this.handler = handler;
        this.sink = sink;
        this.clock = clock;
        for (int i = 0; i < windows.length; i++) {
            windows[i] = new Window(clock.nanoTime());
        }
    }

    /** What the handler suffers from now; null when all is well. */
    String problem() {
        return problem;
    }

    /** Shown by {@link HandlerStatus} until {@link #recovered}. */
    void suffers(String what) {
        problem = what;
    }

    void recovered(Topic topic, String text) {
        problem = null;
        report(topic, Level.INFO, text, null);
    }

    /** What a reader finds wrong with the journal. */
    JournalListener ofJournal() {
        return new JournalListener() {
            @Override
            public void onBroken(long index, String what) {
                report(Topic.JOURNAL, Level.ERROR, "the journal is damaged at " + index + ": " + what, null);
            }

            @Override
            public void onGap(long expectedSequence, long foundSequence) {
                if (foundSequence > expectedSequence) {
                    missing(expectedSequence, foundSequence - 1);
                } else {
                    String text = "the journal's numbers go back from " + expectedSequence + " to " + foundSequence;
                    report(Topic.JOURNAL, Level.ERROR, text, null);
                }
            }
        };
    }

    /** Records that this handler will not get, since this start. Any thread. */
    long lost() {
        return lost;
    }

    /** The handler's thread. Not limited in rate, for each of them counts; a life that comes to the place again tells nothing. */
    private void missing(long first, long last) {
        long from = Math.max(first, toldBehind);
        if (from > last) {
            return;
        }
        toldBehind = last + 1;
        lost = lost + last - from + 1;
        try {
            sink.missing(
                    handler,
                    "handler " + handler + ": " + (last - from + 1) + " records are missing from the journal, numbers "
                            + from + " to " + last + "; goes on at " + (last + 1),
                    from,
                    last);
        } catch (RuntimeException e) {
            // Nobody is left to be told, and the handler must go on.
            assert e != null;
        }
    }

    /** @param text begins with a verb or a noun: the handler's name is put in front */
    void report(Topic topic, Level level, String text, Throwable cause) {
        long hidden = windows[topic.ordinal()].enter(clock.nanoTime());
        if (hidden < 0) {
            return;
        }
        try {
            String message = "handler " + handler + ": " + text;
            if (hidden > 0) {
                message += " (and " + hidden + " reports before it that were left out)";
            }
            sink.report(handler, level, message, cause);
        } catch (RuntimeException e) {
            // Nobody is left to be told, and the handler must go on.
            assert e != null;
        }
    }

    private static final class Window {
        private long startNs;
        private int shown;
        private long hidden;

        Window(long nowNs) {
            startNs = nowNs;
        }

        /** @return how many were hidden since the last one shown; -1 to hide this one, too */
        synchronized long enter(long nowNs) {
            if (nowNs - startNs >= WINDOW_NS) {
                startNs = nowNs;
                shown = 0;
            }
            if (shown == MOST_PER_WINDOW) {
                hidden++;
                return -1;
            }
            shown++;
            long before = hidden;
            hidden = 0;
            return before;
        }
    }
}

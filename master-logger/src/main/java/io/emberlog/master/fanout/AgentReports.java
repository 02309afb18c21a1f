package io.emberlog.master.fanout;

import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import java.util.EnumMap;
import java.util.Map;
import org.agrona.concurrent.NanoClock;

/**
 * One handler's way to the operator: a few reports of each topic in ten seconds, the others counted. Any thread.
 *
 * <p>The reports are records, which may go nowhere but to the handler that is in trouble. So an outage, which begins with the
 * second failure in a row and ends when the handler suffers from nothing any more, is also told past all handlers: a line when it
 * begins and a line when it ends, both at most every ten seconds; one that lasts is always told.
 */
final class AgentReports {
    /** Limited apart from each other, so that a flood of one does not hide the others. */
    enum Topic {
        REJECTED,
        ASIDE,
        RETRY,
        TICK,
        LIFE,
        CALL,
        CHECKPOINT,
        JOURNAL,
        HANDLER
    }

    static final int MOST_PER_WINDOW = 5;
    static final long WINDOW_NS = 10_000_000_000L;
    /** One failure alone is nothing: the next try is a tenth of a second away. */
    private static final int FAILURES_OF_AN_OUTAGE = 2;

    private final String handler;
    private final ReportSink sink;
    private final NanoClock clock;
    /** What the handler suffers from, by topic; the handler's thread alone. */
    private final Map<Topic, String> problems = new EnumMap<>(Topic.class);

    private volatile String problem;
    private boolean alarmed;
    private boolean everAlarmed;
    private long alarmedNs;
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

    /**
     * Shown by {@link HandlerStatus} until {@link #recovered}. The handler's thread, or the one that makes the agent.
     *
     * @param failures in a row
     * @param then what is done about it
     */
    void suffers(Topic topic, String what, Throwable cause, int failures, String then) {
        String text = cause == null ? what : what + ": " + IoReason.of(cause);
        problems.put(topic, text);
        problem = text;
        long now = clock.nanoTime();
        if (failures >= FAILURES_OF_AN_OUTAGE && !alarmed && (!everAlarmed || now - alarmedNs >= WINDOW_NS)) {
            alarmed = alarm(Level.WARN, text + (then.isEmpty() ? "" : "; " + then));
            everAlarmed |= alarmed;
            alarmedNs = now;
        }
    }

    /** As {@link #suffers}, of what no further try can mend. */
    void failed(String text, Throwable cause) {
        problems.put(Topic.LIFE, text);
        problem = text;
        report(Topic.LIFE, Level.ERROR, text, cause);
        alarm(Level.ERROR, text);
    }

    /** The handler's thread. */
    void recovered(Topic topic, String text) {
        over(topic);
        report(topic, Level.INFO, text, null);
        if (alarmed && problems.isEmpty()) {
            alarmed = !alarm(Level.INFO, "works again");
        }
    }

    /** What it suffered from there is not so any more, or of no account. */
    void over(Topic topic) {
        problems.remove(topic);
        problem = problems.isEmpty() ? null : problems.values().iterator().next();
    }

    /** It may come back at any time, and for as long as it does not its own thread cannot say so. Any thread. */
    void hangs(String text) {
        report(Topic.CALL, Level.WARN, text, null);
        alarm(Level.WARN, text);
    }

    /** After {@link #hangs}. */
    void cameBack(String text) {
        report(Topic.CALL, Level.INFO, text, null);
        alarm(Level.INFO, text);
    }

    private boolean alarm(Level level, String text) {
        try {
            return sink.alarm(handler, level, "handler " + handler + ": " + text);
        } catch (RuntimeException e) {
            // Nobody is left to be told, and the handler must go on.
            return false;
        }
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

    /** What was kept from the handler; not limited in rate, for whoever tells it does so rarely. */
    void summary(Level level, String text, MasterEvents.Field... fields) {
        try {
            sink.summary(handler, level, "handler " + handler + ": " + text, fields);
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

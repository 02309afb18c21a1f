package io.emberlog.master.fanout;

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
    private final Window[] windows = new Window[Topic.values().length];

    AgentReports(String handler, ReportSink sink, NanoClock clock) {
        this.handler = handler;
        this.sink = sink;
        this.clock = clock;
        for (int i = 0; i < windows.length; i++) {
            windows[i] = new Window(clock.nanoTime());
        }
    }

    void report(Topic topic, Level level, String message, Throwable cause) {
        long hidden = windows[topic.ordinal()].enter(clock.nanoTime());
        if (hidden < 0) {
            return;
        }
        try {
            sink.report(
                    handler,
                    level,
                    hidden == 0
                            ? message
                            : message + " (" + hidden + " more reports like this were left out before it)",
                    cause);
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

package io.emberlog.master.drain;

import io.emberlog.message.Level;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Tells the operator what the master's own records cannot tell in time: they go through the journal, and while that cannot be
 * written they wait in front of it. Lines are kept until a thread that may wait for stderr prints them. Of one kind at most one
 * line in ten seconds; those between are counted. Any thread.
 */
public final class Alarm {
    private static final long QUIET_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_WAITING = 100;
    private static final int MAX_LENGTH = 1_000;

    /** What ends a line, moves a cursor or turns the reading direction, as in all lines of records. */
    private static final Pattern CONTROLS =
            Pattern.compile("[\\p{Cntrl}\\u0080-\\u009F\\u061C\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069]");

    private static final class Kind {
        private long toldNs;
        private long untold;
    }

    private final Consumer<String> out;
    private final LongSupplier nanoTime;
    private final Map<String, Kind> kinds = new HashMap<>();
    private final Queue<String> waiting = new ArrayDeque<>();

    /** @param out takes one line each; called by {@link #print} alone */
    public Alarm(Consumer<String> out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
    }

    /** One line, unless one of this template was told just now; never waits. */
    synchronized void tell(Level level, String template, Object[] args) {
        long now = nanoTime.getAsLong();
        Kind kind = kinds.get(template); // as many as there are templates in the code
        if (kind == null) {
            kind = new Kind();
            kinds.put(template, kind);
        } else if (now - kind.toldNs < QUIET_NS) {
            kind.untold++;
            return;
        }
        String more = kind.untold == 0 ? "" : " (and " + kind.untold + " times more since the line before)";
        if (!keep(level, line(template, args) + more)) {
            kind.untold++;
            return;
        }
        kind.toldNs = now;
        kind.untold = 0;
    }

    /**
     * One line of a kind that its teller limits; never waits.
     *
     * @return false when too many wait to be printed
     */
    synchronized boolean tell(Level level, String text) {
        return keep(level, line("{}", new Object[] {text}));
    }

    private boolean keep(Level level, String line) {
        return waiting.size() < MAX_WAITING && waiting.add("emberlog: " + level.name() + " " + line);
    }

    /** Prints what waits. A thread that nothing else depends on at once: stderr may be a pipe that nobody reads. */
    public void print() {
        for (String line = next(); line != null; line = next()) {
            out.accept(line);
        }
    }

    private synchronized String next() {
        return waiting.poll();
    }

    /** A text from a cause may hold anything; a line stays one. */
    private static String line(String template, Object[] args) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (Object arg : args) {
            int place = template.indexOf("{}", from);
            if (place < 0) {
                break;
            }
            text.append(template, from, place).append(arg);
            from = place + 2;
        }
        text.append(template, from, template.length());
        if (text.length() > MAX_LENGTH) {
            text.setLength(MAX_LENGTH);
            text.append("...");
        }
        return CONTROLS.matcher(text).replaceAll("?");
    }
}

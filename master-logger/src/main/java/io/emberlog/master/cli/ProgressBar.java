package io.emberlog.master.cli;

import io.emberlog.master.replay.ReplayProgress;
import java.util.function.LongSupplier;

/**
 * One line on standard error that is written again and again while long work goes on, and gone when it is done. Draws
 * nothing where standard error is no terminal. One thread.
 */
final class ProgressBar implements ReplayProgress {
    private static final int WIDTH = 24;
    private static final long FIRST_NS = 300_000_000L;
    private static final long INTERVAL_NS = 100_000_000L;
    private static final String ERASE = "\r\u001B[K";

    private final Terminal terminal;
    private final boolean enabled;
    private final LongSupplier nanoTime;
    private final long startNs;
    private long nextNs;
    private boolean drawn;

    ProgressBar(Terminal terminal, boolean enabled, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.enabled = enabled && terminal.colourErr();
        this.nanoTime = nanoTime;
        startNs = nanoTime.getAsLong();
        nextNs = startNs + FIRST_NS;
    }

    @Override
    public void at(long bytesRead, long total) {
        if (!enabled) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (now - nextNs >= 0 && total > 0) {
            nextNs = now + INTERVAL_NS;
            draw(Math.min(1, (double) bytesRead / total), bytesRead, now - startNs);
        }
    }

    /** Leaves the line as if nothing had been there. */
    void clear() {
        if (drawn) {
            terminal.err().print(ERASE);
            terminal.err().flush();
            drawn = false;
        }
    }

    private void draw(double share, long bytesRead, long elapsedNs) {
        int filled = (int) (share * WIDTH);
        long perSecond = (long) (bytesRead / (elapsedNs / 1e9));
        terminal.err()
                .print(ERASE + '[' + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " + (int) (share * 100)
                        + " %  " + Plain.bytes(bytesRead) + "  " + Plain.bytes(perSecond) + "/s");
        terminal.err().flush();
        drawn = true;
    }
}

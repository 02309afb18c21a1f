package io.emberlog.master.cli;

import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.StatSampler;
import java.io.IOException;

/** Looks at a channel again and again: repaints a terminal, writes a line or an object each time elsewhere. One thread. */
final class StatWatch {
    private final Terminal terminal;
    private final boolean json;

    StatWatch(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
    }

    /**
     * @param sampler has begun
     * @param count ends after so many; null for never
     * @return the exit code
     */
    int run(StatSampler sampler, long intervalNs, Long count) throws IOException {
        StatScreen screen = terminal.paintable() && !json ? new StatScreen(terminal) : null;
        for (long left = count == null ? Long.MAX_VALUE : count; left > 0; left--) {
            if (!StatCommand.pause(intervalNs)) {
                return ExitCodes.INTERRUPTED;
            }
            ChannelStat stat = sampler.take();
            if (screen != null) {
                screen.repaint(stat);
            } else {
                terminal.out().println(json ? StatJson.of(stat) : StatLine.of(stat));
            }
            if (terminal.out().checkError()) { // flushes, too
                return ExitCodes.DONE; // whoever read it has seen enough, or it is told why nobody can
            }
        }
        return ExitCodes.DONE;
    }
}

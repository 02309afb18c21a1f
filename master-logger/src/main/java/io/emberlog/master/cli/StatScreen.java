package io.emberlog.master.cli;

import io.emberlog.master.stat.ChannelStat;
import java.io.PrintWriter;
import java.io.StringWriter;

/** {@code stat} painted over itself, in place, as much as the terminal has lines for; the last one stays. One thread. */
final class StatScreen {
    private static final String CLEAR = "\u001B[H\u001B[2J";
    private static final String HOME = "\u001B[H";
    private static final String NO_WRAP = "\u001B[?7l";
    private static final String WRAP = "\u001B[?7h";
    private static final String ERASE_LINE = "\u001B[K";
    private static final String ERASE_BELOW = "\u001B[J";

    private final Terminal terminal;
    private boolean painted;

    StatScreen(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Line over line, so that nothing flickers. */
    void repaint(ChannelStat stat) {
        StringWriter page = new StringWriter();
        PrintWriter out = new PrintWriter(page);
        out.println(Plain.time(stat.takenEpochNs()));
        new StatTable(out, terminal.colourOut()).print(stat);
        out.flush();
        terminal.out().print(painted ? HOME : CLEAR);
        terminal.out().print(NO_WRAP);
        page.toString()
                .lines()
                .limit(Tty.size().rows() - 1L)
                .forEach(line -> terminal.out().println(line + ERASE_LINE));
        terminal.out().print(ERASE_BELOW + WRAP);
        painted = true;
    }
}

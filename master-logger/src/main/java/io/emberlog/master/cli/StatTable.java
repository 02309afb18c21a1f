package io.emberlog.master.cli;

import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.ChannelStat.Dropped;
import io.emberlog.master.stat.ChannelStat.State;
import io.emberlog.master.stat.ChannelStat.Worker;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code stat} for people: a line on the master, the journal, then a table of workers and one of handlers. */
final class StatTable {
    private static final String RED = "\u001B[31m";
    private static final String YELLOW = "\u001B[33m";
    private static final String GREEN = "\u001B[32m";
    private static final String BOLD = "\u001B[1m";
    private static final String RESET = "\u001B[0m";
    private static final int MAX_NAME = 32;

    private final PrintWriter out;
    private final boolean colour;

    StatTable(PrintWriter out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    void print(ChannelStat stat) {
        out.println("channel   " + Plain.text(stat.channel().toString()));
        out.println("state     " + Plain.text(stat.state().toString()));
        out.println("master    " + master(stat.master()));
        printJournal(stat);
        out.println();
        printWorkers(stat);
        if (!stat.handlers().isEmpty()) {
            out.println();
            printHandlers(stat);
        }
    }

    private String master(ChannelStat.Master master) {
        if (master == null) {
            return painted("none", YELLOW) + ", and none has run here";
        }
        String who = "pid " + master.pid() + (master.name().isEmpty() ? "" : " (" + Plain.text(master.name()) + ')');
        return master.running()
                ? painted("running", GREEN) + ", " + who
                : painted("not running", YELLOW) + ", the last was " + who;
    }

    private void printJournal(ChannelStat stat) {
        ChannelStat.Journal journal = stat.journal();
        if (journal == null) {
            out.println("journal   none");
            return;
        }
        String records = journal.firstSequence() < 0
                ? "no records"
                : "seq " + journal.firstSequence() + " to " + (journal.nextSequence() - 1) + ", "
                        + Plain.count(journal.recordsPerSecond()) + " records/s";
        out.println("journal   " + records + "; " + Plain.count(journal.segments(), "segment") + ", "
                + Plain.bytes(journal.allocatedBytes()) + " on disk (" + Plain.bytes(journal.apparentBytes())
                + " apparent)"
                + (journal.appendedEpochNs() < 0
                        ? ""
                        : "; last append " + ago(stat.takenEpochNs() - journal.appendedEpochNs())));
    }

    private void printWorkers(ChannelStat stat) {
        if (stat.workers().isEmpty()) {
            out.println("no workers");
        } else {
            Rows rows = new Rows(
                    "WORKER",
                    "PID>",
                    "STATE",
                    "RING>",
                    "USE>",
                    "BACKLOG>",
                    "BYTES/S>",
                    "RECORDS/S>",
                    "DROPS/S>",
                    "DROPPED>");
            for (Worker worker : stat.workers()) {
                rows.add(
                        cut(Plain.text(worker.name())),
                        Long.toString(worker.pid()),
                        worker.state().name().toLowerCase(Locale.ROOT),
                        Plain.bytes(worker.capacityBytes()),
                        String.format(Locale.ROOT, "%.1f %%", 100 * worker.use()),
                        Plain.bytes(worker.backlogBytes()),
                        Plain.bytes(worker.bytesPerSecond()),
                        worker.recordsPerSecond() < 0 ? "-" : Plain.count(worker.recordsPerSecond()),
                        Plain.count(worker.droppedPerSecond()),
                        Plain.count(worker.droppedTotal()));
                rows.paint(2, colourOf(worker.state()));
                rows.paint(8, worker.droppedPerSecond() > 0 ? RED : "");
                rows.paint(9, worker.droppedTotal() > 0 ? RED : "");
            }
            rows.print();
        }
        for (Worker worker : stat.workers()) {
            for (Dropped dropped : worker.dropped()) {
                out.println("dropped   " + Plain.text(worker.name()) + ": " + Plain.count(dropped.count()) + ' '
                        + dropped.level() + " (" + dropped.reason() + ')');
            }
        }
        stat.quarantined().forEach(file -> out.println("set aside " + Plain.text(file.toString())));
        stat.unreadable().forEach(ring -> out.println("unreadable " + Plain.text(ring.file() + ": " + ring.why())));
    }

    private void printHandlers(ChannelStat stat) {
        Rows rows = new Rows("HANDLER", "NEXT SEQ>", "LAG RECORDS>", "LAG>", "LOST>");
        for (ChannelStat.Handler handler : stat.handlers()) {
            rows.add(
                    cut(Plain.text(handler.name())),
                    handler.nextSequence() < 0 ? "-" : Long.toString(handler.nextSequence()),
                    handler.lagRecords() < 0 ? "-" : Plain.count(handler.lagRecords()),
                    Plain.seconds(handler.lagNs()),
                    handler.lostRecords() < 0 ? "-" : Plain.count(handler.lostRecords()));
            rows.paint(4, handler.lostRecords() > 0 ? RED : "");
        }
        rows.print();
    }

    private static String colourOf(State state) {
        return switch (state) {
            case ALIVE -> GREEN;
            case DEAD, HUNG -> RED;
            default -> YELLOW;
        };
    }

    private static String cut(String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME - 1) + '~';
    }

    private static String ago(long ns) {
        Duration age = Duration.ofNanos(Math.max(0, ns));
        if (age.toSeconds() < 1) {
            return "just now";
        }
        if (age.toMinutes() < 2) {
            return age.toSeconds() + " s ago";
        }
        return age.toHours() < 2
                ? age.toMinutes() + " min ago"
                : age.toHours() < 48 ? age.toHours() + " h ago" : age.toDays() + " days ago";
    }

    private String painted(String text, String sequence) {
        return colour && !sequence.isEmpty() ? sequence + text + RESET : text;
    }

    /** Columns as wide as their widest cell; a heading that ends in {@code >} is that of numbers, to the right. */
    private final class Rows {
        private final List<String[]> cells = new ArrayList<>();
        private final List<String[]> paints = new ArrayList<>();
        private final boolean[] right;

        Rows(String... headings) {
            right = new boolean[headings.length];
            String[] head = new String[headings.length];
            for (int i = 0; i < headings.length; i++) {
                right[i] = headings[i].endsWith(">");
                head[i] = right[i] ? headings[i].substring(0, headings[i].length() - 1) : headings[i];
            }
            add(head);
            for (int i = 0; i < head.length; i++) {
                paint(i, BOLD);
            }
        }

        void add(String... row) {
            cells.add(row);
            paints.add(new String[row.length]);
        }

        /** Of the row added last. */
        void paint(int column, String sequence) {
            paints.get(paints.size() - 1)[column] = sequence;
        }

        void print() {
            int[] widths = new int[right.length];
            for (String[] row : cells) {
                for (int i = 0; i < row.length; i++) {
                    widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
                }
            }
            for (int r = 0; r < cells.size(); r++) {
                StringBuilder line = new StringBuilder();
                for (int i = 0; i < widths.length; i++) {
                    String cell = cells.get(r)[i];
                    String paint = paints.get(r)[i];
                    String pad = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
                    line.append(i == 0 ? "" : "  ")
                            .append(right[i] ? pad : "")
                            .append(painted(cell, paint == null ? "" : paint))
                            .append(right[i] || i == widths.length - 1 ? "" : pad);
                }
                out.println(line);
            }
        }
    }
}

package io.emberlog.master.cli;

import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.ChannelStat.State;
import io.emberlog.master.stat.ChannelStat.Worker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What {@code top} shows, as lines that fit a screen. Stateless. */
final class TopPage {
    private static final String BOLD = "\u001B[1m";
    private static final String REVERSE = "\u001B[7m";
    private static final String RED = "\u001B[31m";
    private static final String YELLOW = "\u001B[33m";
    private static final String KEYS = "q quit  r rate  b backlog  d drops  n name  p pause";

    /** By what the workers are sorted; the first of equals by name. */
    enum Order {
        rate(Comparator.comparingLong(Worker::recordsPerSecond).thenComparingLong(Worker::bytesPerSecond)),
        backlog(Comparator.comparingLong(Worker::backlogBytes)),
        drops(Comparator.comparingLong(Worker::droppedPerSecond).thenComparingLong(Worker::droppedTotal)),
        name(null);

        private final Comparator<Worker> largest;

        Order(Comparator<Worker> largest) {
            this.largest = largest;
        }

        /** The order behind a key; null when none is. */
        static Order of(int key) {
            for (Order order : values()) {
                if (order.name().charAt(0) == key) {
                    return order;
                }
            }
            return null;
        }

        private List<Worker> sorted(List<Worker> workers) {
            Comparator<Worker> byName = Comparator.comparing(Worker::name).thenComparing(Worker::pid);
            return workers.stream()
                    .sorted(largest == null ? byName : largest.reversed().thenComparing(byName))
                    .toList();
        }
    }

    private TopPage() {}

    /** Exactly as many lines as there are rows, unless there are fewer than 2. */
    static List<String> of(ChannelStat stat, Order order, boolean paused, Tty.Size size) {
        List<String> head = head(stat, paused);
        List<Worker> workers = order.sorted(stat.workers());
        List<String> table = table(workers);
        List<String> lines = new ArrayList<>();
        int rows = Math.max(2, size.rows());
        for (String line : head) {
            lines.add(cut(line, size.columns()));
        }
        lines.add("");
        int room = rows - 1 - lines.size();
        for (int i = 0; i < table.size() && i < room; i++) {
            boolean more = i == room - 1 && table.size() > room;
            String line = more ? "and " + Plain.count(table.size() - i, "more worker") : table.get(i);
            lines.add((more ? "" : i == 0 ? BOLD : paint(workers.get(i - 1))) + cut(line, size.columns()));
        }
        while (lines.size() > rows - 1) {
            lines.remove(lines.size() - 1);
        }
        while (lines.size() < rows - 1) {
            lines.add("");
        }
        lines.add(REVERSE + cut(KEYS + "   sorted by " + order.name(), size.columns()));
        return lines;
    }

    private static List<String> head(ChannelStat stat, boolean paused) {
        List<String> head = new ArrayList<>();
        ChannelStat.Master master = stat.master();
        head.add(Plain.time(stat.takenEpochNs()) + (paused ? "  PAUSED  " : "  ")
                + Plain.text(stat.channel().toString()) + "  "
                + (master != null && master.running() ? "master " + master.pid() : "no master"));
        List<Worker> workers = stat.workers();
        head.add("workers "
                + workers.stream().filter(w -> w.state() == State.ALIVE).count() + " alive of "
                + workers.size() + ", "
                + (stat.journal() == null ? "-" : Plain.count(stat.journal().recordsPerSecond())) + " records/s, "
                + Plain.bytes(workers.stream().mapToLong(Worker::bytesPerSecond).sum()) + "/s, "
                + Plain.count(
                        workers.stream().mapToLong(Worker::droppedPerSecond).sum()) + " drops/s"
                + (stat.quarantined().isEmpty() ? "" : ", " + stat.quarantined().size() + " set aside"));
        if (stat.journal() != null) {
            head.add("journal " + Plain.count(stat.journal().segments(), "segment") + ", "
                    + Plain.bytes(stat.journal().allocatedBytes()) + " on disk, next record "
                    + stat.journal().nextSequence()
                    + (stat.journal().deviceRefuses() ? ", " + StatTable.REFUSES : ""));
        }
        List<String> lags = stat.handlers().stream()
                .map(handler -> Plain.cut(StatTable.MAX_NAME, handler.name()) + ' '
                        + (handler.lagRecords() < 0 ? "-" : Plain.count(handler.lagRecords())) + " ("
                        + Plain.seconds(handler.lagNs()) + ")"
                        + (handler.lostRecords() > 0 ? " LOST " + Plain.count(handler.lostRecords()) : ""))
                .toList();
        if (!lags.isEmpty()) {
            head.add("lag     " + String.join(", ", lags));
        }
        return head;
    }

    private static List<String> table(List<Worker> workers) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        TextTable rows = new TextTable(
                out,
                false,
                "WORKER",
                "PID>",
                "STATE",
                "RECORDS/S>",
                "BYTES/S>",
                "BACKLOG>",
                "USE>",
                "DROPS/S>",
                "DROPPED>");
        for (Worker worker : workers) {
            rows.add(
                    Plain.cut(StatTable.MAX_NAME, worker.name()),
                    Long.toString(worker.pid()),
                    worker.state().name().toLowerCase(Locale.ROOT),
                    worker.recordsPerSecond() < 0 ? "-" : Plain.count(worker.recordsPerSecond()),
                    Plain.bytes(worker.bytesPerSecond()),
                    Plain.bytes(worker.backlogBytes()),
                    String.format(Locale.ROOT, "%.1f %%", 100 * worker.use()),
                    Plain.count(worker.droppedPerSecond()),
                    Plain.count(worker.droppedTotal()));
        }
        rows.print();
        out.flush();
        return text.toString().lines().toList();
    }

    private static String paint(Worker worker) {
        return switch (worker.state()) {
            case DEAD, HUNG -> RED;
            case ALIVE -> worker.droppedPerSecond() > 0 ? RED : "";
            default -> YELLOW;
        };
    }

    private static String cut(String line, int columns) {
        return line.length() <= columns
                ? line
                : line.substring(
                        0, line.offsetByCodePoints(0, Math.min(columns, line.codePointCount(0, line.length()))));
    }
}

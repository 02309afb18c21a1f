package io.emberlog.master.cli;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.PartProblems;
import io.emberlog.master.metrics.HandlerFigures;
import io.emberlog.master.metrics.HandlerFigures.Latency;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.ChannelStat.Dropped;
import io.emberlog.master.stat.ChannelStat.Kept;
import io.emberlog.master.stat.ChannelStat.State;
import io.emberlog.master.stat.ChannelStat.Worker;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** {@code stat} for people: a line on the master, the journal, then a table of workers, one of handlers, and one of
 * what the running master tells of these. */
final class StatTable {
    private static final String RED = "\u001B[31m";
    private static final String YELLOW = "\u001B[33m";
    private static final String GREEN = "\u001B[32m";
    private static final String RESET = "\u001B[0m";
    static final int MAX_NAME = 32;
    static final String REFUSES = "its device does not take documents";

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
        List<ChannelStat.Handler> live =
                stat.handlers().stream().filter(each -> each.live() != null).toList();
        if (!live.isEmpty()) {
            out.println();
            printMetrics(live);
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
        if (journal.deviceRefuses()) {
            out.println("          " + painted(REFUSES, RED)
                    + ": nothing is synced until it does; see the master's stderr");
        }
    }

    private void printWorkers(ChannelStat stat) {
        if (stat.workers().isEmpty()) {
            out.println("no workers");
        } else {
            TextTable rows = new TextTable(
                    out,
                    colour,
                    "WORKER",
                    "PID>",
                    "STATE",
                    "RING>",
                    "USE>",
                    "BACKLOG>",
                    "UNSYNCED>",
                    "BYTES/S>",
                    "RECORDS/S>",
                    "DROPS/S>",
                    "DROPPED>");
            for (Worker worker : stat.workers()) {
                rows.add(
                        Plain.cut(MAX_NAME, worker.name()),
                        Long.toString(worker.pid()),
                        worker.state().name().toLowerCase(Locale.ROOT),
                        Plain.bytes(worker.capacityBytes()),
                        String.format(Locale.ROOT, "%.1f %%", 100 * worker.use()),
                        Plain.bytes(worker.backlogBytes()),
                        worker.unsyncedBytes() < 0 ? "-" : Plain.bytes(worker.unsyncedBytes()),
                        Plain.bytes(worker.bytesPerSecond()),
                        worker.recordsPerSecond() < 0 ? "-" : Plain.count(worker.recordsPerSecond()),
                        Plain.count(worker.droppedPerSecond()),
                        Plain.count(worker.droppedTotal()));
                rows.paint(2, colourOf(worker.state()));
                rows.paint(9, worker.droppedPerSecond() > 0 ? RED : "");
                rows.paint(10, worker.droppedTotal() > 0 ? RED : "");
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

    /** Of what is kept from handlers, only the columns that have something to tell. */
    private void printHandlers(ChannelStat stat) {
        List<Column> kept = Arrays.stream(Column.values())
                .filter(column -> stat.handlers().stream().anyMatch(each -> column.of.applyAsLong(each.kept()) > 0))
                .toList();
        List<String> headings = new ArrayList<>(List.of("HANDLER", "NEXT SEQ>", "LAG RECORDS>", "LAG>", "LOST>"));
        kept.forEach(column -> headings.add(column.name().replace('_', ' ') + '>'));
        TextTable rows = new TextTable(out, colour, headings.toArray(String[]::new));
        for (ChannelStat.Handler handler : stat.handlers()) {
            List<String> row = new ArrayList<>(List.of(
                    Plain.cut(MAX_NAME, handler.name()),
                    handler.nextSequence() < 0 ? "-" : Long.toString(handler.nextSequence()),
                    handler.lagRecords() < 0 ? "-" : Plain.count(handler.lagRecords()),
                    Plain.seconds(handler.lagNs()),
                    handler.lostRecords() < 0 ? "-" : Plain.count(handler.lostRecords())));
            kept.forEach(column -> row.add(Plain.count(column.of.applyAsLong(handler.kept()))));
            rows.add(row.toArray(String[]::new));
            rows.paint(4, handler.lostRecords() > 0 ? RED : "");
        }
        rows.print();
    }

    /** What the master that runs tells of them; of what only some handlers have, only the columns that have something to tell. */
    private void printMetrics(List<ChannelStat.Handler> handlers) {
        boolean syncs = handlers.stream()
                .anyMatch(each -> each.live().figures().latency(Timer.SYNC).count() > 0);
        boolean disk = handlers.stream().anyMatch(each -> each.live().figures().gauge(Gauge.DISK_BYTES) >= 0);
        List<String> headings = new ArrayList<>(List.of(
                "HANDLER",
                "STATE",
                "UP>",
                "RECORDS>",
                "BYTES>",
                "ERRORS>",
                "RETRIES>",
                "WRITE AVG>",
                "WRITE P99>",
                "FLUSH AVG>",
                "FLUSH P99>"));
        headings.addAll(syncs ? List.of("SYNC AVG>", "SYNC P99>") : List.of());
        headings.addAll(disk ? List.of("ON DISK>", "FREE>") : List.of());
        TextTable rows = new TextTable(out, colour, headings.toArray(String[]::new));
        for (ChannelStat.Handler handler : handlers) {
            HandlerFigures figures = handler.live().figures();
            List<String> row = new ArrayList<>(List.of(
                    Plain.cut(MAX_NAME, handler.name()),
                    Plain.text(figures.state()),
                    Plain.seconds(handler.live().uptimeNs()),
                    count(figures.count(Counter.RECORDS)),
                    bytes(figures.count(Counter.BYTES)),
                    count(figures.count(Counter.ERRORS)),
                    count(figures.count(Counter.RETRIES))));
            addLatency(row, figures.latency(Timer.WRITE));
            addLatency(row, figures.latency(Timer.FLUSH));
            if (syncs) {
                addLatency(row, figures.latency(Timer.SYNC));
            }
            if (disk) {
                row.add(bytes(figures.gauge(Gauge.DISK_BYTES)));
                row.add(bytes(figures.gauge(Gauge.DISK_FREE_BYTES)));
            }
            rows.add(row.toArray(String[]::new));
            rows.paint(1, colourOf(figures.state()));
            rows.paint(5, figures.count(Counter.ERRORS) > 0 ? RED : "");
        }
        rows.print();
        for (ChannelStat.Handler handler : handlers) {
            String problem = handler.live().figures().problem();
            if (!problem.isEmpty()) {
                out.println("problem   " + Plain.text(handler.name() + ": " + problem));
            }
            String call = handler.live().figures().call();
            if (!call.isEmpty()) {
                out.println("problem   " + Plain.text(handler.name() + ": has not come back from " + call) + " for "
                        + Plain.seconds(handler.live().callNs()));
            }
            PartProblems parts = handler.live().figures().parts();
            parts.told()
                    .forEach((part, what) ->
                            out.println("problem   " + Plain.text(handler.name() + ": " + part + ' ' + what)));
            if (parts.further() > 0) {
                out.println("problem   " + Plain.text(handler.name()) + ": and " + Plain.count(parts.further())
                        + " further parts");
            }
        }
    }

    private static void addLatency(List<String> row, Latency latency) {
        row.add(latency.count() == 0 ? "-" : Plain.latency(latency.averageNs()));
        row.add(latency.count() == 0 ? "-" : Plain.latency(latency.p99Ns()));
    }

    private static String count(long value) {
        return value < 0 ? "-" : Plain.count(value);
    }

    private static String bytes(long value) {
        return value < 0 ? "-" : Plain.bytes(value);
    }

    private static String colourOf(String handlerState) {
        return switch (handlerState) {
            case "running" -> GREEN;
            case "failed", "abandoned" -> RED;
            default -> YELLOW;
        };
    }

    private enum Column {
        FILTERED(Kept::filtered),
        SAMPLED_OUT(Kept::sampledOut),
        LIMITED(Kept::limited),
        SILENCED(Kept::silenced),
        REDACTED(Kept::redacted);

        private final ToLongFunction<Kept> of;

        Column(ToLongFunction<Kept> of) {
            this.of = of;
        }
    }

    private static String colourOf(State state) {
        return switch (state) {
            case ALIVE -> GREEN;
            case DEAD, HUNG -> RED;
            default -> YELLOW;
        };
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
}

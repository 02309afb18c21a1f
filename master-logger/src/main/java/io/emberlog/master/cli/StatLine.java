package io.emberlog.master.cli;

import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.ChannelStat.State;
import io.emberlog.master.stat.ChannelStat.Worker;
import java.util.List;

/** A channel in one line, for {@code stat --watch} into a pipe. */
final class StatLine {
    private StatLine() {}

    static String of(ChannelStat stat) {
        List<Worker> workers = stat.workers();
        StringBuilder line = new StringBuilder(Plain.time(stat.takenEpochNs()))
                .append(" master ")
                .append(stat.master() != null && stat.master().running() ? "running" : "none")
                .append(", workers ")
                .append(workers.stream().filter(w -> w.state() == State.ALIVE).count())
                .append(" alive of ")
                .append(workers.size())
                .append(", ")
                .append(
                        stat.journal() == null
                                ? "-"
                                : Plain.count(stat.journal().recordsPerSecond()))
                .append(" records/s, ")
                .append(Plain.bytes(
                        workers.stream().mapToLong(Worker::bytesPerSecond).sum()))
                .append("/s, ")
                .append(Plain.count(
                        workers.stream().mapToLong(Worker::droppedPerSecond).sum()))
                .append(" drops/s, backlog ")
                .append(Plain.bytes(
                        workers.stream().mapToLong(Worker::backlogBytes).sum()));
        if (stat.journal() != null && stat.journal().deviceRefuses()) {
            line.append(", journal: ").append(StatTable.REFUSES);
        }
        for (ChannelStat.Handler handler : stat.handlers()) {
            line.append(", lag ")
                    .append(Plain.text(handler.name()))
                    .append(' ')
                    .append(handler.lagRecords() < 0 ? "-" : Plain.count(handler.lagRecords()))
                    .append(" (")
                    .append(Plain.seconds(handler.lagNs()))
                    .append(')');
        }
        return line.toString();
    }
}

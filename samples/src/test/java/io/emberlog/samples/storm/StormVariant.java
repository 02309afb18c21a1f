package io.emberlog.samples.storm;

import io.emberlog.lab.LabRun;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to set up workers and master that every storm must pass with zeros, too. A feature that changes how records
 * travel adds itself here.
 */
enum StormVariant {
    /** The defaults. */
    PLAIN(List.of(), List.of(), List.of()),
    /** The master holds records to put them in order. */
    REORDERED(List.of(), List.of("reorder_window = \"50 ms\""), List.of()),
    /** Workers that stage: areas that fill within milliseconds, and an interval that a kill rarely waits for. */
    BATCHED(List.of("EMBERLOG_FLUSH_INTERVAL=200ms", "EMBERLOG_BATCH_BYTES=8K"), List.of(), List.of()),
    /** Records as they are in rings on a disk: with position and checksum. */
    ON_DISK(List.of("EMBERLOG_RING_CHECKS=on"), List.of(), List.of()),
    /** Forced all the time, so that checkpoints wait for the device. */
    SYNCED(List.of(), List.of(), List.of("sync = \"100 ms\"", "sync_level = \"error\"")),
    /** All of them that go together, at once: what {@code mvn verify} has time for in place of each of them alone. */
    TOGETHER(
            List.of("EMBERLOG_RING_CHECKS=on"),
            List.of("reorder_window = \"50 ms\""),
            List.of("sync = \"100 ms\"", "sync_level = \"error\""));

    /** Part of a fault's count that each runs: together a little more than that count. */
    static final double SHARE = LabRun.isLong() ? 0.25 : 0.36;

    /** Those that this run makes. */
    static List<StormVariant> chosen() {
        return LabRun.isLong()
                ? List.of(PLAIN, REORDERED, BATCHED, ON_DISK, SYNCED)
                : List.of(PLAIN, BATCHED, TOGETHER);
    }

    /** Environment of each worker, as {@code NAME=value}. */
    final List<String> worker;
    /** Lines of the master's {@code [master]} table. */
    final List<String> master;
    /** Lines of the master's {@code [journal]} table. */
    final List<String> journal;

    StormVariant(List<String> worker, List<String> master, List<String> journal) {
        this.worker = worker;
        this.master = master;
        this.journal = journal;
    }

    /** Lines for {@link io.emberlog.samples.process.Master}, whose own ones end with the {@code [journal]} table. */
    String[] settings(String handler) {
        List<String> lines = new ArrayList<>(journal);
        lines.add("[master]");
        lines.add("stop_deadline = \"60 s\"");
        lines.addAll(master);
        lines.add(handler);
        return lines.toArray(new String[0]);
    }

    /** These and the variant's own. */
    String[] environment(String... further) {
        List<String> all = new ArrayList<>(worker);
        all.addAll(List.of(further));
        return all.toArray(new String[0]);
    }
}

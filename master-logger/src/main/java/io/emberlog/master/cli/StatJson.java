package io.emberlog.master.cli;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.master.metrics.HandlerFigures;
import io.emberlog.master.metrics.HandlerFigures.Latency;
import io.emberlog.master.metrics.MetricsFile;
import io.emberlog.master.stat.ChannelStat;
import io.emberlog.master.stat.ChannelStat.Dropped;
import io.emberlog.master.stat.ChannelStat.Worker;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code stat --json}: the keys are a contract (docs/tools.md); what is not known is absent. */
final class StatJson {
    private StatJson() {}

    static String of(ChannelStat stat) {
        JsonObject json = new JsonObject()
                .text("time", JsonObject.time(stat.takenEpochNs()))
                .text("channel", stat.channel().toString())
                .text("state", stat.state().toString())
                .number("sample_ms", TimeUnit.NANOSECONDS.toMillis(stat.sampleNs()));
        if (stat.master() != null) {
            json.raw(
                    "master",
                    new JsonObject()
                            .raw("running", Boolean.toString(stat.master().running()))
                            .number("pid", stat.master().pid())
                            .text("name", stat.master().name())
                            .toString());
        }
        json.array("workers", stat.workers(), StatJson::worker);
        json.array("quarantined", stat.quarantined(), path -> Plain.json(path.toString()));
        json.array(
                "unreadable",
                stat.unreadable(),
                ring -> new JsonObject()
                        .text("file", ring.file().toString())
                        .text("reason", ring.why())
                        .toString());
        if (stat.journal() != null) {
            json.raw("journal", journal(stat.journal()));
        }
        return json.array("handlers", stat.handlers(), StatJson::handler).toString();
    }

    private static String handler(ChannelStat.Handler handler) {
        JsonObject json = new JsonObject()
                .text("name", handler.name())
                .number("next_seq", handler.nextSequence())
                .number("lag_records", handler.lagRecords())
                .seconds("lag_seconds", handler.lagNs())
                .number("lost_records", handler.lostRecords())
                .number("filtered_records", handler.kept().filtered())
                .number("sampled_out_records", handler.kept().sampledOut())
                .number("limited_records", handler.kept().limited())
                .number("silenced_records", handler.kept().silenced())
                .number("redacted_records", handler.kept().redacted());
        return (handler.live() == null ? json : json.raw("metrics", metrics(handler.live()))).toString();
    }

    private static String metrics(ChannelStat.Live live) {
        HandlerFigures figures = live.figures();
        JsonObject json = new JsonObject()
                .text("state", figures.state())
                .text("problem", figures.problem())
                .seconds("uptime_seconds", live.uptimeNs())
                .number("next_seq", figures.nextSequence())
                .number("lag_records", live.lagRecords())
                .seconds("lag_seconds", live.lagNs())
                .number("lost", figures.lost());
        json.text("call", figures.call()).seconds("call_seconds", live.callNs());
        if (!figures.parts().isEmpty()) {
            json.array("parts", List.copyOf(figures.parts().told().entrySet()), StatJson::part)
                    .number("further_parts", figures.parts().further());
        }
        for (Counter counter : Counter.values()) {
            json.number(MetricsFile.key(counter), figures.count(counter));
        }
        for (Gauge gauge : Gauge.values()) {
            json.number(MetricsFile.key(gauge), figures.gauge(gauge));
        }
        for (Timer timer : Timer.values()) {
            json.raw(MetricsFile.key(timer), latency(figures.latency(timer)));
        }
        return json.toString();
    }

    private static String part(Map.Entry<String, String> part) {
        return new JsonObject()
                .text("part", part.getKey())
                .text("problem", part.getValue())
                .toString();
    }

    private static String latency(Latency latency) {
        JsonObject json = new JsonObject().number("count", latency.count());
        return (latency.count() == 0
                        ? json
                        : json.exactSeconds("average_seconds", latency.averageNs())
                                .exactSeconds("p99_seconds", latency.p99Ns())
                                .exactSeconds("max_seconds", latency.maxNs()))
                .toString();
    }

    private static String worker(Worker worker) {
        return new JsonObject()
                .text("name", worker.name())
                .number("pid", worker.pid())
                .text("state", worker.state().name().toLowerCase(Locale.ROOT))
                .text("host", worker.host())
                .text("process", worker.process())
                .text("service", worker.service())
                .text("ring", worker.ring().toString())
                .text("file", worker.file().toString())
                .text("created", JsonObject.time(worker.createdEpochNs()))
                .number("capacity_bytes", worker.capacityBytes())
                .number("backlog_bytes", worker.backlogBytes())
                .number("unsynced_bytes", worker.unsyncedBytes())
                .raw("use", String.format(Locale.ROOT, "%.4f", worker.use()))
                .number("bytes_per_second", worker.bytesPerSecond())
                .number("records_per_second", worker.recordsPerSecond())
                .number("dropped_per_second", worker.droppedPerSecond())
                .number("dropped_total", worker.droppedTotal())
                .array("dropped", worker.dropped(), StatJson::dropped)
                .toString();
    }

    private static String dropped(Dropped dropped) {
        return new JsonObject()
                .text("reason", dropped.reason())
                .text("level", dropped.level())
                .number("severity", dropped.severity())
                .number("count", dropped.count())
                .toString();
    }

    private static String journal(ChannelStat.Journal journal) {
        JsonObject json = new JsonObject()
                .text("directory", journal.directory().toString())
                .number("segments", journal.segments())
                .number("first_seq", journal.firstSequence())
                .number("next_seq", journal.nextSequence())
                .number("apparent_bytes", journal.apparentBytes())
                .number("allocated_bytes", journal.allocatedBytes())
                .number("records_per_second", journal.recordsPerSecond())
                .raw("device_refuses", Boolean.toString(journal.deviceRefuses()));
        return (journal.appendedEpochNs() < 0
                        ? json
                        : json.text("last_append", JsonObject.time(journal.appendedEpochNs())))
                .toString();
    }
}

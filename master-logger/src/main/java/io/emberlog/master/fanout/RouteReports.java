package io.emberlog.master.fanout;

import io.emberlog.handler.filter.RateLimit;
import io.emberlog.master.drain.MasterEvents.Field;
import io.emberlog.master.silence.Silence;
import io.emberlog.message.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells what a handler's gate keeps from it: of the rate limit once a minute while it leaves something out, of a silence when it
 * begins and when it ends. The handler's thread only.
 *
 * <p>What is told counts from the last telling on, and in all. After a crash it may be told again, so it is the sum in all that
 * counts; none of it is lost, for the counters are in the checkpoint.
 */
final class RouteReports {
    static final long PERIOD_NS = TimeUnit.MINUTES.toNanos(1);

    private final String handler;
    private final RateLimit limit;
    private final RecordGate gate;
    private final AgentReports reports;
    private boolean counting;
    private long countedSinceNs;

    RouteReports(String handler, RateLimit limit, RecordGate gate, AgentReports reports) {
        this.handler = handler;
        this.limit = limit;
        this.gate = gate;
        this.reports = reports;
    }

    /** @param last nothing comes after this: what was left out is told at the next start */
    void tell(long nowNs, boolean last) {
        if (limit == null || last || gate.untold() == 0) {
            return;
        }
        if (!counting) {
            counting = true;
            countedSinceNs = nowNs;
        }
        if (nowNs - countedSinceNs >= PERIOD_NS) {
            counting = false;
            long count = gate.untold();
            gate.told();
            reports.summary(
                    Level.WARN,
                    "rate_limit " + limit + " has left out " + count + (count == 1 ? " record, " : " records, ")
                            + gate.limited() + " in all",
                    new Field("event", "rate limited"),
                    new Field("handler", handler),
                    new Field("records", count),
                    new Field("records_in_all", gate.limited()));
        }
    }

    /** These have come into force, and those have ended. */
    void muted(List<Silence> begun, List<GateState.InForce> ended) {
        for (Silence silence : begun) {
            reports.summary(
                    Level.NOTICE,
                    "silence " + silence.id() + " is in force until " + time(silence.untilEpochNs()) + ": "
                            + silence.expression() + (silence.reason().isEmpty() ? "" : " (" + silence.reason() + ")"),
                    new Field("event", "silence begun"),
                    new Field("handler", handler),
                    new Field("silence", silence.id()));
        }
        for (GateState.InForce silence : ended) {
            reports.summary(
                    Level.NOTICE,
                    "silence " + silence.id() + " has ended: " + silence.count()
                            + (silence.count() == 1 ? " record was" : " records were") + " not handed over: "
                            + silence.expression(),
                    new Field("event", "silence ended"),
                    new Field("handler", handler),
                    new Field("silence", silence.id()),
                    new Field("records", silence.count()));
        }
    }

    private static Instant time(long epochNs) {
        return Instant.ofEpochSecond(Math.floorDiv(epochNs, 1_000_000_000L), Math.floorMod(epochNs, 1_000_000_000L))
                .truncatedTo(ChronoUnit.SECONDS);
    }
}

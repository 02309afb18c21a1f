package io.emberlog.master.fanout;

import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.handler.filter.FilterSyntaxException;
import io.emberlog.handler.filter.RateLimiter;
import io.emberlog.handler.filter.Route;
import io.emberlog.handler.redact.Redactor;
import io.emberlog.master.silence.Silence;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which records a handler gets, and in what form; the one place for it. One thread.
 *
 * <p>The answer depends on the record and on what the gate remembers, and on nothing else. What it remembers ({@link #state}) is part of
 * the handler's checkpoint, so a redelivery from there repeats the answers: docs/decisions/095-gates-repeat-their-answers.md. {@link
 * #accepts} changes nothing; {@link #passed} makes its answer count.
 */
final class RecordGate {
    /** What became of a record, in the order in which it is asked. */
    enum Verdict {
        /** It tells of this handler's own trouble. */
        OWN_REPORT,
        MIN_LEVEL,
        MAX_LEVEL,
        FILTER,
        SAMPLE,
        SILENCE,
        RATE_LIMIT,
        TAKEN
    }

    /** A silence in force. */
    private static final class Muting {
        private final long id;
        private final FilterExpression expression;
        private final String text;
        private long count;

        Muting(GateState.InForce stored) {
            id = stored.id();
            text = stored.expression();
            expression = FilterExpression.parse(stored.expression());
            count = stored.count();
        }

        GateState.InForce state() {
            return new GateState.InForce(id, count, text);
        }
    }

    private final Route route;
    private final HandlerMetrics metrics;
    private final byte[] ownLogger;
    private final byte[] ownSummaries;
    private final Redactor redactor;
    private RateLimiter limiter;
    private List<Muting> mutings = List.of();
    private List<Muting> staged;
    private long[] counters = GateState.EMPTY.counters();

    private Verdict verdict;
    private Muting muting;
    private boolean redacted;
    private boolean limiterAsked;

    RecordGate(String handler, Route route, HandlerMetrics metrics) {
        this.route = route;
        this.metrics = metrics;
        ownLogger = ReportSink.loggerName(handler).getBytes(StandardCharsets.UTF_8);
        ownSummaries = ReportSink.summaryLoggerName(handler).getBytes(StandardCharsets.UTF_8);
        redactor = route.redaction().isNone() ? null : route.redaction().redactor();
        restore(GateState.EMPTY);
    }

    /** Goes on from there: the beginning of a life. A rate limit that was another then begins anew. */
    void restore(GateState state) {
        counters = state.counters();
        limiter = route.rateLimit() == null ? null : new RateLimiter(route.rateLimit());
        if (limiter != null && state.rateLimit().equals(route.rateLimit().toString())) {
            long[] stored = state.limiter();
            limiter.restore(stored[0], stored[1], stored[2]);
        }
        mutings = new ArrayList<>();
        for (GateState.InForce stored : state.silences()) {
            try {
                mutings.add(new Muting(stored));
            } catch (FilterSyntaxException e) {
                // of another version's language: it mutes nothing until the next look at the silences puts it in force
                // again
            }
        }
        staged = null;
        verdict = null;
    }

    /** Behind the last record passed; with what is {@linkplain #stage staged}, if something is. */
    GateState state() {
        long[] stored = limiter == null
                ? GateState.EMPTY.limiter()
                : new long[] {limiter.nowNs(), limiter.dueNs(), limiter.dueRest()};
        return new GateState(
                counters,
                stored,
                limiter == null ? "" : route.rateLimit().toString(),
                (staged == null ? mutings : staged).stream().map(Muting::state).toList());
    }

    /** @param journaledNs when the record was journaled, by the master's clock */
    boolean accepts(LogRecord record, long journaledNs) {
        redacted = false;
        limiterAsked = false;
        verdict = ask(record, journaledNs);
        return verdict == Verdict.TAKEN;
    }

    /** What was last answered. */
    Verdict verdict() {
        return verdict;
    }

    /** Of the silence that was in the way. */
    long mutedBy() {
        return muting.id;
    }

    private Verdict ask(LogRecord record, long journaledNs) {
        EntryDecoder entry = record.entry();
        if (isLogger(entry, ownLogger) && isOfAMaster(record.worker())) {
            return Verdict.OWN_REPORT;
        }
        int severity = entry.severity();
        if (severity < route.minSeverity()) {
            return Verdict.MIN_LEVEL;
        }
        if (severity > route.maxSeverity()) {
            return Verdict.MAX_LEVEL;
        }
        if (!route.filter().accepts(record)) {
            return Verdict.FILTER;
        }
        boolean aboutThisGate = isLogger(entry, ownSummaries) && isOfAMaster(record.worker());
        return aboutThisGate ? Verdict.TAKEN : thin(record, journaledNs);
    }

    private Verdict thin(LogRecord record, long journaledNs) {
        if (route.sample() != null && !route.sample().accepts(record)) {
            return Verdict.SAMPLE;
        }
        for (int i = 0; i < mutings.size(); i++) {
            if (mutings.get(i).expression.accepts(record)) {
                muting = mutings.get(i);
                return Verdict.SILENCE;
            }
        }
        if (limiter == null) {
            return Verdict.TAKEN;
        }
        limiterAsked = true;
        return limiter.ask(record.entry().timestampNs(), journaledNs) ? Verdict.TAKEN : Verdict.RATE_LIMIT;
    }

    /** The record as the handler may see it: the same one, or another that is valid until the next call. */
    LogRecord redacted(LogRecord record) {
        if (redactor == null) {
            return record;
        }
        LogRecord shown = redactor.redact(record);
        redacted = shown != record;
        return shown;
    }

    /** The record last asked about is done with. */
    void passed() {
        switch (verdict) {
            case MIN_LEVEL, MAX_LEVEL, FILTER -> count(GateState.FILTERED, Counter.FILTERED);
            case SAMPLE -> count(GateState.SAMPLED, Counter.SAMPLED_OUT);
            case SILENCE -> {
                muting.count++;
                count(GateState.SILENCED, Counter.SILENCED);
            }
            case RATE_LIMIT -> count(GateState.LIMITED, Counter.LIMITED);
            default -> {} // taken, or never meant for it
        }
        if (limiterAsked) {
            limiter.passed();
        }
        if (redacted) {
            count(GateState.REDACTED, Counter.REDACTED);
        }
    }

    private void count(int counter, Counter metric) {
        counters[counter]++;
        metrics.add(metric, 1);
    }

    /** Records that the rate limit has left out and no record has told of. */
    long untold() {
        return counters[GateState.LIMITED] - counters[GateState.LIMITED_TOLD];
    }

    /** Records that the rate limit has left out, over the life of the handler's name. */
    long limited() {
        return counters[GateState.LIMITED];
    }

    /** They were told of. */
    void told() {
        counters[GateState.LIMITED_TOLD] = counters[GateState.LIMITED];
    }

    /** Whether these are the ones in force. */
    boolean isMutedBy(List<Silence> silences) {
        return silences.size() == mutings.size() && silences.stream().allMatch(this::isMutedBy);
    }

    /** Whether that one is in force. */
    boolean isMutedBy(Silence silence) {
        return find(silence) != null;
    }

    /** By its expression, too: once somebody has removed the file of the silences, ids begin anew. */
    private Muting find(Silence silence) {
        for (Muting each : mutings) {
            if (each.id == silence.id() && each.text.equals(silence.expression().toString())) {
                return each;
            }
        }
        return null;
    }

    /** Puts them into {@link #state}; not yet in force. */
    void stage(List<Silence> silences) {
        List<Muting> next = new ArrayList<>();
        for (Silence silence : silences) {
            Muting known = find(silence);
            next.add(
                    known != null
                            ? known
                            : new Muting(new GateState.InForce(
                                    silence.id(), 0, silence.expression().toString())));
        }
        staged = next;
    }

    /** Those in force stay. */
    void unstage() {
        staged = null;
    }

    /**
     * What was staged comes into force.
     *
     * @return those that were and are no more
     */
    List<GateState.InForce> commit() {
        List<GateState.InForce> ended = mutings.stream()
                .filter(each -> !staged.contains(each))
                .map(Muting::state)
                .toList();
        mutings = staged;
        staged = null;
        return ended;
    }

    /** A worker's logger may have any name. */
    private static boolean isOfAMaster(WorkerIdentity worker) {
        return worker.process().equals(ReportSink.MASTER_PROCESS)
                && worker.service().equals(ReportSink.MASTER_SERVICE);
    }

    private static boolean isLogger(EntryDecoder entry, byte[] name) {
        if (entry.sectionLength(MessageDescriptor.LOGGER) != name.length) {
            return false;
        }
        int offset = entry.sectionOffset(MessageDescriptor.LOGGER);
        return Arrays.equals(entry.buffer(), offset, offset + name.length, name, 0, name.length);
    }
}

package io.emberlog.handler.alert;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.handler.alert.AlertService.Outgoing;
import io.emberlog.handler.delivery.CircuitBreaker;
import io.emberlog.message.Level;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Turns records into few messages that account for all of them. {@link #handle} counts and never waits for the service; {@link #tick}
 * sends what is due. While the service is away records are still counted, and what is told when it is back covers them.
 *
 * <p><b>Counts.</b> The checkpoint holds all groups with their counts, so each record is counted exactly once whatever happens to the
 * process. A message is sent at least once:
 *
 * <pre>
 *  the process dies after                     a new life sees                        and
 *  A1 a record was counted                    the counts before it                   gets the record again, counts it
 *  A2 a message was composed                  records that are not told              composes it anew, with what came since
 *  A3 the service took the message            the same                               sends it once more
 *  A4 one of several parts was sent           the same                               sends all parts once more
 *  A5 the checkpoint after it was stored      they are told                          goes on
 * </pre>
 *
 * <p><b>Bounds.</b> {@code max_groups} groups of bounded texts, breadcrumbs of a bounded number of workers, one message on its way.
 * One thread.
 */
public final class AlertHandler implements Handler {
    private static final int PART_AT_ONCE = 10;
    private static final int LEAST_AT_ONCE = 5;
    private static final long MOST_AT_A_TIME_NS = 1_000_000_000L;

    private final AlertSettings settings;
    private final AlertService service;
    private final RecordText text = new RecordText();
    private final Breadcrumbs breadcrumbs;
    private final Groups groups;
    private final RateWindow pace;
    private final CircuitBreaker breaker = new CircuitBreaker();

    /** Parts of a message of which the first was sent; empty otherwise. */
    private final Deque<Outgoing> rest = new ArrayDeque<>();

    private List<Covered> covered = List.of();
    private HandlerContext context;

    /** A group, and what a message says of it. */
    private record Covered(Group group, Notice notice) {}

    public AlertHandler(AlertSettings settings, AlertService service) {
        this.settings = settings;
        this.service = service;
        breadcrumbs = new Breadcrumbs(settings.breadcrumbs(), text);
        groups = new Groups(settings, text, breadcrumbs);
        int atOnce = Math.max(LEAST_AT_ONCE, settings.messagesPerHour() / PART_AT_ONCE);
        pace = new RateWindow(atOnce, atOnce * (TimeUnit.HOURS.toNanos(1) / settings.messagesPerHour()));
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        forget();
        groups.begin(newContext.nanoTime());
        byte[] state = newContext.state();
        if (state != null) {
            List<Group> known = AlertState.decode(state, newContext.nanoTime(), newContext.epochNs());
            if (known == null) {
                newContext.report(
                        Level.ERROR,
                        "its stored state is of another version or damaged; groups begin anew, and what was not told of is not"
                                + " told",
                        null);
            } else {
                known.forEach(groups::restore);
            }
        }
        service.open(newContext);
    }

    @Override
    public void handle(LogRecord record) {
        groups.add(record, context.nanoTime());
        breadcrumbs.add(record);
    }

    @Override
    public void observe(LogRecord record) {
        breadcrumbs.add(record);
    }

    /** Nothing: a message waits for more of its kind, and what it would say is in the checkpoint. */
    @Override
    public void flush() {
        // see tick
    }

    @Override
    public void tick(long nowNs) throws IOException {
        groups.forgetTold(nowNs);
        if (rest.isEmpty()) {
            if (pace.waitNs(nowNs) > 0) {
                return; // what is due becomes one message with what becomes due meanwhile
            }
            List<Group> due = groups.due(nowNs);
            if (due.isEmpty() || service.waitNs(nowNs) > 0) {
                return;
            }
            begin(due, nowNs, false);
        }
        sendRest(MOST_AT_A_TIME_NS);
    }

    /** The master ends: tells all that was not told. */
    @Override
    public void finish() throws IOException {
        long nowNs = context.nanoTime();
        sendRest(Long.MAX_VALUE);
        if (!rest.isEmpty()) {
            throw new RetryLaterException("its service takes no more messages now", service.waitNs(nowNs));
        }
        List<Group> untold = groups.untold();
        if (untold.isEmpty()) {
            return;
        }
        if (service.waitNs(nowNs) > 0) {
            throw new RetryLaterException("its service takes no more messages now", service.waitNs(nowNs));
        }
        begin(untold, nowNs, true);
        finish();
    }

    @Override
    public byte[] checkpoint() {
        return AlertState.encode(groups.all(), context.nanoTime(), context.epochNs());
    }

    @Override
    public void close() throws IOException {
        forget();
        service.close();
    }

    private void forget() {
        groups.clear();
        breadcrumbs.clear();
        rest.clear();
        covered = List.of();
    }

    /** Composes a message and sends its first part; throws, and forgets the message, when that fails. */
    private void begin(List<Group> due, long nowNs, boolean stopping) throws IOException {
        List<Covered> covers = new ArrayList<>();
        for (Group group : due) {
            covers.add(new Covered(group, groups.notice(group, nowNs, stopping)));
        }
        Bulletin bulletin = new Bulletin(
                settings.title(), covers.stream().map(Covered::notice).toList());
        List<Outgoing> parts = service.compose(bulletin);
        try {
            attempt(parts.get(0));
        } catch (MessageRefusedException e) {
            tell("a message, which is sent without the text of records", e);
            Outgoing plain = parts.get(0).plain();
            if (plain == null) {
                parts = service.compose(bulletin.plain());
                plain = parts.get(0);
            }
            attemptPlain(plain);
        }
        pace.take(nowNs);
        covered = covers;
        rest.addAll(parts.subList(1, parts.size()));
        if (rest.isEmpty()) {
            told();
        }
    }

    /** The counts at least must arrive. */
    private void attemptPlain(Outgoing plain) throws IOException {
        try {
            attempt(plain);
        } catch (MessageRefusedException e) {
            failed(e.getMessage());
            throw new IOException("its service refuses a message that holds nothing but counts: " + e.getMessage());
        }
    }

    private void tell(String what, MessageRefusedException why) {
        context.report(Level.WARN, "its service refused " + what + ": " + why.getMessage(), null);
    }

    /**
     * As far as the limits of the service allow.
     *
     * @param mostNs after so long no further part is begun: records wait meanwhile
     */
    private void sendRest(long mostNs) throws IOException {
        long beganNs = context.nanoTime();
        while (!rest.isEmpty() && service.waitNs(context.nanoTime()) <= 0 && context.nanoTime() - beganNs < mostNs) {
            try {
                attempt(rest.peekFirst());
            } catch (MessageRefusedException e) {
                Outgoing plain = rest.peekFirst().plain();
                tell(plain == null ? "a part of a message, whose counts it has" : "a message, which is sent plain", e);
                if (plain != null) {
                    attemptPlain(plain);
                }
            }
            rest.removeFirst();
            if (rest.isEmpty()) {
                told();
            }
        }
    }

    private void attempt(Outgoing part) throws IOException, MessageRefusedException {
        long waitNs = breaker.waitNs(context.nanoTime());
        if (waitNs > 0) {
            throw new RetryLaterException(
                    "its service is left alone after " + breaker.failures() + " failures in a row; asked again in "
                            + (TimeUnit.NANOSECONDS.toSeconds(waitNs) + 1) + " s",
                    waitNs);
        }
        long startNs = context.nanoTime();
        try {
            part.send();
        } catch (RetryLaterException e) {
            if (e.delayNs() == 0) {
                failed(e.getMessage());
            }
            throw e;
        } catch (IOException e) {
            failed(e.getMessage());
            throw e;
        }
        context.metrics().wrote(context.nanoTime() - startNs);
        if (breaker.succeeded()) {
            context.report(Level.NOTICE, "its service is asked at every turn again", null);
        }
    }

    private void failed(String reason) {
        if (breaker.failed(context.nanoTime())) {
            context.report(
                    Level.WARN,
                    "its service is left alone for 10 s and longer after " + breaker.failures()
                            + " failures in a row, the last: " + reason,
                    null);
        }
    }

    /** Stored at once, so that a crash tells as little as possible again. */
    private void told() throws IOException {
        long nowNs = context.nanoTime();
        for (Covered one : covered) {
            groups.told(one.group(), one.notice(), nowNs);
        }
        covered = List.of();
        context.requestCheckpoint();
    }
}

package io.emberlog.master.fanout;

import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.filter.Route;
import io.emberlog.master.silence.Silence;
import io.emberlog.message.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What becomes of one record at one handler.
 *
 * @param handler its name
 * @param taken whether it gets the record, but for what the notes say
 * @param decidedBy the setting that kept it away, {@code silence} or {@code own report}; empty when it is taken
 * @param detail the condition that decided, in words; empty when it is taken
 * @param notes what may still leave it out, and cannot be told from here
 * @param redacts where something is made unreadable before the handler sees it
 */
public record Explanation(
        String handler, boolean taken, String decidedBy, String detail, List<String> notes, List<String> redacts) {
    public Explanation {
        notes = List.copyOf(notes);
        redacts = List.copyOf(redacts);
    }

    /**
     * Asks the gate that the master's handler has.
     *
     * @param silences those that mute this handler
     * @param stored what its gate remembered last
     * @param real whether it is a record of the journal: one that was made up has no id that a sample could go by
     */
    public static Explanation of(
            String handler, Route route, List<Silence> silences, GateState stored, LogRecord record, boolean real) {
        Route asked = new Route(
                route.minSeverity(),
                route.maxSeverity(),
                route.filter(),
                real ? route.sample() : null,
                null, // depends on the records around it
                route.redaction());
        RecordGate gate = new RecordGate(handler, asked, new HandlerMetrics());
        gate.stage(silences);
        gate.commit();
        boolean taken = gate.accepts(record, Long.MAX_VALUE);
        List<String> notes = new ArrayList<>();
        if (taken && !real && route.sample() != null) {
            notes.add("sample " + route.sample() + ": which ones depends on their ids");
        }
        if (taken && route.rateLimit() != null) {
            notes.add("rate_limit " + route.rateLimit() + ": unless it is used up; it has left out " + stored.limited()
                    + " records so far");
        }
        return new Explanation(
                handler,
                taken,
                taken ? "" : gate.verdict().name().toLowerCase(Locale.ROOT).replace("own_report", "own report"),
                taken ? "" : detail(gate, route, record, silences),
                notes,
                taken ? route.redaction().redactor().places(record) : List.of());
    }

    private static String detail(RecordGate gate, Route route, LogRecord record, List<Silence> silences) {
        return switch (gate.verdict()) {
            case MIN_LEVEL -> level(record) + " is below " + level(route.minSeverity());
            case MAX_LEVEL -> level(record) + " is above " + level(route.maxSeverity());
            case FILTER -> "does not hold: " + route.filter().refusal(record);
            case SAMPLE -> route.sample() + " leaves it out, by its id";
            case SILENCE -> silence(gate.mutedBy(), silences);
            default -> "tells of this handler's own trouble";
        };
    }

    private static String silence(long id, List<Silence> silences) {
        return silences.stream()
                .filter(each -> each.id() == id)
                .map(each -> id + ": " + each.expression())
                .findFirst()
                .orElse(Long.toString(id));
    }

    private static String level(LogRecord record) {
        return record.entry().levelName() + " (" + record.entry().severity() + ")";
    }

    private static String level(int severity) {
        return Level.canonical(severity).name().toLowerCase(Locale.ROOT) + " (" + severity + ")";
    }
}

package io.emberlog.master.cli;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.HandlerType;
import io.emberlog.master.fanout.CheckpointStore;
import io.emberlog.master.fanout.Explanation;
import io.emberlog.master.fanout.GateState;
import io.emberlog.master.fanout.JournalRecords;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code emberlog explain}: which handlers get a record, and what decided. */
@Command(
        name = "explain",
        description = {
            "Says for each handler of the configuration whether it gets a record, and which condition decided.",
            "The record is one of the journal (--sequence) or one that is described (--level, --logger, --message, ...)."
        },
        footer = {
            "",
            "Exit codes: 0 at least one handler gets it; 1 none does; 2 usage or configuration; 4 the journal cannot be read,",
            "or does not have the record."
        })
final class ExplainCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final List<HandlerType> types;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Option(names = "--sequence", paramLabel = "N", description = "The record of that number in the journal.")
    private Long sequence;

    @Mixin
    private MadeUpRecord described;

    @Option(names = "--json", description = "One JSON object; its keys are documented in docs/tools.md.")
    private boolean json;

    ExplainCommand(ConfigReader reader, List<HandlerType> types, Terminal terminal) {
        this.reader = reader;
        this.types = types;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        if ((sequence != null) == described.isGiven()) {
            throw new CliException(
                    ExitCodes.USAGE,
                    sequence == null
                            ? "which record? --sequence N, or what it is: --level, --logger, --worker, --message, --field"
                            : "--sequence names a record of the journal: leave out what describes one");
        }
        LocationOptions.Locations where = locations.locate(reader, null);
        RouteTargets targets = new RouteTargets(locations.master(reader), types);
        try {
            List<Explanation> all = sequence == null
                    ? explain(targets, where.state(), described.record(), false)
                    : ofJournal(targets, where);
            return all.stream().anyMatch(Explanation::taken) ? ExitCodes.DONE : ExitCodes.FINDINGS;
        } catch (JournalException e) {
            throw new CliException(ExitCodes.IO, e.getMessage(), e);
        } catch (IOException e) {
            throw CliException.io(e, where.state());
        }
    }

    /** The record is looked for from the journal's end, for what is asked about was mostly just now. */
    private List<Explanation> ofJournal(RouteTargets targets, LocationOptions.Locations where)
            throws IOException, JournalException {
        Path journal = Journals.require(where);
        try (JournalScanner scanner = JournalScanner.open(journal, JournalListener.NONE)) {
            JournalDocumentReader document = new JournalDocumentReader();
            JournalRecords records = new JournalRecords(JournalListener.NONE);
            LogRecord record = new LogRecord();
            scanner.toEnd();
            long first = -1;
            long last = -1;
            while (scanner.previous(document)) {
                first = document.firstSequence();
                last = Math.max(last, first + document.recordCount() - 1);
                if (first > sequence) {
                    continue;
                }
                records.wrap(document, scanner.bytesRead());
                while (records.next(record)) {
                    if (record.sequence() == sequence) {
                        return explain(targets, where.state(), record, true);
                    }
                }
                break;
            }
            throw new CliException(
                    ExitCodes.IO,
                    "record " + sequence + " is not in the journal " + journal
                            + (last < 0 ? ", which is empty" : ", whose last is " + last));
        }
    }

    private List<Explanation> explain(RouteTargets targets, Path state, LogRecord record, boolean real)
            throws IOException {
        Map<String, CheckpointStore.Stored> stored =
                Files.isDirectory(state) ? CheckpointStore.stored(state) : Map.of();
        Instant now = Instant.now();
        long nowNs = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        List<Silence> silences = SilenceFile.read(state).silences().stream()
                .filter(each -> !each.isOver(nowNs))
                .toList();
        List<Explanation> all = new ArrayList<>();
        for (HandlerConfig handler : targets.handlers()) {
            boolean alerts = targets.alerts(handler);
            CheckpointStore.Stored checkpoint = stored.get(handler.name());
            all.add(Explanation.of(
                    handler.name(),
                    handler.route(),
                    silences.stream()
                            .filter(each -> each.mutes(handler.name(), alerts))
                            .toList(),
                    checkpoint == null ? GateState.EMPTY : checkpoint.gate(),
                    record,
                    real));
        }
        if (json) {
            terminal.out().println(json(record, all));
        } else {
            print(record, all);
        }
        return all;
    }

    private void print(LogRecord record, List<Explanation> all) {
        Utf8Buffer line = new Utf8Buffer(256);
        Format.of("human", ZoneId.systemDefault()).format(record, line);
        terminal.out().println(line.toString().strip());
        terminal.out().println();
        TextTable table = new TextTable(terminal.out(), terminal.colourOut(), "HANDLER", "GETS IT", "WHY");
        for (Explanation each : all) {
            List<String> why = new ArrayList<>();
            if (!each.taken()) {
                why.add(each.decidedBy() + ": " + each.detail());
            }
            why.addAll(each.notes());
            if (!each.redacts().isEmpty()) {
                why.add("redacts " + String.join(", ", each.redacts()));
            }
            table.add(Plain.text(each.handler()), each.taken() ? "yes" : "no", Plain.text(String.join("; ", why)));
        }
        table.print();
    }

    private static String json(LogRecord record, List<Explanation> all) {
        JsonObject object = new JsonObject();
        if (record.sequence() != LogRecord.UNNUMBERED) {
            object.number("seq", record.sequence()).text("id", record.id());
        }
        return object.text("level", record.entry().levelName())
                .number("severity", record.entry().severity())
                .text("worker", record.worker().name())
                .array("handlers", all, ExplainCommand::json)
                .toString();
    }

    private static String json(Explanation each) {
        return new JsonObject()
                .text("name", each.handler())
                .raw("taken", Boolean.toString(each.taken()))
                .text("decided_by", each.decidedBy())
                .text("detail", each.detail())
                .array("notes", each.notes(), Plain::json)
                .array("redacts", each.redacts(), Plain::json)
                .toString();
    }
}

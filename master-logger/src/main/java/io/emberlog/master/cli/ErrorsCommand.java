package io.emberlog.master.cli;

import io.emberlog.handler.filter.RecordFilter;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.findings.ErrorCauses;
import io.emberlog.master.findings.ErrorCauses.Cause;
import io.emberlog.master.replay.Evidence;
import io.emberlog.master.replay.Replay;
import io.emberlog.master.replay.ReplayReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code emberlog errors}: what went wrong in the applications, each distinct cause once. */
@Command(
        name = "errors",
        description = {
            "Groups the journal's records of ERROR and above by distinct cause: template, logger, class of the exception and"
                    + " the frame that threw it. The most frequent comes first.",
            "Without arguments in the template, numbers in the text count as the same."
        },
        footer = {"", "Exit codes: 0 done; 1 parts of the journal cannot be read; 2 usage; 4 no journal."})
final class ErrorsCommand implements Callable<Integer> {
    private static final String RED = "\u001B[31m";
    private static final int MAX_TEXT = 160;

    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Mixin
    private FilterOptions filters;

    @Option(names = "--until", paramLabel = "TIME", description = "Before that time; written like that of --since.")
    private String until;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            defaultValue = "20",
            description = "Shows the N most frequent causes; 0 for all. ${DEFAULT-VALUE} by default.")
    private int limit;

    @Option(names = "--json", description = "One JSON object; its keys are documented in docs/tools.md.")
    private boolean json;

    ErrorsCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException {
        if (limit < 0) {
            throw new CliException(ExitCodes.USAGE, "-n " + limit + ": must be 0 or more");
        }
        RecordFilter filter = filters.filter(until, "error");
        Path journal = Journals.require(locations.locate(reader, null));
        ErrorCauses causes = new ErrorCauses();
        ProgressBar progress = new ProgressBar(terminal, true, System::nanoTime);
        ReplayReport report;
        try {
            Replay replay = new Replay(
                    Evidence.find(List.of(journal)),
                    false,
                    record -> {
                        if (filter.accepts(record)) {
                            causes.accept(record);
                        }
                    },
                    progress);
            replay.since(filters.sinceEpochNs());
            replay.open();
            report = replay.run();
        } catch (IOException e) {
            throw CliException.io(e, journal);
        } finally {
            progress.clear();
        }
        List<Cause> shown = causes.causes();
        shown = limit == 0 || limit >= shown.size() ? shown : shown.subList(0, limit);
        if (json) {
            terminal.out().println(json(causes, shown));
        } else {
            print(causes, shown);
        }
        report.findings().forEach(finding -> terminal.error(Plain.text(finding)));
        return report.findingCount() > 0 ? ExitCodes.FINDINGS : ExitCodes.DONE;
    }

    private void print(ErrorCauses causes, List<Cause> shown) {
        PrintWriter out = terminal.out();
        if (causes.records() == 0) {
            out.println("no records");
            return;
        }
        for (Cause cause : shown) {
            String level = Plain.cut(StatTable.MAX_NAME, cause.level());
            String count = Plain.count(cause.count()) + " x " + level;
            out.println((terminal.colourOut() ? RED + count + "\u001B[0m" : count) + "  "
                    + Plain.cut(
                            MAX_TEXT,
                            cause.key().template().isEmpty()
                                    ? "(no text)"
                                    : cause.key().template()));
            if (!cause.key().exception().isEmpty()) {
                out.println("    " + Plain.cut(MAX_TEXT, cause.key().exception())
                        + (cause.key().frame().isEmpty()
                                ? ""
                                : " at " + Plain.cut(MAX_TEXT, cause.key().frame())));
            }
            out.println("    " + Plain.time(cause.firstEpochNs()) + " to " + Plain.time(cause.lastEpochNs())
                    + (cause.key().logger().isEmpty()
                            ? ""
                            : ", logger " + Plain.cut(MAX_TEXT, cause.key().logger()))
                    + ", " + workers(cause));
            out.println("    last: " + Plain.cut(MAX_TEXT, cause.example()));
        }
        long left = causes.causes().size() - shown.size();
        out.println(Plain.count(causes.records(), "record") + ", "
                + Plain.count(causes.causes().size(), "distinct cause")
                + (left == 0 ? "" : ", " + Plain.count(left) + " not shown")
                + (causes.uncounted() == 0
                        ? ""
                        : ", and " + Plain.count(causes.uncounted(), "record") + " of further causes"));
    }

    private static String workers(Cause cause) {
        List<String> names = cause.workers().stream()
                .map(name -> Plain.cut(StatTable.MAX_NAME, name))
                .toList();
        return (names.size() == 1 && !cause.hasMoreWorkers() ? "worker " : "workers ")
                + String.join(", ", names)
                + (cause.hasMoreWorkers() ? " and others" : "");
    }

    private static String json(ErrorCauses causes, List<Cause> shown) {
        return new JsonObject()
                .number("records", causes.records())
                .number("causes_total", causes.causes().size())
                .number("records_of_further_causes", causes.uncounted())
                .array("causes", shown, ErrorsCommand::json)
                .toString();
    }

    private static String json(Cause cause) {
        return new JsonObject()
                .number("count", cause.count())
                .text("level", cause.level())
                .number("severity", cause.severity())
                .text("template", cause.key().template())
                .text("logger", cause.key().logger())
                .text("exception", cause.key().exception())
                .text("frame", cause.key().frame())
                .text("first", JsonObject.time(cause.firstEpochNs()))
                .text("last", JsonObject.time(cause.lastEpochNs()))
                .array("workers", List.copyOf(cause.workers()), Plain::json)
                .raw("more_workers", Boolean.toString(cause.hasMoreWorkers()))
                .text("example", cause.example())
                .text("example_id", cause.exampleId())
                .toString();
    }
}

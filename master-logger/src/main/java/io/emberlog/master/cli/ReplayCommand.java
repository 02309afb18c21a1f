package io.emberlog.master.cli;

import io.emberlog.handler.RecordFilter;
import io.emberlog.master.cli.RecordPrinter.OutputException;
import io.emberlog.master.cli.RecordPrinter.ReaderGoneException;
import io.emberlog.master.replay.Evidence;
import io.emberlog.master.replay.Replay;
import io.emberlog.master.replay.ReplayReport;
import io.emberlog.master.replay.ReplayReport.RingPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code emberlog replay}: prints or checks what rings and journals hold; opens them read-only and changes nothing. */
@Command(
        name = "replay",
        description = {
            "Prints the records that ring files and journals hold, for example after a crash, and changes nothing in them.",
            "Journals come first, by number; then what only rings hold, by time, without a number. What a journal has is"
                    + " not printed again from its ring."
        },
        footer = {
            "",
            "Exit codes: 0 done; 1 damage or gaps were found, or a ring was left out because its owner",
            "lives; 2 usage; 4 a path cannot be read or is not Emberlog's."
        })
final class ReplayCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Ring files (.ring, .ring.quarantined), journals, state directories, channel directories.")
    private List<Path> paths;

    @Mixin
    private FilterOptions filters;

    @Option(names = "--until", paramLabel = "TIME", description = "Before that time; written like that of --since.")
    private String until;

    @Mixin
    private OutputOptions output;

    @Option(names = "--verify", description = "Prints no records, but a report on whether everything is whole.")
    private boolean verify;

    @Option(
            names = "--force",
            description = "Reads rings whose owner lives, too: what is just being written shows as damage.")
    private boolean force;

    ReplayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        RecordPrinter printer =
                new RecordPrinter(verify ? RecordFilter.ALL : filters.filter(until), output.format(terminal), terminal);
        Evidence evidence = Evidence.find(paths);
        evidence.problems().forEach(problem -> terminal.error(Plain.text(problem.toString())));
        if (evidence.problems().stream().anyMatch(Evidence.Problem::mistyped)) {
            return ExitCodes.USAGE;
        }
        ProgressBar progress = new ProgressBar(terminal, verify || !terminal.colourOut(), System::nanoTime);
        Replay replay = new Replay(evidence, force, verify ? record -> {} : printer, progress);
        List<RingPart> refused = namedAndRefused(evidence, replay.open());
        if (!refused.isEmpty()) {
            refused.forEach(this::refuse);
            return ExitCodes.USAGE;
        }
        ReplayReport report;
        try {
            report = replay.run();
            printer.flush();
        } catch (ReaderGoneException e) {
            return ExitCodes.DONE;
        } catch (OutputException e) {
            throw new CliException(ExitCodes.IO, e.getMessage(), e);
        } finally {
            progress.clear();
        }
        return verify ? verified(evidence, report) : printed(evidence, report, printer.printed());
    }

    private static List<RingPart> namedAndRefused(Evidence evidence, ReplayReport report) {
        return report.rings().stream()
                .filter(ring -> ring.refused() != null && evidence.rings().get(ring.path()))
                .toList();
    }

    private void refuse(RingPart ring) {
        terminal.error(Plain.text(ring.path() + ": the ring of worker " + ring.worker() + " is in use: "
                + ring.refused() + "; its master reads it, or read it all the same with --force"));
    }

    private int printed(Evidence evidence, ReplayReport report, long printed) {
        report.findings().forEach(finding -> terminal.error(Plain.text(finding)));
        long more = report.findingCount() - report.findings().size();
        if (more > 0) {
            terminal.error("and " + Plain.count(more, "more finding"));
        }
        boolean unreadable = !evidence.problems().isEmpty()
                || report.rings().stream().anyMatch(ring -> ring.state().isEmpty());
        if (report.findingCount() > 0 || report.damagedRegions() > 0 || terminal.colourErr()) {
            terminal.err().println("emberlog: " + summary(report, printed));
        }
        return unreadable ? ExitCodes.IO : report.findingCount() > 0 ? ExitCodes.FINDINGS : ExitCodes.DONE;
    }

    private static String summary(ReplayReport report, long printed) {
        List<String> parts = new ArrayList<>();
        parts.add(Plain.count(report.records(), "record") + ", " + Plain.count(printed) + " printed");
        long torn = report.rings().stream().mapToLong(RingPart::torn).sum();
        long holes = report.rings().stream().mapToLong(RingPart::holes).sum();
        if (torn + holes > 0) {
            parts.add("in rings " + Plain.count(torn) + " torn and " + Plain.count(holes)
                    + (holes == 1 ? " hole" : " holes") + " (calls that a kill cut short)");
        }
        long doubles = report.rings().stream().mapToLong(RingPart::doubles).sum();
        if (doubles > 0) {
            parts.add(Plain.count(doubles, "double") + " left out");
        }
        parts.add(report.findingCount() == 0 ? "nothing missing" : Plain.count(report.findingCount(), "finding"));
        return String.join("; ", parts);
    }

    private int verified(Evidence evidence, ReplayReport report) {
        new VerifyReport(report).print(terminal.out());
        if (!evidence.problems().isEmpty()) {
            return ExitCodes.IO;
        }
        return VerifyReport.isWhole(report) ? ExitCodes.DONE : ExitCodes.FINDINGS;
    }
}

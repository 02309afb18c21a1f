package io.emberlog.master.cli;

import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.filter.RecordFilter;
import io.emberlog.master.Redelivery;
import io.emberlog.master.cli.RecordPrinter.OutputException;
import io.emberlog.master.cli.RecordPrinter.ReaderGoneException;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.replay.Evidence;
import io.emberlog.master.replay.RecordSink;
import io.emberlog.master.replay.Replay;
import io.emberlog.master.replay.ReplayReport;
import io.emberlog.master.replay.ReplayReport.RingPart;
import io.emberlog.message.Level;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
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
                    + " not printed again from its ring. Last come the records of dead-letter files, which a handler put"
                    + " aside: with --to they go to one again, and the file may be removed then."
        },
        footer = {
            "",
            "Exit codes: 0 done; 1 damage or gaps were found, a ring was left out because its owner lives,",
            "or a record was rejected (--to); 2 usage; 4 a path cannot be read or is not Emberlog's."
        })
final class ReplayCommand implements Callable<Integer> {
    private final ConfigReader reader;
    private final Terminal terminal;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Ring files (.ring, .ring.quarantined), journals, state directories, channel directories,"
                    + " dead-letter files (.jsonl).")
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

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Writes the records to this file instead: whole or not at all, and never over another file.")
    private Path target;

    @Option(names = "--overwrite", description = "With --output: replaces the file if it is there.")
    private boolean overwrite;

    @Option(
            names = "--to",
            paramLabel = "HANDLER",
            description =
                    "Delivers the records once more, to this handler of the configuration and no other. Record ids are"
                            + " the same as the first time; the master's checkpoints are left alone.")
    private String handlerName;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "With --to: the master's configuration file.")
    private Path config;

    @Mixin
    private ConfigOptions options;

    ReplayCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, ConfigException {
        checkTogether();
        output.checkFormat();
        RecordFilter filter = verify ? RecordFilter.ALL : filters.filter(until);
        Evidence evidence = Evidence.find(paths);
        evidence.problems().forEach(problem -> terminal.error(Plain.text(problem.toString())));
        if (evidence.problems().stream().anyMatch(Evidence.Problem::mistyped)) {
            return ExitCodes.USAGE;
        }
        if (handlerName != null) {
            return deliver(evidence, filter);
        }
        return target == null
                ? print(evidence, new RecordPrinter(filter, output.format(terminal), terminal), null)
                : export(evidence, filter);
    }

    private void checkTogether() {
        String wrong = verify && target != null
                ? "--verify prints a report and no records: leave out --output"
                : verify && handlerName != null
                        ? "--verify delivers nothing: leave out --to"
                        : target != null && handlerName != null
                                ? "--output and --to: only one of the two at a time"
                                : overwrite && target == null
                                        ? "--overwrite goes with --output"
                                        : config != null && handlerName == null ? "--config goes with --to" : null;
        if (wrong != null) {
            throw new CliException(ExitCodes.USAGE, wrong);
        }
    }

    private int export(Evidence evidence, RecordFilter filter) {
        try (ExportFile file = new ExportFile(target, overwrite);
                OutputStream stream = file.stream()) {
            return print(evidence, new RecordPrinter(filter, output.fileFormat(), stream), file);
        } catch (FileAlreadyExistsException e) {
            throw new CliException(ExitCodes.USAGE, target + ": is there already; --overwrite replaces it", e);
        } catch (IOException e) {
            throw CliException.io(e, target);
        }
    }

    /** @param file gets its name once all is in it; null for standard output */
    private int print(Evidence evidence, RecordPrinter printer, ExportFile file) throws IOException {
        ReplayReport report;
        try {
            report = replay(evidence, verify ? record -> {} : printer, verify || file != null || !terminal.colourOut());
            if (report == null) {
                return ExitCodes.USAGE;
            }
            printer.flush();
            if (file != null) {
                file.finish();
            }
        } catch (ReaderGoneException e) {
            return ExitCodes.DONE;
        } catch (OutputException e) {
            throw new CliException(ExitCodes.IO, e.getMessage(), e);
        }
        return verify
                ? verified(evidence, report)
                : reported(
                        evidence, report, Plain.count(printer.printed()) + (file == null ? " printed" : " written"), 0);
    }

    private int deliver(Evidence evidence, RecordFilter filter) throws IOException, ConfigException {
        HandlerConfig handler = new DeliveryTarget(handlerName, options, reader, config).handler();
        try (Redelivery delivery = new Redelivery(handler, new Reports())) {
            delivery.open();
            ReplayReport report = replay(
                    evidence,
                    record -> {
                        if (filter.accepts(record)) {
                            delivery.accept(record);
                        }
                    },
                    true);
            if (report == null) {
                return ExitCodes.USAGE;
            }
            delivery.finish();
            return reported(
                    evidence,
                    report,
                    Plain.count(delivery.delivered()) + " delivered to handler " + handlerName + ", "
                            + Plain.count(delivery.rejected()) + " rejected",
                    delivery.rejected());
        } catch (HandlerRestartException e) {
            throw new CliException(
                    ExitCodes.IO,
                    "handler " + handlerName + " gave up, and what it took may not have arrived: " + e.getMessage()
                            + "; run it again: ids stay the same",
                    e);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.USAGE, "handler " + handlerName + ": " + e.getMessage(), e);
        }
    }

    /** @return null when a ring that was named is in use; that was told */
    private ReplayReport replay(Evidence evidence, RecordSink sink, boolean showsProgress) throws IOException {
        ProgressBar progress = new ProgressBar(terminal, showsProgress, System::nanoTime);
        Replay replay = new Replay(evidence, force, sink, progress);
        if (!verify) {
            replay.since(filters.sinceEpochNs());
        }
        List<RingPart> refused = namedAndRefused(evidence, replay.open());
        refused.forEach(this::refuse);
        if (!refused.isEmpty()) {
            return null;
        }
        try {
            return replay.run();
        } finally {
            progress.clear();
        }
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

    private int reported(Evidence evidence, ReplayReport report, String done, long rejected) {
        report.findings().forEach(finding -> terminal.error(Plain.text(finding)));
        long more = report.findingCount() - report.findings().size();
        if (more > 0) {
            terminal.error("and " + Plain.count(more, "more finding"));
        }
        boolean unreadable = !evidence.problems().isEmpty()
                || report.rings().stream().anyMatch(ring -> ring.state().isEmpty());
        if (report.findingCount() > 0 || report.damagedRegions() > 0 || handlerName != null || terminal.colourErr()) {
            terminal.err().println("emberlog: " + summary(report, done));
        }
        return unreadable
                ? ExitCodes.IO
                : report.findingCount() > 0 || rejected > 0 ? ExitCodes.FINDINGS : ExitCodes.DONE;
    }

    private static String summary(ReplayReport report, String done) {
        List<String> parts = new ArrayList<>();
        parts.add(Plain.count(report.records(), "record") + ", " + done);
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

    /** What a redelivery tells; the first rejections each, for there may be as many as records. */
    private final class Reports implements Redelivery.Listener {
        private static final int MOST = 20;
        private int told;

        @Override
        public void onRejected(String id, Throwable cause) {
            if (++told <= MOST) {
                terminal.error(Plain.text("record " + id + " was rejected: " + cause)
                        + (told == MOST ? "; further ones are only counted" : ""));
            }
        }

        @Override
        public void onReport(Level level, String message, Throwable cause) {
            terminal.error(Plain.text(level.name() + " " + message + (cause == null ? "" : ": " + cause)));
            terminal.err().flush();
        }
    }
}

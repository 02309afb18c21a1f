package io.emberlog.master.cli;

import io.emberlog.handler.filter.RecordFilter;
import io.emberlog.master.cli.RecordPrinter.OutputException;
import io.emberlog.master.cli.RecordPrinter.ReaderGoneException;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import io.emberlog.master.replay.JournalTail;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code emberlog tail}: reads the journal's files while a master writes them, or with none. Holds no lock and is no
 * handler: it delays nothing, and what retention deletes before it was shown is told.
 */
@Command(
        name = "tail",
        description = {
            "Shows the last records of the journal and then those that come, from all workers, in the master's order.",
            "Goes on across restarts of the master. Ctrl-C ends it."
        })
final class TailCommand implements Callable<Integer> {
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long DEFAULT_LINES = 10;

    private final ConfigReader reader;
    private final Terminal terminal;

    @Mixin
    private LocationOptions locations;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "Begins with the last N records that match; 10, or with --since all since then.")
    private Long lines;

    @Option(
            names = {"-f", "--follow"},
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Waits for new records (the default); --no-follow ends with the last one.")
    private boolean follow;

    @Mixin
    private FilterOptions filters;

    @Mixin
    private OutputOptions output;

    TailCommand(ConfigReader reader, Terminal terminal) {
        this.reader = reader;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigException, JournalException, IOException {
        if (lines != null && lines < 0) {
            throw new CliException(ExitCodes.USAGE, "-n " + lines + ": must be 0 or more");
        }
        RecordFilter filter = filters.filter(null);
        RecordPrinter printer = new RecordPrinter(filter, output.format(terminal), terminal);
        LocationOptions.Locations where = locations.locate(reader, null);
        try {
            if (!awaitJournal(where)) {
                return ExitCodes.INTERRUPTED;
            }
            Path journal = where.journal();
            JournalListener listener = new Reports();
            try (JournalScanner scanner = JournalScanner.open(journal, listener)) {
                return show(new JournalTail(scanner, listener, filter, printer::print), printer);
            }
        } catch (ReaderGoneException e) {
            return ExitCodes.DONE;
        } catch (OutputException e) {
            throw new CliException(ExitCodes.IO, e.getMessage(), e);
        } catch (JournalException e) {
            throw new CliException(ExitCodes.IO, e.getMessage(), e);
        } catch (IOException e) {
            throw new CliException(ExitCodes.IO, IoReason.of(e), e);
        }
    }

    private int show(JournalTail tail, RecordPrinter printer) throws IOException {
        long wanted = lines != null ? lines : filters.hasSince() ? Long.MAX_VALUE : DEFAULT_LINES;
        long last = tail.goBack(wanted, filters.sinceEpochNs());
        while (true) {
            long most = follow ? Long.MAX_VALUE : last - printer.printed();
            if (most > 0 && tail.poll(most)) {
                continue;
            }
            printer.flush();
            terminal.err().flush();
            if (!follow) {
                return ExitCodes.DONE;
            }
            if (!pause()) {
                return ExitCodes.INTERRUPTED;
            }
        }
    }

    private boolean awaitJournal(LocationOptions.Locations where) throws IOException {
        if (JournalScanner.isJournal(where.journal())) {
            return true;
        }
        if (!follow) {
            throw new CliException(
                    ExitCodes.IO,
                    where.journal() + ": there is no journal yet; a master makes it at start, --state names the state"
                            + " directory of another");
        }
        terminal.error("waiting for a master to make a journal in " + where.journal());
        terminal.err().flush();
        while (!JournalScanner.isJournal(where.journal())) {
            if (!pause()) {
                return false;
            }
        }
        return true;
    }

    private static boolean pause() {
        LockSupport.parkNanos(POLL_NS);
        return !Thread.currentThread().isInterrupted();
    }

    private final class Reports implements JournalListener {
        @Override
        public void onBroken(long index, String what) {
            terminal.error(Plain.text(what));
        }

        @Override
        public void onGap(long expectedSequence, long foundSequence) {
            terminal.error(
                    foundSequence > expectedSequence
                            ? "records " + expectedSequence + " to " + (foundSequence - 1)
                                    + " are missing: deleted to make" + " room before they were shown, or lost"
                            : "the numbering went back from " + expectedSequence + " to " + foundSequence);
        }
    }
}

package io.emberlog.master.cli;

import io.emberlog.master.journal.JournalScanner;
import java.io.IOException;
import java.nio.file.Path;

/** The journal that a command cannot do without. Stateless. */
final class Journals {
    private Journals() {}

    /** @throws CliException naming the directory when no journal is in it */
    static Path require(LocationOptions.Locations where) {
        Path journal = where.journal();
        try {
            if (JournalScanner.isJournal(journal)) {
                return journal;
            }
        } catch (IOException e) {
            throw CliException.io(e, journal);
        }
        throw new CliException(
                ExitCodes.IO,
                journal + ": there is no journal yet; a master makes it at start, --state names the state directory of"
                        + " another");
    }
}

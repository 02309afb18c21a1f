package io.emberlog.bench;

import java.util.List;

/** When the master forces its journal. */
enum Sync {
    /** As it is when nobody says anything: once a second. */
    DEFAULT("", "", 0, List.of()),
    OFF("off", "journal.sync off, 1 % errors", 100, List.of("sync = 'off'")),
    SECOND("1s", "journal.sync 1 s, 1 % errors", 100, List.of("sync = '1 s'")),
    ERRORS("errors", "journal.sync_level error, 1 % errors", 100, List.of("sync = '1 s'", "sync_level = 'error'"));

    /** Of the row; empty where it is not what is measured. */
    final String row;

    final String description;
    /** Every how many-th message is an error; 0: none. */
    final int errorEvery;
    /** Lines of the {@code [journal]} table. */
    final List<String> journal;

    Sync(String row, String description, int errorEvery, List<String> journal) {
        this.row = row;
        this.description = description;
        this.errorEvery = errorEvery;
        this.journal = journal;
    }
}

package io.emberlog.bench;

import java.util.List;

/** Settings other than the defaults, under which the same benchmark is run for comparison. */
enum Mode {
    DEFAULTS("", "", List.of(), List.of(), List.of()),
    BATCHED("-batched", "staged in batches of 64 KiB", List.of("batch_bytes=64K"), List.of(), List.of()),
    CHECKED("-checked", "records with position and CRC32C", List.of("ring_checks=on"), List.of(), List.of()),
    REORDERED("-reordered", "reorder window of 50 ms", List.of(), List.of(), List.of("reorder_window = '50 ms'")),
    YIELDING("-yield", "[master] idle = yield", List.of(), List.of(), List.of("idle = 'yield'")),
    UNSYNCED("-unsynced", "journal.sync off", List.of(), List.of("sync = 'off'"), List.of()),
    SYNCED_10_MS("-synced", "journal.sync every 10 ms", List.of(), List.of("sync = '10 ms'"), List.of()),
    SYNCED_ERRORS(
            "-errors-synced",
            "journal.sync_level error, 1 % errors",
            List.of(),
            List.of("sync_level = 'error'"),
            List.of());

    private static final int EACH_OF_ONE_PERCENT = 100;

    /** Of a benchmark's name. */
    final String suffix;

    private final String meaning;
    /** Of workers, as {@code key=value}. */
    private final List<String> worker;
    /** Lines of the {@code [journal]} table. */
    final List<String> journal;
    /** Lines of the {@code [master]} table. */
    final List<String> master;

    Mode(String suffix, String meaning, List<String> worker, List<String> journal, List<String> master) {
        this.suffix = suffix;
        this.meaning = meaning;
        this.worker = worker;
        this.journal = journal;
        this.master = master;
    }

    /** Behind the description of a benchmark. */
    String addition() {
        return meaning.isEmpty() ? "" : ", " + meaning;
    }

    /** Every how many-th message is an error; 0: none. */
    int errorEvery() {
        return this == SYNCED_ERRORS ? EACH_OF_ONE_PERCENT : 0;
    }

    List<String> workerProperties() {
        return worker.stream().map(setting -> "-Demberlog." + setting).toList();
    }
}

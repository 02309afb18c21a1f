package io.emberlog.bench;

import java.nio.file.Path;

/**
 * What the command line asked for.
 *
 * @param quick a first impression within some minutes; figures vary by a tenth and more
 * @param directory on the disk that journals and files are to be measured on
 * @param runs how often an end-to-end run is made; the median counts
 */
record Plan(boolean quick, Path directory, int runs) {
    /** Starting one takes a core half a second. */
    private static final int FEW_PROCESSES = 8;

    /** Of a small JVM with its ring. */
    private static final long KIB_PER_PROCESS = 32 * 1024;

    /** With as many runs as are usual. */
    Plan(boolean quick, Path directory) {
        this(quick, directory, quick ? 1 : 5);
    }

    /** JVMs in which a call is measured, one after the other. */
    int forks() {
        return quick ? 1 : 5;
    }

    /** Seconds, for warming up and again for measuring; of each fork. */
    int iterations() {
        return quick ? 2 : 5;
    }

    /** Messages that are measured end to end. */
    int messages() {
        return quick ? 500_000 : 5_000_000;
    }

    /** Messages in front of them, in each round, so that compilers have come and gone. */
    int warmUpMessages() {
        return quick ? 200_000 : 1_000_000;
    }

    /**
     * More than one end to end: with each pause between two of them a JVM learns that loops also end, and compiles them anew when
     * they run again. After some it has seen both.
     */
    int warmUpRounds() {
        return quick ? 1 : 6;
    }

    /** Behind each round, for the compilers to finish what they have begun. */
    int settleMs() {
        return quick ? 200 : 1_000;
    }

    /** How often the level of all workers is changed. */
    int levelChanges() {
        return quick ? 20 : 100;
    }

    /** How often a logging process is killed. */
    int kills() {
        return quick ? 2 : 5;
    }

    /** Messages of a light load, after half as many to warm up. */
    int pacedMessages() {
        return quick ? 2_000 : 20_000;
    }

    /** How often something is started; the median counts. */
    int starts() {
        return quick ? 5 : 20;
    }

    int replayedRecords() {
        return quick ? 1_000_000 : 10_000_000;
    }

    int idleSeconds() {
        return quick ? 5 : 10;
    }

    /** Bytes of the texts that are measured end to end, where they are large: fewer messages then. */
    long textBytes() {
        return quick ? 100_000_000L : 2_000_000_000L;
    }

    /** In how many processes so many workers are. */
    int processes(int workers) {
        long most = quick ? FEW_PROCESSES : Math.max(1, Machine.freeKib() / 4 * 3 / KIB_PER_PROCESS);
        return (int) Math.min(workers, most);
    }

    /** That a master is flooded. */
    int floodSeconds() {
        return quick ? 10 : 30;
    }
}

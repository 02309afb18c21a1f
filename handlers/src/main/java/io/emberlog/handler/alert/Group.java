package io.emberlog.handler.alert;

/** Records that are one problem: how many, since when, whose, and one of them as a sample. One thread; bounded. */
final class Group {
    final long key;
    final WorkerTally workers = new WorkerTally();

    /** Highest of its records. */
    int severity;

    String level = "";
    String logger = "";
    String message = "";
    String exception = "";
    String breadcrumbs = "";

    /** Records, and of them those that a message has told of. */
    long total;

    long told;

    /** Wall clocks of workers: earliest and latest of all records, and the earliest that is not told. */
    long firstNs;

    long lastNs;
    long untoldNs;

    /** Clock of this process: when the first record came, when the last came, when it was told of last. */
    long beganNs;

    long seenNs;
    long toldNs;

    /** From the last message to the next; grows while it goes on unchanged. */
    long intervalNs;

    /** A message has told of it. */
    boolean isAnnounced;

    /** Since then: another worker, or a higher level. */
    boolean hasChanged;

    Group(long key) {
        this.key = key;
    }

    /** Records that no message has told of. */
    long untold() {
        return total - told;
    }

    boolean isOthers() {
        return key == Fingerprint.OTHERS;
    }

    void count(long timestampNs, long nowNs) {
        if (total == 0) {
            firstNs = timestampNs;
            lastNs = timestampNs;
            beganNs = nowNs;
        }
        if (untold() == 0) {
            untoldNs = timestampNs;
        }
        total++;
        firstNs = Math.min(firstNs, timestampNs);
        lastNs = Math.max(lastNs, timestampNs);
        untoldNs = Math.min(untoldNs, timestampNs);
        seenNs = nowNs;
    }
}

package io.emberlog.handler.alert;

import io.emberlog.message.WorkerIdentity;
import java.util.ArrayList;
import java.util.List;

/** Which workers a group is about: the first names, and how many different ones up to a bound. One thread. */
final class WorkerTally {
    static final int MOST_NAMES = 6;
    static final int MOST_COUNTED = 64;

    private final List<String> names = new ArrayList<>();
    private final int[] hashes = new int[MOST_COUNTED];
    private int count;
    private boolean more;
    private WorkerIdentity last;

    /** Whether it was added last: nothing new then, and its name need not be made. */
    boolean isLast(WorkerIdentity worker) {
        return worker == last;
    }

    /** @return whether it was not there before, as far as that is known */
    boolean add(WorkerIdentity worker, String name) {
        last = worker;
        int hash = Fingerprint.of(name);
        for (int i = 0; i < count; i++) {
            if (hashes[i] == hash) {
                return false;
            }
        }
        if (count == MOST_COUNTED) {
            more = true;
            return false;
        }
        hashes[count++] = hash;
        if (names.size() < MOST_NAMES) {
            names.add(name);
        }
        return true;
    }

    /** From a checkpoint. */
    void restore(List<String> knownNames, int[] knownHashes, boolean knownMore) {
        names.addAll(knownNames);
        System.arraycopy(knownHashes, 0, hashes, 0, knownHashes.length);
        count = knownHashes.length;
        more = knownMore;
    }

    List<String> names() {
        return names;
    }

    int count() {
        return count;
    }

    int hash(int index) {
        return hashes[index];
    }

    boolean isMore() {
        return more;
    }

    /** {@code md-1@a, md-2@a and 12 more}. */
    String text() {
        int others = count - names.size();
        return String.join(", ", names)
                + (others > 0 || more ? " and " + (more ? "at least " : "") + others + " more" : "");
    }
}

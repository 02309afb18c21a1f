package io.emberlog.handler.file;

import io.emberlog.handler.PartProblems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Files of a tree that cannot be opened though the disk works: a directory stands there, nobody may enter theirs, a name is too long.
 * One thread.
 *
 * <p>A file is one of them after {@value #TRIES} failures in a row, or, while another is, after the first, if a file beside it can be
 * made, written and forced at that moment and it fails once more behind that. For a minute it is not tried again.
 */
final class UnopenedFiles {
    static final int TRIES = 5;
    static final long KNOWN_NS = TimeUnit.MINUTES.toNanos(1);

    /** Directories that are tried for a file beside the one that failed. */
    private static final int MOST_PROBES = 3;

    private static final int PROBE_LENGTH = 4096;

    private final FileOps ops;
    private final Map<String, Failure> failures = new LinkedHashMap<>();
    private final int most;
    private long knownUntilNs;
    private boolean anyKnown;

    /** Of one file, in a row. */
    private static final class Failure {
        private int count;
        private boolean known;
        private long untilNs;
        private String problem;
    }

    /** @param most names to remember; the oldest is forgotten first */
    UnopenedFiles(FileOps ops, int most) {
        this.ops = ops;
        this.most = most;
    }

    /** Whether it is one of them, and it is not time to look again. */
    boolean isKnown(String name, long nowNs) {
        Failure failure = failures.isEmpty() ? null : failures.get(name);
        return failure != null && failure.known && nowNs - failure.untilNs < 0;
    }

    /** Whether it is one of them, tried again or not. */
    boolean isKnown(String name) {
        Failure failure = failures.isEmpty() ? null : failures.get(name);
        return failure != null && failure.known;
    }

    /** @return whether it was one of them */
    boolean opened(String name) {
        Failure failure = failures.isEmpty() ? null : failures.remove(name);
        return failure != null && failure.known;
    }

    /**
     * It could not be opened.
     *
     * @param probe name of a file that is nobody's
     * @param besides directories in which it may be made, for it is not known in which of them we may
     * @return whether it is one of them if it cannot be opened now, either; else whoever failed waits and tries again
     */
    boolean failed(String name, String probe, Collection<Path> besides, long nowNs) {
        Failure failure = failures.computeIfAbsent(name, key -> new Failure());
        if (failures.size() > most) {
            failures.remove(failures.keySet().iterator().next());
        }
        failure.count++;
        boolean isTime = failure.known || failure.count >= TRIES || anyKnown && nowNs - knownUntilNs < 0;
        return isTime && isDiskWell(probe, besides);
    }

    /**
     * It is one of them, for a minute.
     *
     * @param problem why, for whoever looks at it
     * @return whether that is new
     */
    boolean add(String name, String problem, long nowNs) {
        Failure failure = failures.computeIfAbsent(name, key -> new Failure());
        boolean isNew = !failure.known;
        failure.known = true;
        failure.untilNs = nowNs + KNOWN_NS;
        failure.problem = problem;
        anyKnown = true;
        knownUntilNs = failure.untilNs;
        return isNew;
    }

    PartProblems problems() {
        Map<String, String> told = new LinkedHashMap<>();
        long further = 0;
        for (Map.Entry<String, Failure> each : failures.entrySet()) {
            if (!each.getValue().known) {
                continue;
            }
            if (told.size() < PartProblems.MOST_TOLD) {
                told.put(each.getKey(), each.getValue().problem);
            } else {
                further++;
            }
        }
        return new PartProblems(told, further);
    }

    private boolean isDiskWell(String probe, Collection<Path> besides) {
        return besides.stream().distinct().limit(MOST_PROBES).anyMatch(directory -> canWrite(directory.resolve(probe)));
    }

    private boolean canWrite(Path file) {
        try {
            ops.delete(file); // of a process that died here
            try (FileOps.OpenFile made = ops.create(file)) {
                ByteBuffer bytes = ByteBuffer.allocate(PROBE_LENGTH);
                while (bytes.hasRemaining()) {
                    made.write(bytes, bytes.position());
                }
                made.force();
            } finally {
                ops.delete(file);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}

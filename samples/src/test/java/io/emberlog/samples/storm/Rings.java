package io.emberlog.samples.storm;

import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingHeader;
import io.emberlog.samples.process.Waiting;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Looks at a worker's files from outside. */
final class Rings {
    /** Four a second. */
    private static final long BEATS = 4;

    private Rings() {}

    /** Files of that worker in the channel directory with that ending. */
    static Path[] files(StormRun run, String worker, String suffix) {
        String[] names = run.directory
                .rings()
                .toFile()
                .list((File directory, String name) -> name.startsWith(worker + "-") && name.endsWith(suffix));
        return names == null
                ? new Path[0]
                : Arrays.stream(names).map(run.directory.rings()::resolve).toArray(Path[]::new);
    }

    /** The ring of a worker that has one; its mapping shows what becomes of it, also when the file is gone. */
    static Optional<RingFile> of(StormRun run, String worker) throws Exception {
        Path[] rings = files(run, worker, ".ring");
        return rings.length == 0 ? Optional.empty() : Optional.of(RingFile.openReadOnly(rings[0]));
    }

    /**
     * Waits until a master knows that worker and has had the time to look at its process: only then can it say of what it died.
     */
    static void awaitKnown(StormRun run, String worker) throws Exception {
        RingFile ring = of(run, worker).orElseThrow();
        RingHeader header = ring.header();
        Waiting.until("some of " + worker + " to be journaled", StormRun.LIMIT, () -> header.journaledPosition() > 0);
        long word = header.heartbeatWord();
        Waiting.until(
                "the heart of " + worker + " to beat", StormRun.LIMIT, () -> header.heartbeatWord() >= word + BEATS);
    }
}

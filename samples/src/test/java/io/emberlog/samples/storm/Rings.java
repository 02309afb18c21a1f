package io.emberlog.samples.storm;

import io.emberlog.ring.RingFile;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Looks at a worker's files from outside. */
final class Rings {
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
}

package io.emberlog.samples.storm;

import io.emberlog.ring.RingFile;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the master has told of its workers, in the file that its handler writes. */
final class Told {
    /** Four a second. */
    private static final long BEATS = 4;

    private Told() {}

    /** Lines of the output, rotated files too, that hold the text; 0 while there is none. */
    static long lines(StormRun run, String text) throws IOException {
        long found = 0;
        for (Path file : OutputFiles.of(run.directory.output())) {
            try (var lines = GrowingFile.lines(file)) {
                found += lines.filter(line -> line.contains(text)).count();
            } catch (NoSuchFileException renamed) {
                continue; // rotated in this moment: the next look has it under its new name
            }
        }
        return found;
    }

    /**
     * Waits until a master knows that worker and has had the time to look at its process: only then can it say of what it died.
     */
    static void awaitKnown(StormRun run, String worker) throws Exception {
        Waiting.until(
                worker + " to be found",
                StormRun.LIMIT,
                20_000_000,
                () -> lines(run, "\"worker " + worker + " (pid ") > 0);
        RingFile ring = Rings.of(run, worker).orElseThrow();
        long word = ring.header().heartbeatWord();
        Waiting.until(
                "the heart of " + worker + " to beat",
                StormRun.LIMIT,
                () -> ring.header().heartbeatWord() >= word + BEATS);
    }
}

package io.emberlog.samples.storm;

import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.GrowingFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the master has told of its workers, in the file that its handler writes. */
final class Told {
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
}

package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A note in the journal's directory that the device refused to take segments: the file {@code force-failed}, which names the
 * oldest of them. A process that finds the note must write them again before a force of them means anything, also when it is
 * not the one that saw the failure: what the note says outlives the master, and with the machine the pages in question go, too.
 */
final class ForceFailure {
    static final String FILE = "force-failed";

    /** No force has failed. */
    static final int NONE = -1;

    private static final int ALL = 0;

    private ForceFailure() {}

    /** @throws IOException it is not noted: only this process knows */
    static void note(Path directory, int oldestCycle) throws IOException {
        Files.writeString(directory.resolve(FILE), Integer.toString(oldestCycle));
    }

    /** The oldest segment concerned: all of them where the note cannot be read, {@link #NONE} where there is no note. */
    static int since(Path directory) throws IOException {
        try {
            byte[] text = Files.readAllBytes(directory.resolve(FILE));
            return Math.max(ALL, Integer.parseInt(new String(text, StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return NONE;
        } catch (NumberFormatException e) {
            return ALL;
        }
    }

    /** Its going need not be forced: found again after a power cut, it costs some writing and no more. */
    static void forget(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(FILE));
    }
}

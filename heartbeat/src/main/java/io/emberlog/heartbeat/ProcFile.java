package io.emberlog.heartbeat;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Bounded reads of small files that the kernel writes. */
final class ProcFile {

    private ProcFile() {}

    /** Up to {@code limit} bytes, as UTF-8; empty when the file cannot be read. */
    static String read(Path file, int limit) {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return new String(in.readNBytes(limit), StandardCharsets.UTF_8);
        } catch (IOException | SecurityException e) {
            return ""; // the process ended, or is hidden from us; callers know what empty means
        }
    }
}

package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** What a process holds, by the kernel's word. */
final class ProcFs {
    private static final long GROWTH_KIB = 48 * 1024;

    private final Path process;

    ProcFs(long pid) {
        process = Path.of("/proc", Long.toString(pid));
    }

    /** KiB of memory of its own: heap, stacks, code; no file's. */
    long anonymousKib() throws IOException {
        return status("RssAnon:");
    }

    String commandLine() throws IOException {
        return Files.readString(process.resolve("cmdline"));
    }

    /** The last quarter's top is not above that of the first half, give or take what the JIT and the collector do. */
    static void assertFlat(String what, List<Long> kib) {
        int quarter = kib.size() / 4;
        long before = Collections.max(kib.subList(0, 2 * quarter + 1));
        long after = Collections.max(kib.subList(3 * quarter, kib.size()));
        StormRun.say(what + ": " + before + " KiB, in the end " + after + " KiB");
        assertThat(after).as(what + " in KiB").isLessThanOrEqualTo(before + GROWTH_KIB);
    }

    private long status(String key) throws IOException {
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException(process + "/status has no " + key);
    }

    long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(process.resolve("fd"))) {
            return all.count();
        }
    }

    /** Mappings of ring files, those included whose names are gone. */
    long ringMappings() throws IOException {
        return Files.readAllLines(process.resolve("maps")).stream()
                .filter(line -> line.contains(".ring"))
                .count();
    }

    /** KiB of memory that are kept by mappings of ring files whose names are gone. */
    long goneRingsKib() throws IOException {
        List<String> lines = Files.readAllLines(process.resolve("smaps"));
        long sum = 0;
        boolean gone = false;
        for (String line : lines) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                gone = line.endsWith(".ring (deleted)");
            } else if (gone && line.startsWith("Rss:")) {
                sum += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return sum;
    }
}

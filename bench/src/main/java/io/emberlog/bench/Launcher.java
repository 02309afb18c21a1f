package io.emberlog.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code ./emberlog} of the source tree, as a user calls it. */
final class Launcher {
    private static final long LIMIT_MINUTES = 10;

    private Launcher() {}

    /** Where the launcher is that has started this JVM. */
    static Path home() {
        return Path.of(System.getProperty("emberlog.home", "."));
    }

    /**
     * Runs it to its end.
     *
     * @return how long it took
     */
    static long run(Workplace place, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(home().resolve("emberlog").toString());
        command.addAll(List.of(arguments));
        long startNs = System.nanoTime();
        Process process = place.start(new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT));
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
        return System.nanoTime() - startNs;
    }
}

package io.emberlog.bench;

import io.emberlog.master.cli.ExitCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A source tree whose own {@code ./emberlog bench} is run, one at a time. The measuring thread; {@link #kill} the JVM's hook. */
final class Tree {
    /** A bench that is asked to end kills its processes and removes its directories. */
    private static final long END_SECONDS = 20;

    private static final long REAP_SECONDS = 2;

    private final Path home;
    private Process bench;
    private boolean killed;

    Tree(Path home) {
        this.home = home;
    }

    Path home() {
        return home;
    }

    /**
     * Builds it if need be, and asks for its rows of these names.
     *
     * @throws Guard.UnusableException with what it says when it has not all of them
     */
    void check(List<String> names) throws IOException, InterruptedException, Guard.UnusableException {
        List<String> arguments = new ArrayList<>(List.of("--list"));
        arguments.addAll(names);
        Said said = run(arguments);
        if (said.exitCode != 0) {
            throw new Guard.UnusableException(
                    said.err.isBlank() ? "it ended with " + said.exitCode : withoutUsage(said.err));
        }
    }

    /** What is wrong, without what the launcher tells before it and the help behind it. */
    static String withoutUsage(String err) {
        return err.lines()
                .takeWhile(line -> !line.startsWith("Usage: "))
                .filter(line -> !line.startsWith("emberlog: building"))
                .collect(Collectors.joining("\n"));
    }

    /** Rows that lost something are among them, and say so. */
    List<Result> measure(List<String> names, Path directory) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--quick", "--json", "--dir", directory.toString()));
        arguments.addAll(names);
        Said said = run(arguments);
        if (said.exitCode != 0 && said.out.length == 0) {
            throw new IOException(home + " ended with " + said.exitCode + ": " + said.err.strip());
        }
        return ResultReader.read(said.out);
    }

    private record Said(int exitCode, byte[] out, String err) {}

    private Said run(List<String> arguments) throws IOException, InterruptedException {
        Path err = Files.createTempFile("emberlog-bench-", ".err"); // a file, so that two pipes need no two threads
        try {
            List<String> command =
                    new ArrayList<>(List.of(home.resolve("emberlog").toString(), "bench"));
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = start(builder);
            process.getOutputStream().close();
            byte[] out = process.getInputStream().readAllBytes();
            Said said = new Said(process.waitFor(), out, Files.readString(err, StandardCharsets.UTF_8));
            if (said.exitCode == ExitCodes.INTERRUPTED || said.exitCode == ExitCodes.TERMINATED) {
                TimeUnit.SECONDS.sleep(END_SECONDS); // Ctrl-C is for this JVM, too, which says no more
            }
            return said;
        } finally {
            Files.deleteIfExists(err);
        }
    }

    private synchronized Process start(ProcessBuilder builder) throws IOException {
        if (killed) {
            throw new IOException("interrupted");
        }
        bench = builder.start();
        return bench;
    }

    /** From now on nothing of it runs, but for what it has started in this very moment. */
    synchronized void kill() {
        killed = true;
        if (bench == null || !bench.isAlive()) {
            return;
        }
        List<ProcessHandle> below = bench.descendants().toList(); // a build's Maven does not end with its shell
        bench.destroy();
        try {
            bench.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        bench.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        bench.onExit().join();
        CompletableFuture.allOf(below.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, REAP_SECONDS, TimeUnit.SECONDS) // where nobody reaps them they stay
                .join();
    }
}

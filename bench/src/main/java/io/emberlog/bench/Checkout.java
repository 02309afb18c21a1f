package io.emberlog.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A revision in a Git worktree of its own, {@code bench/target/against-PID}. Closing it, or the end of this JVM, ends what
 * runs in it and removes it; the next one removes what a JVM that was killed has left. The measuring thread, and the JVM's
 * hook.
 */
final class Checkout implements AutoCloseable {
    private static final String PREFIX = "against-";

    private final Path repository;
    private final String hash;
    private final Tree tree;
    private final Thread hook = new Thread(this::clear);

    private Checkout(Path repository, String hash, Path directory) {
        this.repository = repository;
        this.hash = hash;
        tree = new Tree(directory);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * @throws Guard.UnusableException when there is no such revision, or nothing in it that could be measured
     */
    static Checkout of(Path repository, String revision)
            throws IOException, InterruptedException, Guard.UnusableException {
        Said parsed = git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
        if (parsed.exitCode != 0) {
            throw new Guard.UnusableException("--against " + revision + ": " + repository + " has no such revision"
                    + (parsed.text.isEmpty() ? "" : " (" + parsed.text + ")"));
        }
        Path target = Files.createDirectories(repository.resolve(Path.of("bench", "target")));
        removeLeftovers(repository, target);
        Path directory = target.resolve(PREFIX + ProcessHandle.current().pid());
        Checkout checkout = new Checkout(repository, parsed.text, directory);
        Said added = git(repository, "worktree", "add", "--quiet", "--detach", directory.toString(), parsed.text);
        if (added.exitCode != 0) {
            checkout.close();
            throw new IOException("git worktree add: " + added.text);
        }
        if (!Files.isExecutable(directory.resolve("emberlog")) || !Files.isDirectory(directory.resolve("bench"))) {
            checkout.close();
            throw new Guard.UnusableException("--against " + revision + ": it has no ./emberlog bench");
        }
        return checkout;
    }

    Tree tree() {
        return tree;
    }

    String hash() {
        return hash;
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM ends: the hook finds nothing to do
        }
    }

    private synchronized void clear() {
        tree.kill();
        remove(repository, tree.home());
    }

    private static void removeLeftovers(Path repository, Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.matches(PREFIX + "\\d{1,9}")
                        && ProcessHandle.of(Long.parseLong(name.substring(PREFIX.length())))
                                .isEmpty()) {
                    remove(repository, file);
                }
            }
        }
    }

    private static void remove(Path repository, Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        String trouble;
        try {
            Said removed = git(repository, "worktree", "remove", "--force", directory.toString());
            trouble = removed.exitCode == 0 ? "" : removed.text;
        } catch (IOException e) {
            trouble = e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            trouble = "interrupted";
        }
        if (!trouble.isEmpty()) {
            System.err.println("emberlog bench: could not remove " + directory + ": " + trouble);
        }
    }

    private record Said(int exitCode, String text) {}

    private static Said git(Path repository, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
        command.addAll(List.of(arguments));
        Process git = new ProcessBuilder(command).redirectErrorStream(true).start();
        git.getOutputStream().close();
        String text = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return new Said(git.waitFor(), text);
    }
}

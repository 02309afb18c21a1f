package io.emberlog.samples.power;

import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A disk whose power can be cut: a file system of its own in an image file. One thread.
 *
 * <p>{@link #cutPower} makes the file system forget, at one moment and for all processes, what was not forced to it: pages and
 * journal entries that the kernel had not yet written are dropped, and every later access is an I/O error. That is what a reader of
 * the disk finds after a power cut. (What the device's own cache would lose is not modelled: a loop device has none.) Then {@link
 * #remount} is the boot: processes that have files open on the disk must be gone by then.
 */
public final class LoopDisk implements AutoCloseable {
    private static final Duration DETACHED = Duration.ofSeconds(30);

    /** A kind of file system, and the smallest image in which its tools make one. */
    public enum Kind {
        EXT4(64),
        XFS(320);

        private final int leastMiB;

        Kind(int leastMiB) {
            this.leastMiB = leastMiB;
        }
    }

    private static final long COMMAND_SECONDS = 60;

    private final Path root;
    private final Path image;
    private final Path mountPoint;
    private final Thread atExit = new Thread(this::detach, "loop-disk-cleanup");
    private boolean mounted;

    private LoopDisk(Path root) {
        this.root = root;
        image = root.resolve("disk.img");
        mountPoint = root.resolve("disk");
    }

    /**
     * Makes and mounts one. Without root, loop devices or the tools the test is skipped with the reason; on CI it fails.
     *
     * @param atLeastMiB wanted size; the image is sparse
     */
    public static LoopDisk create(Kind kind, int atLeastMiB) throws IOException {
        String lacking = lacking(kind);
        if (lacking != null && "true".equals(System.getenv("CI"))) {
            Assertions.fail("this machine lacks " + lacking);
        }
        Assumptions.assumeTrue(lacking == null, "skipped: this machine lacks " + lacking);
        LoopDisk disk = new LoopDisk(Files.createTempDirectory("emberlog-disk-"));
        Runtime.getRuntime().addShutdownHook(disk.atExit);
        boolean made = false;
        try {
            disk.make(kind, Math.max(atLeastMiB, kind.leastMiB));
            disk.remount();
            made = true;
            return disk;
        } finally {
            if (!made) {
                disk.close();
            }
        }
    }

    /** What the test needs and is not here, or null. */
    private static String lacking(Kind kind) {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "root's rights to mount";
        }
        if (Files.notExists(Path.of("/dev/loop-control"))) {
            return "loop devices (/dev/loop-control)";
        }
        if (!has("xfs_io")) {
            return "xfs_io (package xfsprogs)";
        }
        return switch (kind) {
            case EXT4 -> has("mkfs.ext4") ? null : "mkfs.ext4 (package e2fsprogs)";
            case XFS -> has("mkfs.xfs") ? null : "mkfs.xfs (package xfsprogs)";
        };
    }

    private static boolean has(String program) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private void make(Kind kind, int sizeMiB) throws IOException {
        Files.createDirectory(mountPoint);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) sizeMiB << 20);
        }
        switch (kind) {
            case EXT4 -> run("mkfs.ext4", "-q", "-F", image.toString());
            case XFS -> run("mkfs.xfs", "-q", image.toString());
        }
    }

    /** Where the file system is mounted; a path that stays through cuts and remounts. */
    public Path path() {
        return mountPoint;
    }

    /** At once, and without flushing anything. */
    public void cutPower() throws IOException {
        run("xfs_io", "-x", "-c", "shutdown", mountPoint.toString());
    }

    /** Mounts anew, which recovers the file system as a boot would; unmounts before if need be. */
    public void remount() throws IOException {
        if (mounted) {
            run("umount", mountPoint.toString());
            mounted = false;
            awaitDetached();
        }
        run("mount", "-o", "loop", image.toString(), mountPoint.toString());
        mounted = true;
    }

    /**
     * A copy of the mount in another process's namespace (a test beside this one that calls {@code unshare}) keeps the file system
     * alive: mounted again, it would still be the one that was shut down.
     */
    private void awaitDetached() throws IOException {
        Path device = Path.of("/sys/block");
        Waiting.until("the loop device of " + image + " to be free in all mount namespaces", DETACHED, () -> {
            try (DirectoryStream<Path> loops = Files.newDirectoryStream(device, "loop*")) {
                for (Path loop : loops) {
                    Path file = loop.resolve("loop/backing_file");
                    if (Files.exists(file) && Files.readString(file).startsWith(image.toString())) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    /** Unmounts and deletes, whatever has happened. */
    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(atExit);
        detach();
        Files.deleteIfExists(image);
        Files.deleteIfExists(mountPoint);
        Files.deleteIfExists(root);
    }

    /** Also while files on it are open: it goes when the last one is closed. */
    private void detach() {
        if (mounted) {
            try {
                run("umount", "--lazy", mountPoint.toString());
                mounted = false;
            } catch (IOException e) {
                System.err.println(e.getMessage());
            }
        }
    }

    private static void run(String... command) throws IOException {
        List<String> words = List.of(command);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        builder.environment().put("LC_ALL", "C"); // its complaints, in words that can be searched for
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", words) + " did not end within " + COMMAND_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        String.join(" ", words) + " ended with " + process.exitValue() + ": " + said.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + String.join(" ", words), e);
        }
    }
}

package io.emberlog.master;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A real file system in memory, mounted for a test, that can be full and have room again. One thread. */
public final class SmallDisk implements AutoCloseable {
    private static final int PAGE = 4096;

    private final Path mountPoint;
    private final Path ballast;

    private SmallDisk(Path mountPoint) {
        this.mountPoint = mountPoint;
        ballast = mountPoint.resolve(".ballast");
    }

    /** Skips the test where mounting is not allowed. */
    public static SmallDisk mount(Path mountPoint, int mib) throws IOException {
        Files.createDirectories(mountPoint);
        String said = run("mount", "-t", "tmpfs", "-o", "size=" + mib + "m", "tmpfs", mountPoint.toString());
        if (said != null && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("cannot mount a tmpfs: run the tests as root: " + said);
        }
        assumeTrue(said == null, "mounting a tmpfs needs root");
        return new SmallDisk(mountPoint);
    }

    /** Takes all room but this. */
    public void fillBut(long bytes) throws IOException {
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        try (FileChannel file = FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (Files.getFileStore(mountPoint).getUsableSpace() > bytes) {
                page.clear();
                file.write(page);
            }
        }
    }

    /** Gives back what {@link #fillBut} took. */
    public void free() throws IOException {
        Files.delete(ballast);
    }

    /** Also while files on it are open. */
    @Override
    public void close() throws IOException {
        String said = run("umount", "--lazy", mountPoint.toString());
        if (said != null) {
            throw new IOException(said);
        }
    }

    /** @return null when it went well */
    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return process.waitFor() == 0 ? null : String.join(" ", command) + ": " + said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}

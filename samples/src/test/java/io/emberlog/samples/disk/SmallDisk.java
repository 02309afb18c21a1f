package io.emberlog.samples.disk;

import io.emberlog.samples.process.Needs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system in memory that can be filled to its last byte and given room again, in either of two ways. One thread. */
final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 1 << 20;
    private static final int PAGE = 4096;
    private static final int MOST_TRIES = 100;

    private final Path mountPoint;
    private final int mib;
    private final Path ballast;
    private final Thread atExit = new Thread(this::unmount, "small-disk-cleanup");
    private boolean shrunk;

    private SmallDisk(Path mountPoint, int mib) {
        this.mountPoint = mountPoint;
        this.mib = mib;
        ballast = mountPoint.resolve(".ballast");
    }

    /** Skips the test where that is not allowed. */
    static SmallDisk mount(Path mountPoint, int mib) throws IOException {
        Needs.root("to mount");
        SmallDisk disk = new SmallDisk(mountPoint, mib);
        run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + mib + "m", "tmpfs", mountPoint.toString());
        Runtime.getRuntime().addShutdownHook(disk.atExit);
        return disk;
    }

    Path path() {
        return mountPoint;
    }

    /** Takes all the room that is left. */
    void fill() throws IOException {
        try (FileChannel file = FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int size = BLOCK; size >= PAGE; size /= 2) {
                ByteBuffer block = ByteBuffer.allocate(size);
                try {
                    while (file.write(block) > 0) {
                        block.clear();
                    }
                } catch (IOException full) {
                    continue; // then with smaller blocks, down to the last page
                }
            }
        }
    }

    /** As {@link #fill}, by making the disk about as small as what is on it; what little is left is soon used. */
    void shrink() throws IOException {
        for (int tries = 1; !shrunk; tries++) {
            try {
                run("mount", "-o", "remount,size=" + (used() + (long) tries * BLOCK), mountPoint.toString());
                shrunk = true;
            } catch (IOException grown) { // beyond that size, between two looks
                if (tries == MOST_TRIES) {
                    throw grown;
                }
            }
        }
    }

    /** Undoes both. */
    void free() throws IOException {
        Files.deleteIfExists(ballast);
        if (shrunk) {
            run("mount", "-o", "remount,size=" + mib + "m", mountPoint.toString());
            shrunk = false;
        }
    }

    long used() throws IOException {
        var store = Files.getFileStore(mountPoint);
        return store.getTotalSpace() - store.getUnallocatedSpace();
    }

    /** What is on it, for those who look for the reason of a failure when it is gone. */
    void keepIn(Path directory) throws IOException {
        Files.deleteIfExists(ballast);
        run("cp", "-a", mountPoint.toString(), directory.toString());
    }

    /** Also while files on it are open. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        unmount();
    }

    private void unmount() {
        try {
            run("umount", "--lazy", mountPoint.toString());
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}

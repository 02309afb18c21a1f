package io.emberlog.master.watch;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Hears when a worker touches its ring's file to wake the drain ({@link io.emberlog.ring.RingFile#wakeDrain}): by inotify, which the
 * JDK has as a {@link WatchService}. What workers write into their mappings makes no such event. Where the kernel gives no inotify
 * (a user may have 128 of them), or its events do not come from that file system, {@link #hearsAll} stays false and nothing else
 * is different.
 *
 * <p>A thread of its own waits for events, without a wake-up while there are none. A neighbour who touches files without end gets
 * one wake-up a millisecond.
 */
public final class RingTouches implements AutoCloseable {
    private static final long REST_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long END_MS = 1_000;

    private final WatchService service;
    private final Runnable touched;
    private final Map<Path, WatchKey> directories = new HashMap<>();
    private final Path probe;
    private final Thread thread;
    /** An event has come: this file system sends them. */
    private volatile boolean proved;

    private volatile boolean all;

    /**
     * @param probe a file of the master's own in a directory that is heard, whose time stamp may change: to see whether events come
     * @param touched called by a thread of this object's; must not wait
     */
    public RingTouches(Path probe, Runnable touched) {
        this.probe = probe;
        this.touched = touched;
        this.service = open(probe.getFileSystem());
        this.thread = new Thread(this::hear, "emberlog-touches");
        thread.setDaemon(true);
        if (service != null) {
            thread.start();
        }
    }

    private static WatchService open(FileSystem files) {
        try {
            return files.newWatchService();
        } catch (IOException | UnsupportedOperationException none) {
            return null; // too many of them, say
        }
    }

    /** What is heard from now on: these directories, each once, and no others. The watch thread only. */
    void hear(Collection<Path> wanted) {
        if (service == null) {
            return;
        }
        boolean each = true;
        for (Path directory : wanted) {
            each &= hear(directory);
        }
        if (wanted.size() < directories.size()) {
            forget(wanted);
        }
        all = each;
    }

    private boolean hear(Path directory) {
        WatchKey known = directories.get(directory);
        if (known != null && known.isValid()) {
            return true;
        }
        try {
            directories.put(directory, directory.register(service, StandardWatchEventKinds.ENTRY_MODIFY));
            if (directory.equals(probe.getParent())) {
                // not by Files, which opens the file: closing a descriptor of a lock file drops the lock of this
                // process
                probe.toFile().setLastModified(System.currentTimeMillis());
            }
            return true;
        } catch (IOException | ClosedWatchServiceException | UnsupportedOperationException e) {
            return false; // too many of them, or it has gone: tried again with the next call
        }
    }

    private void forget(Collection<Path> wanted) {
        directories.entrySet().removeIf(known -> {
            boolean gone = !wanted.contains(known.getKey());
            if (gone) {
                known.getValue().cancel();
            }
            return gone;
        });
    }

    /** Whether touches of files in all directories given last are heard. Any thread. */
    public boolean hearsAll() {
        return proved && all;
    }

    private void hear() {
        try {
            while (true) {
                WatchKey key = service.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    proved |= event.kind() == StandardWatchEventKinds.ENTRY_MODIFY;
                }
                key.reset(); // one that is not valid any more is replaced by the watch thread
                touched.run();
                LockSupport.parkNanos(REST_NS);
            }
        } catch (InterruptedException | ClosedWatchServiceException end) {
            all = false;
        }
    }

    @Override
    public void close() {
        if (service == null) {
            return;
        }
        try {
            service.close();
            thread.join(END_MS);
        } catch (IOException e) {
            return; // the thread is a daemon, and what it wakes is ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

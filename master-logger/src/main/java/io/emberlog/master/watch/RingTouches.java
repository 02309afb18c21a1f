package io.emberlog.master.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Hears when a worker touches its ring's file to wake the drain ({@link io.emberlog.ring.RingFile#wakeDrain}): by inotify, which the
 * JDK has as a {@link WatchService}. What workers write into their mappings makes no such event. Where the kernel gives no inotify
 * (a user may have 128 of them), its events do not come from that file system or come no more, or something fails that nobody foresaw,
 * {@link #hearsAll} is false and nothing else is different.
 *
 * <p>A thread of its own waits for events, without a wake-up while there are none. The service is that thread's alone: the JDK's own
 * thread behind it dies of a full heap, and whoever asks for something then waits for ever. A neighbour who touches files without
 * end gets one wake-up a millisecond.
 */
public final class RingTouches implements AutoCloseable {
    private static final long REST_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long END_MS = 1_000;
    /** Between two touches of the master's own, of which it must hear. */
    private static final long PROBE_NS = TimeUnit.SECONDS.toNanos(10);

    /** Between two looks whether a directory is still the one that is heard. */
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(1);

    /** @param file which directory it was; it may be moved away, and its watch with it */
    private record Heard(WatchKey key, Object file) {}

    private final Runnable touched;
    private final LongSupplier nanoTime;
    private final Path probe;
    private final Thread thread;
    private long probeAtNs;
    private long lookAtNs;
    private long askAtNs;

    /** One writer, the watch thread. */
    private volatile List<Path> wanted = List.of();

    private volatile boolean asked;
    /** As of the last {@link #hear}. */
    private volatile boolean all;
    /** One writer, this object's thread. */
    private volatile Map<Path, Heard> heard = Map.of();
    /** An event has come since the last probe. */
    private volatile boolean proved;
    /** The same of the probe before. */
    private volatile boolean provedBefore;

    private volatile boolean over;

    /**
     * @param probe a file of the master's own in a directory that is heard, whose time stamp may change: to see whether events come
     * @param touched called by a thread of this object's; must not wait
     * @param nanoTime the monotonic clock
     */
    public RingTouches(Path probe, Runnable touched, LongSupplier nanoTime) {
        this.probe = probe;
        this.touched = touched;
        this.nanoTime = nanoTime;
        this.probeAtNs = nanoTime.getAsLong() + PROBE_NS;
        this.lookAtNs = nanoTime.getAsLong() + LOOK_NS;
        this.thread = new Thread(this::run, "emberlog-touches");
        thread.setDaemon(true);
        thread.start();
    }

    /** What is to be heard from now on: these directories, each once, and no others. Waits for nothing. The watch thread only. */
    void hear(Collection<Path> directories) {
        if (over) {
            return;
        }
        long now = nanoTime.getAsLong();
        all = isHeard(directories, now);
        boolean others = directories.size() != wanted.size() || !directories.containsAll(wanted);
        if (!all && (others || now - askAtNs >= 0)) {
            askAtNs = now + LOOK_NS;
            wanted = List.copyOf(directories);
            asked = true;
            thread.interrupt();
        }
        if (now - probeAtNs >= 0) {
            probeAtNs = now + PROBE_NS;
            provedBefore = proved;
            proved = false;
            touchProbe();
        }
    }

    private boolean isHeard(Collection<Path> directories, long nowNs) {
        boolean look = nowNs - lookAtNs >= 0;
        Map<Path, Heard> known = heard;
        for (Path directory : directories) {
            Heard one = known.get(directory);
            if (one == null || !one.key.isValid() || look && !isThere(directory, one)) {
                return false;
            }
        }
        lookAtNs = look ? nowNs + LOOK_NS : lookAtNs; // only behind one that met the right ones
        return known.size() == directories.size();
    }

    private static boolean isThere(Path directory, Heard known) {
        try {
            return Objects.equals(known.file, fileKey(directory));
        } catch (IOException gone) {
            return false;
        }
    }

    private static Object fileKey(Path directory) throws IOException {
        return Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    }

    /** Not by Files, which opens the file: closing a descriptor of a lock file drops the lock of this process. */
    private void touchProbe() {
        probe.toFile().setLastModified(System.currentTimeMillis());
    }

    /** Whether touches of files in all directories given last are heard. Any thread. */
    public boolean hearsAll() {
        return all && (proved || provedBefore) && !over;
    }

    private void run() {
        try (WatchService service = probe.getFileSystem().newWatchService()) {
            while (!over) {
                register(service);
                listen(service);
            }
        } catch (Throwable t) { // too many of them, say, or a full heap: an event may be lost, so nothing is heard any
            // more
            return;
        } finally {
            over = true;
        }
    }

    private void register(WatchService service) {
        if (!asked) {
            return;
        }
        asked = false;
        Map<Path, Heard> known = heard;
        Map<Path, Heard> next = new HashMap<>();
        for (Path directory : wanted) {
            Heard one = register(service, directory, known.get(directory));
            if (one != null) {
                next.put(directory, one);
            }
        }
        known.forEach((directory, before) -> {
            Heard now = next.get(directory);
            if (now == null || now.key != before.key) {
                before.key.cancel();
            }
        });
        heard = next;
    }

    /** @return null where there are too many of them, or it has gone: asked for again before long */
    private Heard register(WatchService service, Path directory, Heard known) {
        try {
            Object file = fileKey(directory); // first: should it be moved now, the next look sees another one
            if (known != null && known.key.isValid() && Objects.equals(known.file, file)) {
                return known;
            }
            WatchKey key = directory.register(service, StandardWatchEventKinds.ENTRY_MODIFY);
            if (directory.equals(probe.getParent())) {
                touchProbe();
            }
            return new Heard(key, file);
        } catch (IOException e) {
            return null;
        }
    }

    private void listen(WatchService service) {
        try {
            WatchKey key = service.take();
            for (WatchEvent<?> event : key.pollEvents()) {
                proved |= event.kind() == StandardWatchEventKinds.ENTRY_MODIFY;
            }
            key.reset(); // one that is not valid any more is replaced when the watch thread asks
        } catch (InterruptedException called) {
            return; // by that thread, or at the end
        }
        touched.run();
        LockSupport.parkNanos(REST_NS);
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
        try {
            thread.join(END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

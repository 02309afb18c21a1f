package io.emberlog.handler.file;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.file.RotatedFiles.Rotated;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * What the files of one handler have on disk and what is left there, looked up now and then: so rarely that it takes no more than a
 * hundredth of the time, however many files there are. The handler's thread.
 */
final class DiskUse {
    static final long LOOK_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long MOST_SHARE = 100;

    private final FileOps ops;
    private final HandlerContext context;
    private final Path directory;
    private long nextLookNs;

    /** @param directory for the space that is left */
    DiskUse(FileOps ops, HandlerContext context, Path directory) {
        this.ops = ops;
        this.context = context;
        this.directory = directory;
        nextLookNs = context.nanoTime();
    }

    void tick(long nowNs, Collection<RotatedFiles> logs) {
        if (nowNs - nextLookNs < 0) {
            return;
        }
        long startNs = context.nanoTime();
        long bytes = -1;
        long free = -1;
        try {
            bytes = bytes(logs);
            free = ops.usableSpace(directory);
        } catch (IOException e) {
            // the figure is not known, and whoever needs the files will say why
        }
        context.metrics().set(Gauge.DISK_BYTES, bytes);
        context.metrics().set(Gauge.DISK_FREE_BYTES, free);
        long endNs = context.nanoTime();
        nextLookNs = endNs + Math.max(LOOK_NS, MOST_SHARE * (endNs - startNs));
    }

    private long bytes(Collection<RotatedFiles> logs) throws IOException {
        long bytes = 0;
        Listings listings = new Listings();
        for (RotatedFiles log : logs) {
            bytes += ops.length(log.path());
            for (Rotated rotated : log.oldestFirst(listings.of(log))) {
                for (RotatedFile form : rotated.forms()) {
                    bytes += ops.length(log.at(form.name()));
                }
            }
        }
        return bytes;
    }
}

package io.emberlog.master.drain;

import io.emberlog.ring.RingFile;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashSet;
import java.util.Set;

/**
 * What is left of ended rings in this process. Their files are unlinked, but a mapping keeps the file's memory until the
 * garbage collector frees it, and a master that has little to do may not collect for days. So the pages with the records go
 * back to the kernel at once, and when there are many mappings the JVM is asked to free them
 * (docs/decisions/080-memory-of-ended-rings.md). The reaper's thread only.
 */
final class EndedMappings {
    static final Runnable NO_COLLECTOR = () -> {};

    /** Each takes a header page, a trailer page and page tables: some 30 KiB for a ring of the default size. */
    static final int MOST = 256;

    private final Runnable collector;
    private final ReferenceQueue<Object> freed = new ReferenceQueue<>();
    private final Set<Reference<?>> mapped = new HashSet<>();
    private int limit = MOST;

    /** @param collector makes the JVM free what nothing refers to */
    EndedMappings(Runnable collector) {
        this.collector = collector;
    }

    /**
     * The ring is finished, and nobody reads its records any more.
     *
     * @param salvaged its header says so, too: its owner, if it lives in spite of all, asks nothing else of it
     */
    void add(RingFile file, boolean salvaged) {
        RingPages.giveBack(file.recordPages());
        if (salvaged) {
            RingPages.giveBack(file.stagingPages());
        }
        keep(file);
    }

    /** As {@link #add}, of one whose bytes stay in its file. */
    void keep(RingFile file) {
        mapped.add(file.mappingFreed(freed));
    }

    /** Mappings not freed yet, as far as is known. */
    int count() {
        for (Reference<?> gone = freed.poll(); gone != null; gone = freed.poll()) {
            mapped.remove(gone);
        }
        return mapped.size();
    }

    /** Has the JVM collect when there are many. What a collection does not free does not make the next one come sooner. */
    void doWork() {
        int count = count();
        limit = Math.max(MOST, Math.min(limit, count + MOST));
        if (count >= limit) {
            limit = count + MOST;
            collector.run();
        }
    }
}

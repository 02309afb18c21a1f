package io.emberlog.worker;

import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.control.Clock;
import io.emberlog.ring.control.ControlPage;
import io.emberlog.ring.control.ControlSnapshot;
import io.emberlog.ring.control.LevelRule;
import io.emberlog.ring.control.LevelTable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Follows the channel's control page for one worker: finds it, polls it, and ends rules whose time is over. Housekeeper
 * only. Never throws, and never prints: a page that cannot be trusted or read, or is broken, changes nothing, and
 * {@code emberlog level get} says what is wrong with it.
 *
 * <p>A rule's end is computed once, when the rule is first seen, on this process's monotonic clock: a wall clock that is
 * set later neither holds nor ends it, and it ends also when nobody is left who could take it back.
 */
final class ControlWatch {
    /** Whether the page is still the file of that name, and how soon one that was refused is looked at again. */
    static final long CHECK_NS = TimeUnit.SECONDS.toNanos(1);

    /** Rules are told apart by this. */
    private record Seen(long id, long setEpochNs) {}

    private final Path ringDirectory;
    private Path directory;
    private File file;
    private long nextLocateNs;
    private final String worker;
    private final PageLevels levels;
    private final Supplier<Clock> clockSource;
    private Clock clock;
    private ControlPage page;
    private long nextCheckNs;
    private long seenSequence;
    private ControlSnapshot content = ControlSnapshot.NOTHING;
    private Map<Seen, Long> ends = Map.of();
    private long nextEndNs = Long.MAX_VALUE;
    private LevelTable applied = LevelTable.EMPTY;

    /**
     * @param ringDirectory where the worker puts its rings; the page is there, or in the channel around a user's folder
     * @param clockSource asked once, on the housekeeper's thread
     */
    ControlWatch(Path ringDirectory, String worker, PageLevels levels, Supplier<Clock> clockSource) {
        this.ringDirectory = ringDirectory;
        this.worker = worker;
        this.levels = levels;
        this.clockSource = clockSource;
    }

    /** The sequence of the page that is in force here; 0 for none. */
    long sequence() {
        return content.sequence();
    }

    /** One look: two reads of memory while nothing changes, one {@code stat} while there is no page. */
    void poll() {
        try {
            if (clock == null) {
                clock = clockSource.get();
                nextCheckNs = clock.monotonicNs();
                nextLocateNs = nextCheckNs;
            }
            long now = clock.monotonicNs();
            if (isThere(now) && page.sequence() != seenSequence) {
                read(now);
            }
            if (now - nextEndNs >= 0 && nextEndNs != Long.MAX_VALUE) {
                apply(now);
            }
        } catch (IOException | RuntimeException | Error untrustedOrCut) {
            page = null; // looked at again in a second; until then all stays as it is
        }
    }

    private boolean isThere(long now) throws IOException {
        boolean due = now - nextCheckNs >= 0;
        if (page != null && due && !page.isInPlace()) {
            page = null;
            due = true;
        } else if (page == null && !due) {
            return false;
        }
        if (page == null) {
            if (now - nextLocateNs >= 0) {
                nextLocateNs = now + CHECK_NS;
                directory = ChannelDirectory.channelOf(ringDirectory);
                file = ControlPage.pathIn(directory).toFile();
            }
            if (file == null || !file.exists()) {
                return false; // and looked for again at the next poll
            }
            nextCheckNs = now + CHECK_NS;
            page = ControlPage.open(directory);
            seenSequence = 0;
            content = new ControlSnapshot(0, content.rules());
        } else if (due) {
            nextCheckNs = now + CHECK_NS;
        }
        return page != null;
    }

    private void read(long now) {
        long claimed = page.sequence();
        ControlSnapshot found = page.read();
        if (found == null) {
            return; // being written, or broken: the next poll tries again
        }
        if (found.sequence() == claimed) {
            seenSequence = claimed;
        }
        if (found.sequence() > content.sequence()) { // never back to the older copy
            content = found;
            apply(now);
        }
    }

    private void apply(long now) {
        Map<Seen, Long> known = ends;
        Map<Seen, Long> next = new HashMap<>();
        for (LevelRule rule : content.rules()) {
            if (rule.forNs() != 0) {
                Seen key = new Seen(rule.id(), rule.setEpochNs());
                Long end = known.get(key);
                next.put(key, end != null ? end : Long.valueOf(now + rule.leftNs(clock)));
            }
        }
        ends = next;
        nextEndNs = Long.MAX_VALUE;
        for (long end : next.values()) {
            if (end - now > 0 && (nextEndNs == Long.MAX_VALUE || end - nextEndNs < 0)) {
                nextEndNs = end;
            }
        }
        LevelTable changed = content.levelsOf(worker, rule -> holds(rule, now));
        if (!changed.equals(applied)) {
            levels.set(changed);
            applied = changed;
        }
    }

    private boolean holds(LevelRule rule, long now) {
        Long end = rule.forNs() == 0 ? null : ends.get(new Seen(rule.id(), rule.setEpochNs()));
        return end == null || end - now > 0;
    }
}

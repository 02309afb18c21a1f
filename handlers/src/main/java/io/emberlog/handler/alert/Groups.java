package io.emberlog.handler.alert;

import static io.emberlog.message.MessageDescriptor.LOGGER;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.alert.Notice.Occasion;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All groups of a handler, and when each is to be told of:
 *
 * <pre>
 *  first record       first notice              digests                        over
 *       |-- group_wait --|-- group_interval --|-- twice that --|-- ... --|-- ... |
 *                                                                       |-- resolve_after --|
 *                                                                     last record
 * </pre>
 *
 * A digest comes only when there is something to tell. The time to the next one doubles up to {@code repeat_interval} while the group
 * goes on unchanged, and is {@code group_interval} again when a worker joins. Growth by ten brings it forward. At most {@code max_groups}; what finds no room is
 * counted in one more, whatever it is. So every record is counted in exactly one group, and none is forgotten before it is told.
 * One thread.
 */
final class Groups {
    private static final int MOST_MESSAGE = 500;
    private static final int MOST_NAME = 100;
    private static final int GROWTH = 10;
    private static final long CATCH_UP_NS = 60_000_000_000L;

    private final AlertSettings settings;
    private final RecordText text;
    private final Breadcrumbs breadcrumbs;
    private final Map<Long, Group> groups = new LinkedHashMap<>();

    private Group last;
    private long lifeBeganNs;

    Groups(AlertSettings settings, RecordText text, Breadcrumbs breadcrumbs) {
        this.settings = settings;
        this.text = text;
        this.breadcrumbs = breadcrumbs;
    }

    /** In the order in which they began. */
    Collection<Group> all() {
        return groups.values();
    }

    void clear() {
        groups.clear();
        last = null;
    }

    /** A life. */
    void begin(long nowNs) {
        lifeBeganNs = nowNs;
    }

    /** From a checkpoint. */
    void restore(Group group) {
        groups.put(group.key, group);
    }

    void add(LogRecord record, long nowNs) {
        Group group = groupOf(Fingerprint.of(record), nowNs);
        EntryDecoder entry = record.entry();
        boolean isFirstUntold = group.untold() == 0;
        group.count(entry.timestampNs(), nowNs);
        if (isFirstUntold) {
            sample(group, record);
        }
        if (entry.severity() > group.severity || group.level.isEmpty()) {
            group.hasChanged |= group.isAnnounced;
            group.severity = entry.severity();
            group.level = text.level(entry);
        }
        boolean joined = !group.workers.isLast(record.worker())
                && group.workers.add(record.worker(), text.worker(record.worker(), MOST_NAME));
        group.hasChanged |= joined && group.isAnnounced;
    }

    private Group groupOf(long key, long nowNs) {
        if (last != null && last.key == key) {
            return last;
        }
        Group found = groups.get(key);
        if (found == null) {
            boolean isFull = groups.size() - (groups.containsKey(Fingerprint.OTHERS) ? 1 : 0) >= settings.maxGroups();
            long wanted = isFull && !makeRoom(nowNs) ? Fingerprint.OTHERS : key;
            found = groups.computeIfAbsent(wanted, Group::new);
        }
        // what goes to the others is looked up each time: there may be room by then
        last = found.isOthers() ? null : found;
        return found;
    }

    /** Forgets the one of which all is told and that has been quiet for longest, if for a while. */
    private boolean makeRoom(long nowNs) {
        Group quietest = groups.values().stream()
                .filter(group -> group.isAnnounced && group.untold() == 0 && !group.isOthers())
                .filter(group ->
                        nowNs - group.seenNs >= settings.groupInterval().toNanos())
                .max(Comparator.comparingLong(group -> nowNs - group.seenNs))
                .orElse(null);
        if (quietest == null) {
            return false;
        }
        remove(quietest);
        return true;
    }

    private void sample(Group group, LogRecord record) {
        EntryDecoder entry = record.entry();
        group.logger = text.section(entry, LOGGER, MOST_NAME);
        group.message = text.message(entry, Math.min(MOST_MESSAGE, settings.sampleLength()));
        group.exception = text.exception(entry, Math.max(0, settings.sampleLength() - group.message.length()));
        boolean isGrave = WorkerEvent.is(entry) || entry.severity() >= Level.ERROR.severity() && !group.isAnnounced;
        group.breadcrumbs = isGrave ? breadcrumbs.before(record) : "";
    }

    /** Groups that are to be told of now, the gravest first, and of equals the one that began first. */
    List<Group> due(long nowNs) {
        List<Group> due = new ArrayList<>();
        for (Group group : groups.values()) {
            if (isDue(group, nowNs)) {
                due.add(group);
            }
        }
        return sorted(due);
    }

    /** All of which there is something to tell. */
    List<Group> untold() {
        List<Group> untold = new ArrayList<>();
        for (Group group : groups.values()) {
            if (group.untold() > 0) {
                untold.add(group);
            }
        }
        return sorted(untold);
    }

    private static List<Group> sorted(List<Group> list) {
        list.sort(Comparator.comparingInt((Group group) -> -group.severity));
        return list;
    }

    /** Forgets those that are over and of which nothing is to be told any more. */
    void forgetTold(long nowNs) {
        groups.values().removeIf(group -> {
            boolean forgotten = isOver(group, nowNs) && group.untold() == 0 && !tellsRecovery(group);
            if (forgotten && last == group) {
                last = null;
            }
            return forgotten;
        });
    }

    private boolean isDue(Group group, long nowNs) {
        if (isOver(group, nowNs)) {
            return group.untold() > 0 || tellsRecovery(group);
        }
        if (group.untold() == 0) {
            return false;
        }
        if (!group.isAnnounced) {
            boolean waits = group.severity < settings.immediateSeverity();
            return nowNs - group.beganNs >= (waits ? settings.groupWait().toNanos() : 0);
        }
        Duration interval = escalates(group)
                ? settings.groupWait()
                : group.hasChanged ? settings.groupInterval() : Duration.ofNanos(group.intervalNs);
        return nowNs - group.toldNs >= interval.toNanos();
    }

    /** Tenfold, so that even one that grows for ever is told of a few times only. */
    private boolean escalates(Group group) {
        return settings.escalateCount() > 0
                && group.untold() >= settings.escalateCount()
                && group.total / GROWTH >= group.told;
    }

    /** One that was never told of is not over: it is due. Nor is any before this life has had time to see what came meanwhile. */
    private boolean isOver(Group group, long nowNs) {
        long resolveNs = settings.resolveAfter().toNanos();
        return group.isAnnounced
                && nowNs - group.seenNs >= resolveNs
                && nowNs - lifeBeganNs >= Math.min(resolveNs, CATCH_UP_NS);
    }

    /** A single record is told once, and that is all there is to tell. */
    private boolean tellsRecovery(Group group) {
        return settings.recovery() && group.total > 1;
    }

    Occasion occasion(Group group, long nowNs, boolean stopping) {
        if (isOver(group, nowNs)) {
            return Occasion.OVER;
        }
        return stopping ? Occasion.STOPPING : group.isAnnounced ? Occasion.AGAIN : Occasion.FIRST;
    }

    Notice notice(Group group, long nowNs, boolean stopping) {
        Occasion occasion = occasion(group, nowNs, stopping);
        String message = group.isOthers()
                ? "records of more than " + settings.maxGroups() + " groups, one of them: " + group.message
                : group.message;
        return new Notice(
                group.key,
                occasion,
                group.level,
                group.severity,
                group.isOthers() ? "" : group.logger,
                message,
                group.untold() == 0 ? "" : group.exception,
                group.breadcrumbs,
                group.untold(),
                group.total,
                group.firstNs,
                group.untoldNs,
                group.lastNs,
                group.workers.text());
    }

    /** A message that told of so many of its records has arrived. */
    void told(Group group, Notice notice, long nowNs) {
        if (notice.occasion() == Occasion.OVER && group.total == notice.total()) {
            remove(group);
            return;
        }
        long groupIntervalNs = settings.groupInterval().toNanos();
        boolean goesOn = group.isAnnounced && !group.hasChanged;
        group.intervalNs =
                goesOn ? Math.min(settings.repeatInterval().toNanos(), 2 * group.intervalNs) : groupIntervalNs;
        group.told = notice.total();
        group.toldNs = nowNs;
        group.isAnnounced = true;
        group.hasChanged = false;
        group.breadcrumbs = "";
        if (group.untold() > 0) {
            group.untoldNs =
                    group.lastNs; // of the first one since it is only known that it came while the message was sent
        }
    }

    private void remove(Group group) {
        groups.remove(group.key);
        if (last == group) {
            last = null;
        }
    }
}

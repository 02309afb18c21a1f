package io.emberlog.master.watch;

import io.emberlog.master.drain.MasterEvents;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.UserFolders;
import io.emberlog.ring.UserFolders.Folder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The folders of a channel of several users, found while the master runs. Only root and the master's group make entries
 * there, so their number is theirs. The watch thread only.
 */
final class UserFolderSet {
    private static final long FULL_SCAN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final Path channel;
    private final Function<Folder, RingFolder> opener;
    private final MasterEvents events;
    private final Map<Path, RingFolder> open = new TreeMap<>();
    private final Set<String> complaints = new HashSet<>();
    private long changed = Long.MIN_VALUE;
    private long fullScanAtNs;

    UserFolderSet(Path channel, Function<Folder, RingFolder> opener, MasterEvents events, long nowNs) {
        this.channel = channel;
        this.opener = opener;
        this.events = events;
        this.fullScanAtNs = nowNs;
    }

    /** Those that belong to the user they are named after, as of now. */
    Collection<RingFolder> folders(long nowNs) {
        try {
            long time = Files.getLastModifiedTime(channel, LinkOption.NOFOLLOW_LINKS)
                    .to(TimeUnit.NANOSECONDS);
            if (time != changed || nowNs - fullScanAtNs >= 0) {
                changed = time;
                fullScanAtNs = nowNs + FULL_SCAN_INTERVAL_NS;
                scan();
            }
        } catch (IOException e) {
            complain("channel directory " + channel + " cannot be read: " + IoReason.at(channel, e));
        }
        return List.copyOf(open.values());
    }

    private void scan() throws IOException {
        Set<Path> present = new HashSet<>();
        for (Folder folder : UserFolders.in(channel)) {
            if (folder.problem() == null) {
                present.add(folder.path());
                open.computeIfAbsent(folder.path(), path -> opener.apply(folder));
            } else {
                complain("folder " + folder.path() + " " + folder.problem()
                        + "; its rings are not read. Root makes it: emberlog channel create " + channel + " --user "
                        + Integer.toUnsignedString(folder.uid()));
            }
        }
        open.keySet().retainAll(present);
    }

    private void complain(String what) {
        if (complaints.add(what)) {
            events.add(Level.ERROR, MasterEvents.MASTER_LOGGER, "{}", new Object[] {what});
        }
    }
}

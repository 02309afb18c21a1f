package io.emberlog.master.replay;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.heartbeat.ProcessState;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * Whether somebody may still write a ring. The process is asked first. Only where pids mean nothing (a container's) the
 * lock file is asked, by a shared lock that is given back at once: a holder is not disturbed by it, and a master that looks
 * at the same moment merely sees the ring as held.
 */
final class OwnerProbe {
    private final HostIdentity host = HostIdentity.read();
    private final ProcessProbe processes = new ProcessProbe(host);

    /** Why the owner is taken to be alive; empty if nothing says so. */
    Optional<String> livingOwner(RingFile file) {
        if (file.header().state() == RingDescriptor.STATE_SALVAGED) {
            return Optional.empty();
        }
        WorkerIdentity owner = file.identity();
        ProcessState state = processes.probe(owner);
        if (state == ProcessState.ALIVE) {
            return Optional.of("its process runs (pid " + owner.pid() + ")");
        }
        return state == ProcessState.UNKNOWN && isLocked(lockFileOf(file.path()))
                ? Optional.of("its lock is held")
                : Optional.empty();
    }

    /** Whether a kernel other than the one that runs here wrote the file's pages, so that some of them may never have been written. */
    boolean isOfOtherBoot(RingFile file) {
        String boot = file.identity().bootId();
        return !boot.isEmpty() && !host.bootId().isEmpty() && !boot.equals(host.bootId());
    }

    private static boolean isLocked(Path lockFile) {
        if (!Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)) {
            return false; // as below; and opening a FIFO would wait
        }
        try (FileChannel channel =
                        FileChannel.open(lockFile, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null;
        } catch (OverlappingFileLockException inThisJvm) {
            return true;
        } catch (IOException unknown) {
            return false; // evidence that was copied has no lock file, and nobody who could hold it
        }
    }

    private static Path lockFileOf(Path ring) {
        String name = ring.getFileName().toString();
        int end = name.lastIndexOf(ChannelDirectory.RING_SUFFIX);
        return ring.resolveSibling(name.substring(0, end < 0 ? name.length() : end) + ChannelDirectory.LOCK_SUFFIX);
    }
}

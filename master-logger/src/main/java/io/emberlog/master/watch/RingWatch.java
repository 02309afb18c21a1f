package io.emberlog.master.watch;

import io.emberlog.heartbeat.LockProbe;
import io.emberlog.heartbeat.WatchedWorker;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** One ring as the liveness monitor sees it. The watch thread only. */
final class RingWatch implements WatchedWorker {
    private final RingFile file;
    private final Path lock;
    private final RingGate gate;
    private final boolean ownJvm;

    RingWatch(RingFile file, RingGate gate, boolean ownJvm) {
        this.file = file;
        this.gate = gate;
        this.lock = ChannelDirectory.lockFileOf(file.path());
        this.ownJvm = ownJvm;
    }

    @Override
    public WorkerIdentity identity() {
        return file.identity();
    }

    @Override
    public long heartbeatWord() {
        long word = file.header().heartbeatWord();
        file.header().settleIfCut(); // the word and what that looks at are on one page
        return word;
    }

    @Override
    public boolean saidGoodbye() {
        boolean said = file.header().saidGoodbye();
        RingFile.settle();
        return said;
    }

    @Override
    public int ownerUid() {
        return gate.owner();
    }

    @Override
    public LockProbe probeLock() {
        try (FileChannel channel = gate.lock(lock);
                FileLock held = channel.tryLock()) {
            return held == null ? LockProbe.HELD : LockProbe.FREE;
        } catch (OverlappingFileLockException ours) {
            return LockProbe.HELD;
        } catch (NoSuchFileException removed) {
            return LockProbe.MISSING;
        } catch (IOException unknown) {
            return LockProbe.UNKNOWN;
        }
    }

    @Override
    public boolean ownJvm() {
        return ownJvm;
    }
}

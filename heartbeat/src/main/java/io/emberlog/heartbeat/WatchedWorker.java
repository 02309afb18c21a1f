package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;

/**
 * What the monitor needs to know of one ring; the master implements it over a ring's header and {@code .lock} file.
 *
 * <p>Called on the monitor's thread only, {@link #identity} also by {@link LivenessMonitor#add}. Nothing here may block. A {@link RuntimeException} or {@link InternalError}
 * (a mapping that its worker truncated) counts as "the word did not move" or {@link LockProbe#UNKNOWN}.
 */
public interface WatchedWorker {

    /** Never changes for the life of the ring. Every field is the worker's word, and is treated as such. */
    WorkerIdentity identity();

    /**
     * The user whose ring it is, by the kernel's word; -1 where the layout does not tell. The process that the identity
     * names counts as the worker's only if it is this user's: a pid in a header is a claim.
     */
    default int ownerUid() {
        return -1;
    }

    /** The counter in the ring's header that a live worker changes every {@link LivenessConfig#wordPeriodNs()}. */
    long heartbeatWord();

    /**
     * Whether the ring's header says that the worker has said goodbye. Asked when the worker is first looked at, since another
     * master may have heard the goodbye itself, and once more at its death.
     */
    default boolean saidGoodbye() {
        return false;
    }

    /**
     * One {@code FileChannel.tryLock} and release. Ask only while the ring is not in this JVM; a channel that stays
     * open between calls is fine. On a network file system answer {@link LockProbe#UNKNOWN}: such a worker is reported,
     * never judged.
     */
    LockProbe probeLock();

    /**
     * True for rings of the master's own JVM: their locks are never probed (closing the channel would drop them), and
     * they are never LATE, HUNG or DEAD.
     */
    boolean ownJvm();
}

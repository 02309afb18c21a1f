package io.emberlog.worker;

import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingHeader;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.StagingArea;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;

/** A ring in a file, made by this process. */
final class MappedRing extends WorkerRing {
    private final RingFile file;
    private final RingHeader header;
    private final Ring ring;
    /** None in immediate mode. */
    private final StagingArea[] areas;
    /** Which file it is; null where that cannot be told. */
    private final Object key;

    MappedRing(RingFile file) throws IOException {
        this.file = file;
        this.key = key(file.path());
        this.header = file.header();
        this.ring = file.ring();
        this.areas = new StagingArea[file.spec().stagingLength() == 0 ? 0 : MessageDescriptor.SLOT_COUNT];
        for (int slot = 0; slot < areas.length; slot++) {
            areas[slot] = file.stagingArea(slot);
        }
    }

    /** Makes rings in that directory; the directory is opened (and made where missing) each time, for it may have gone. */
    static Creator creator(Path directory, RingSpec spec, RingChecks checks, String name, String service) {
        return (predecessor, nowEpochNs) -> {
            ChannelDirectory place = ChannelDirectory.forWorker(directory);
            RingSpec shape = spec.withChecks(checks.apply(place));
            RingFile file = RingFile.create(
                    place, shape, ProcessFacts.identity(place.newRingUuid(), name, service), predecessor, nowEpochNs);
            try {
                return new MappedRing(file);
            } catch (IOException | RuntimeException | Error e) {
                file.seal(); // a full heap: a ring that nobody writes to must not look like one whose owner hangs
                throw e;
            }
        };
    }

    RingFile file() {
        return file;
    }

    @Override
    int offer(int type, VarHandleBuffer source, int length, boolean mayUseReserve) {
        return ring.offer(type, source, 0, length, mayUseReserve);
    }

    @Override
    int offerLast(int type, VarHandleBuffer source, int length) {
        return ring.offerLast(type, source, 0, length);
    }

    @Override
    int stage(
            int slot,
            long sequence,
            VarHandleBuffer source,
            int offset,
            int length,
            int entryCount,
            int highestSeverity) {
        return areas[slot].stage(sequence, source, offset, length, entryCount, highestSeverity);
    }

    @Override
    int publish(int slot, boolean mayUseReserve) {
        return areas[slot].publish(ring, mayUseReserve);
    }

    @Override
    int staged(int slot) {
        return areas.length == 0 ? 0 : areas[slot].length();
    }

    @Override
    int stagedSeverity(int slot) {
        return areas.length == 0 ? 0 : areas[slot].severity();
    }

    @Override
    int stagingRoom() {
        return areas.length == 0 ? 0 : areas[0].room();
    }

    @Override
    void seal() {
        file.seal();
    }

    @Override
    void closeTail() {
        ring.closeTail();
    }

    @Override
    boolean isOpen() {
        return ring.isOpen();
    }

    @Override
    boolean isInPlace() {
        try {
            Object now = key(file.path());
            return key == null || key.equals(now);
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException unknown) {
            return true; // a directory that cannot be read says nothing about what is in it
        }
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    @Override
    UUID uuid() {
        return file.identity().ringUuid();
    }

    @Override
    int capacity() {
        return ring.capacity();
    }

    @Override
    int maxPayloadLength() {
        return ring.maxPayloadLength();
    }

    @Override
    long tail() {
        long tail = file.tail();
        RingFile.settle();
        return tail;
    }

    @Override
    long backlog() {
        long backlog = Math.max(0, file.tail() - file.head());
        RingFile.settle();
        return backlog;
    }

    @Override
    boolean isJournaledTo(long position) {
        boolean journaled = header.journaledPosition() >= position || header.state() == RingDescriptor.STATE_SALVAGED;
        RingFile.settle();
        return journaled;
    }

    @Override
    boolean isSyncedTo(long position) {
        // a ring is SALVAGED only once the end of it has been forced
        boolean synced = header.syncedPosition() >= position || header.state() == RingDescriptor.STATE_SALVAGED;
        RingFile.settle();
        return synced;
    }

    @Override
    void requestSync(long position) {
        header.requestSync(position);
        RingFile.settle();
    }

    @Override
    boolean isWakeWanted() {
        return ring.isWakeWanted();
    }

    @Override
    void wakeDrain() {
        if (ring.takeWakeWanted()) {
            file.wakeDrain();
        }
    }

    @Override
    void beat() {
        header.beat();
    }

    @Override
    void tellControlSequence(long sequence) {
        header.controlSequence(sequence);
    }

    @Override
    void sayGoodbye() {
        header.sayGoodbye();
    }

    @Override
    void addDropped(int reason, int severity, long count) {
        header.addDropped(reason, severity, count);
    }

    @Override
    void settleIfCut() {
        header.settleIfCut();
    }

    @Override
    long dropped(int reason, int severity) {
        return header.dropped(reason, severity);
    }
}

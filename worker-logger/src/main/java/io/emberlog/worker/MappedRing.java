package io.emberlog.worker;

import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingHeader;
import io.emberlog.ring.VarHandleBuffer;
import java.nio.file.Path;
import java.util.UUID;

/** A ring in a file, made by this process. */
final class MappedRing implements WorkerRing {
    private final RingFile file;
    private final RingHeader header;
    private final Ring ring;

    private MappedRing(RingFile file) {
        this.file = file;
        this.header = file.header();
        this.ring = file.ring();
    }

    /** Makes rings in that directory; the directory is opened (and made where missing) each time, for it may have gone. */
    static Creator creator(Path directory, int capacity, String name, String service) {
        return (predecessor, nowEpochNs) -> new MappedRing(RingFile.create(
                ChannelDirectory.open(directory),
                capacity,
                ProcessFacts.identity(name, service),
                predecessor,
                nowEpochNs));
    }

    RingFile file() {
        return file;
    }

    @Override
    public int offer(int type, VarHandleBuffer source, int length, boolean mayUseReserve) {
        return ring.offer(type, source, 0, length, mayUseReserve);
    }

    @Override
    public void seal() {
        file.seal();
    }

    @Override
    public void closeTail() {
        ring.closeTail();
    }

    @Override
    public boolean isOpen() {
        return ring.isOpen();
    }

    @Override
    public UUID uuid() {
        return file.identity().ringUuid();
    }

    @Override
    public int capacity() {
        return ring.capacity();
    }

    @Override
    public int maxPayloadLength() {
        return ring.maxPayloadLength();
    }

    @Override
    public long tail() {
        return file.tail();
    }

    @Override
    public long backlog() {
        return Math.max(0, file.tail() - file.head());
    }

    @Override
    public boolean isJournaledTo(long position) {
        return header.journaledPosition() >= position || header.state() == RingDescriptor.STATE_SALVAGED;
    }

    @Override
    public void beat() {
        header.beat();
    }

    @Override
    public void addDropped(int reason, int severity, long count) {
        header.addDropped(reason, severity, count);
    }

    @Override
    public long dropped(int reason, int severity) {
        return header.dropped(reason, severity);
    }
}

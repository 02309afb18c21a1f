package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDrain;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.SlotSequences;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.util.UUID;

/** A real ring whose records a test takes into blocks as it likes. */
final class HeldRing {
    final RingFile file;
    final RingSession session;
    private final RingDrain drain;
    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private long sequence;

    HeldRing(ChannelDirectory channel, UUID uuid) throws IOException, RingBrokenException {
        WorkerIdentity identity = new WorkerIdentity(uuid, "w", 1, 1, "", "", "", "host", "process", "");
        file = RingFile.create(channel, RingSpec.of(1 << 20), identity, null, 1);
        session = new RingSession(file, null, 0, false);
        drain = new RingDrain(file, -1, new SlotSequences());
    }

    /** One record of so many entries with that timestamp. */
    void offer(long timestamp, int entries, int severity, int textLength) {
        encoder.begin();
        for (int i = 0; i < entries; i++) {
            encoder.beginEntry(severity, timestamp, 1);
            encoder.text(MessageDescriptor.TEMPLATE, "x".repeat(textLength));
            encoder.endEntry();
        }
        encoder.finish(0, sequence + 1);
        sequence += entries;
        int result = file.ring()
                .offer(
                        MessageDescriptor.TYPE_LOG_BATCH,
                        new VarHandleBuffer(encoder.buffer()),
                        0,
                        encoder.length(),
                        true);
        assertThat(result).isEqualTo(Ring.RINGED);
    }

    void offer(long timestamp) {
        offer(timestamp, 1, 9, 10);
    }

    /** What was offered and not taken. */
    RingBlock take() throws RingBrokenException {
        RingBlock block = new RingBlock();
        assertThat(drain.take(block, 1 << 19, (sent, next, goodbye) -> {})).isPositive();
        return block;
    }
}

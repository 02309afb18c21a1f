package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.DropReason;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.VarHandleBuffer;
import io.emberlog.ring.control.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * All of a worker but its thread and its clock: rings, slots, staging, counters, housekeeper. Whoever has it is every one
 * of its threads in turn. For the simulator.
 */
public final class SimulatedWorker {
    /** Makes the ring files of this worker. */
    @FunctionalInterface
    public interface Rings {
        /** @param predecessor null for the first */
        RingFile create(UUID predecessor) throws IOException;
    }

    /** How a worker is made. */
    public record Shape(boolean batching, Duration heartbeat, Duration sync, Duration flush, Duration block) {}

    private static final int MAX_LENGTH = 8 * 1024;

    private final DropCounters drops = new DropCounters();
    private final SlotTable slots;
    private final RingChain chain;
    private final RingWriter writer;
    private final Housekeeper housekeeper;
    private final Overflow overflow;

    /** @param idle lets others run while a thread of this worker waits; told how often it has waited */
    public SimulatedWorker(
            Path channel,
            String name,
            Shape shape,
            Rings rings,
            LongSupplier nanoTime,
            LongSupplier epochNs,
            IntConsumer idle) {
        Pauses pauses = new Pauses() {
            @Override
            public long nanoTime() {
                return nanoTime.getAsLong();
            }

            @Override
            public void idle(int attempt) {
                idle.accept(attempt);
            }
        };
        EpochClock clock = new EpochClock() {
            @Override
            long epochNs() {
                return epochNs.getAsLong();
            }

            @Override
            void correct() {
                // it is right
            }
        };
        slots = new SlotTable(pauses);
        chain = new RingChain(
                (predecessor, nowEpochNs) -> new MappedRing(rings.create(predecessor)), clock, why -> {}, pauses);
        writer = new RingWriter(chain, slots, drops, shape.batching(), pauses);
        overflow = shape.block().isZero() ? Overflow.drop() : Overflow.block(shape.block());
        housekeeper = new Housekeeper(
                name,
                chain,
                slots,
                writer,
                drops,
                new ControlWatch(channel, name, new PageLevels(), Clock::ofThisProcess),
                clock,
                shape.heartbeat(),
                shape.sync(),
                shape.flush());
    }

    /**
     * One call of one thread: the texts as one batch.
     *
     * @return null when they are acknowledged
     */
    public DropReason log(int home, int thread, long timestampNs, int severity, List<String> texts) {
        Entries entries = new Entries();
        entries.home = home;
        for (String text : texts) {
            entries.encoder.beginEntry(severity, timestampNs, thread);
            entries.encoder.text(MessageDescriptor.LOGGER, "sim");
            entries.encoder.text(MessageDescriptor.TEMPLATE, text);
            entries.encoder.endEntry();
        }
        DropReason reason = writer.writeUncounted(entries, severity, overflow);
        if (reason != null) {
            drops.add(chain.current(), reason, severity, texts.size());
        }
        return reason;
    }

    /** One round of its housekeeper; a fault is answered as on its thread. */
    public void housekeep(long nowNs) {
        try {
            housekeeper.doWork(nowNs);
        } catch (RuntimeException | InternalError e) {
            condemn();
        }
    }

    /** The ring at work failed a thread of this process. */
    public void condemn() {
        WorkerRing ring = chain.current();
        if (ring != null) {
            ring.condemned = true;
        }
    }

    /** An orderly exit: what the housekeeper does last. */
    public void goodbye() {
        housekeeper.leave();
        housekeeper.run();
    }

    /** Records refused so far, as the worker counts them. */
    public long dropped() {
        long sum = 0;
        for (DropReason reason : DropReason.values()) {
            sum += drops.total(reason);
        }
        return sum;
    }

    /** Rings made so far. */
    public int rings() {
        return chain.made();
    }

    private static final class Entries extends Encoded {
        final BatchEncoder encoder = new BatchEncoder(MAX_LENGTH, MAX_LENGTH);
        private VarHandleBuffer source;

        Entries() {
            encoder.begin();
        }

        @Override
        VarHandleBuffer source() {
            if (source == null) {
                source = new VarHandleBuffer(encoder.buffer());
            }
            return source;
        }

        @Override
        int length() {
            return encoder.length();
        }

        @Override
        int entries() {
            return encoder.entryCount();
        }

        @Override
        void finish(int slot, long firstSequence) {
            encoder.finish(slot, firstSequence);
        }
    }
}

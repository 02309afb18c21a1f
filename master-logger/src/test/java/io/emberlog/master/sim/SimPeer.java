package io.emberlog.master.sim;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** A handler as one of the network is: gathers a few, sends them, and knows only afterwards whether they went. */
final class SimPeer implements Handler {
    private static final int MOST_GATHERED = 8;

    private final World world;
    private final SimProcess process;
    /** What has arrived, over all lives. */
    private final List<Oracle.Delivery> arrived;

    private final Queue<Oracle.Delivery> gathered = new ArrayDeque<>();

    SimPeer(World world, SimProcess process, List<Oracle.Delivery> arrived) {
        this.world = world;
        this.process = process;
        this.arrived = arrived;
    }

    @Override
    public void open(HandlerContext context) throws IOException {
        gathered.clear();
        refuseIfDown();
    }

    @Override
    public void handle(LogRecord record) throws IOException {
        if (gathered.size() >= MOST_GATHERED) {
            send();
        }
        gathered.add(new Oracle.Delivery(
                record.sequence(),
                record.id(),
                String.valueOf(record.entry().text(MessageDescriptor.LOGGER)),
                String.valueOf(record.entry().text(MessageDescriptor.TEMPLATE))));
    }

    @Override
    public void flush() throws IOException {
        send();
    }

    @Override
    public byte[] checkpoint() throws IOException {
        send();
        return new byte[0];
    }

    @Override
    public void close() {
        gathered.clear();
    }

    private void send() throws IOException {
        while (!gathered.isEmpty()) {
            world.step(process, 1, true);
            refuseIfDown();
            arrived.add(gathered.peek());
            world.step(process, 1, true);
            gathered.remove();
        }
    }

    private void refuseIfDown() throws IOException {
        if (world.peerRefuses && !world.calm) {
            if (world.chance(10)) {
                throw new HandlerRestartException("the simulated peer forgot what it took", null);
            }
            throw new IOException("the simulated peer is down");
        }
    }
}

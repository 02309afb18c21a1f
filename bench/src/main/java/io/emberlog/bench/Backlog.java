package io.emberlog.bench;

import io.emberlog.bench.front.Setting;
import java.io.IOException;

/**
 * Messages that a worker has logged and a master has journaled, both of them gone.
 *
 * @param master the one that has
 * @param refused messages that found no room
 */
record Backlog(MasterProcess master, long refused) {
    static Backlog of(Workplace place, int messages, String journalSize) throws IOException, InterruptedException {
        MasterProcess master = MasterProcess.start(place, Outputs.HUMAN, journalSize, Mode.DEFAULTS);
        WorkerProcess worker =
                WorkerProcess.start(place, 1, Mode.DEFAULTS, Setting.emberlog()).get(0);
        worker.order("log 0 " + messages);
        long refused = Long.parseLong(worker.answer("log")[3]);
        worker.end();
        master.stop();
        return new Backlog(master, refused);
    }
}

package io.emberlog.bench.front;

import io.emberlog.worker.WorkerLogger;
import java.time.Duration;

/** A worker behind SLF4J. */
final class EmberlogSlf4jFront extends Slf4jFront {
    /** The worker of the SLF4J provider has the same name and directory, and so the same ring. */
    private final WorkerLogger worker;

    static Front open(Setting setting) {
        return new EmberlogSlf4jFront(setting);
    }

    private EmberlogSlf4jFront(Setting setting) {
        super(setting);
        worker = WorkerLogger.builder().open();
    }

    @Override
    public boolean settle(Duration limit) {
        return worker.flush(limit);
    }

    @Override
    public long refused() {
        return worker.metrics().droppedTotal();
    }

    @Override
    public void close() {
        worker.close();
    }
}

package io.emberlog.worker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The workers of this process (of this class loader): one per channel directory and name, for good. Any thread. */
final class Workers {
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static final Map<Key, Worker> OPEN = new HashMap<>();

    private record Key(Path directory, String name) {}

    private Workers() {}

    /** @throws IllegalArgumentException when it is open with other settings */
    static Worker get(WorkerSettings settings) {
        Key key = new Key(settings.directory().toAbsolutePath().normalize(), settings.name());
        LOCK.lock();
        try {
            Worker worker = OPEN.get(key);
            if (worker == null) {
                worker = Worker.mapped(settings);
                worker.start();
                OPEN.put(key, worker); // not one that found no thread to run by
                return worker;
            }
            String conflict = worker.conflictWith(settings);
            if (conflict != null) {
                throw new IllegalArgumentException("worker '" + key.name + "' in " + key.directory
                        + " is open in this process already: " + conflict
                        + "; these settings must be the same in every open, or the name another one");
            }
            return worker;
        } finally {
            LOCK.unlock();
        }
    }
}

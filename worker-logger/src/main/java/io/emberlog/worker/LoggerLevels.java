package io.emberlog.worker;

import io.emberlog.message.Level;
import io.emberlog.ring.control.LevelTable;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The levels of the loggers of one {@code open}: where they come from, and who has to be told. A logger has its lowest
 * severity in a field of its own, so that a disabled call costs one read; this class writes it when the logger is made
 * and whenever a level changes. Loggers are held weakly: one that nobody uses any more goes, its level stays.
 *
 * <p>What the control page says of a logger wins over what settings and {@link #set} say, however much longer the prefix
 * of these is: an operator who asks for {@code com.acme=DEBUG} gets it.
 *
 * <p>Any thread. Reading takes no lock; changes and new loggers take one, for as long as it takes to tell all loggers.
 */
final class LoggerLevels {
    private static final class Named extends WeakReference<WorkerLogger> {
        final String name;

        Named(WorkerLogger logger, ReferenceQueue<WorkerLogger> collected) {
            super(logger, collected);
            name = logger.name();
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentHashMap<String, Named> loggers = new ConcurrentHashMap<>();
    private final ReferenceQueue<WorkerLogger> collected = new ReferenceQueue<>();
    private final LevelTable configured;
    private LevelTable own;
    private LevelTable page = LevelTable.EMPTY;

    /** @param configured has a level for the empty prefix */
    LoggerLevels(LevelTable configured) {
        this.configured = configured;
        this.own = configured;
    }

    /** The logger of that name, when it is in use; makes no garbage. */
    WorkerLogger find(String name) {
        Named reference = loggers.get(name);
        return reference == null ? null : reference.get();
    }

    /** That logger from now on, or the one of its name that another thread was first with. */
    WorkerLogger intern(WorkerLogger fresh) {
        lock.lock();
        try {
            forgetCollected();
            WorkerLogger known = find(fresh.name());
            if (known != null) {
                return known;
            }
            fresh.threshold(levelFor(fresh.name()).severity());
            loggers.put(fresh.name(), new Named(fresh, collected));
            return fresh;
        } finally {
            lock.unlock();
        }
    }

    private void forgetCollected() {
        for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
            loggers.remove(((Named) gone).name, gone);
        }
    }

    /** Loggers in use, or not yet known not to be. */
    int size() {
        lock.lock();
        try {
            forgetCollected();
            return loggers.size();
        } finally {
            lock.unlock();
        }
    }

    /** The lowest level that the logger of that name logs. */
    Level levelOf(String name) {
        lock.lock();
        try {
            return levelFor(name);
        } finally {
            lock.unlock();
        }
    }

    private Level levelFor(String name) {
        Level paged = page.find(name);
        return paged != null ? paged : own.find(name);
    }

    /** The application's own word for loggers of that name and below. */
    void set(String name, Level level) {
        lock.lock();
        try {
            own = own.with(name, level);
            tell();
        } finally {
            lock.unlock();
        }
    }

    /** As it was configured. */
    void reset(String name) {
        set(name, configured.levels().get(name));
    }

    /** What the control page says of this worker's loggers, from now on. */
    void setPage(LevelTable levels) {
        lock.lock();
        try {
            page = levels;
            tell();
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        for (Named reference : loggers.values()) {
            WorkerLogger logger = reference.get();
            if (logger != null) {
                logger.threshold(levelFor(logger.name()).severity());
            }
        }
    }
}

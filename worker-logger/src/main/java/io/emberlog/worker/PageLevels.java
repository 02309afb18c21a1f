package io.emberlog.worker;

import io.emberlog.ring.control.LevelTable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hands the control page's levels to all opens of one worker, held weakly: an application may open and close as often as
 * it likes. Any thread.
 */
final class PageLevels {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<WeakReference<LoggerLevels>> opens = new ArrayList<>();
    private LevelTable levels = LevelTable.EMPTY;

    /** A new open, which takes over what the page says now. */
    void attach(LoggerLevels open) {
        lock.lock();
        try {
            opens.removeIf(reference -> reference.get() == null);
            opens.add(new WeakReference<>(open));
            open.setPage(levels);
        } finally {
            lock.unlock();
        }
    }

    /** Housekeeper: from now on. */
    void set(LevelTable changed) {
        lock.lock();
        try {
            levels = changed;
            opens.removeIf(reference -> reference.get() == null);
            for (WeakReference<LoggerLevels> reference : opens) {
                LoggerLevels open = reference.get();
                if (open != null) {
                    open.setPage(changed);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Opens in use, or not yet known not to be. */
    int size() {
        lock.lock();
        try {
            opens.removeIf(reference -> reference.get() == null);
            return opens.size();
        } finally {
            lock.unlock();
        }
    }
}

package io.emberlog.handler.file;

import java.util.function.LongSupplier;

/** What is done in the background is done at once instead, on the handler's thread: so that a test can fail each step of it. */
final class InlineBackground implements Background {
    private final LongSupplier nanoClock;
    private boolean stopped;

    /** Whose clock stands still: what failed is not tried again in this life. */
    InlineBackground() {
        this(() -> 0);
    }

    InlineBackground(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public void wake(Archivist archivist) {
        boolean more = true;
        while (more && !stopped) {
            more = archivist.doWork();
        }
    }

    @Override
    public void tick(Archivist archivist) {
        wake(archivist);
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean isStopped() {
        return stopped;
    }

    @Override
    public long nanoTime() {
        return nanoClock.getAsLong();
    }

    @Override
    public void rest(long workedNs) {}
}

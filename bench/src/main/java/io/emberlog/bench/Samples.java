package io.emberlog.bench;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The largest of a number that is looked at ten times a second, by a thread of its own. */
final class Samples implements AutoCloseable {
    /** Whose number it is. */
    @FunctionalInterface
    interface Source {
        long now() throws IOException;
    }

    private static final long EACH_MS = 100;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Source source;
    private final ScheduledFuture<?> looks;
    private volatile long most = Long.MIN_VALUE;
    private volatile IOException failure;

    private Samples(Source source) {
        this.source = source;
        looks = thread.scheduleAtFixedRate(this::look, 0, EACH_MS, TimeUnit.MILLISECONDS);
    }

    static Samples of(Source source) {
        return new Samples(source);
    }

    private void look() {
        try {
            most = Math.max(most, source.now());
        } catch (IOException e) {
            failure = e;
            throw new IllegalStateException(e); // there are no more looks then
        }
    }

    /** Looks a last time. */
    long end() throws IOException, InterruptedException {
        looks.cancel(false);
        thread.shutdown();
        thread.awaitTermination(1, TimeUnit.MINUTES);
        if (failure != null) {
            throw failure;
        }
        long last = source.now();
        most = Math.max(most, last);
        return last;
    }

    long most() {
        return most;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

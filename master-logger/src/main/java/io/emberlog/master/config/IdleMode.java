package io.emberlog.master.config;

import java.util.Locale;

/** What the drain and the handlers' threads do while there is nothing to do. */
public enum IdleMode {
    /** Spin briefly, then sleep: for half a millisecond at first, for ten after a second. A handler sleeps until it is woken. */
    BACKOFF {
        @Override
        public void pause() {
            throw new UnsupportedOperationException("a backoff sleeps, and its thread knows for how long");
        }
    },
    /**
     * Look again at once, but let others have the processor in between: the drain always, a handler until it has had no record for a
     * second.
     */
    YIELD {
        @Override
        public void pause() {
            Thread.yield();
        }
    },
    /** As {@link #YIELD}, without letting others run: for as many processors to spare as there are such threads. */
    SPIN {
        @Override
        public void pause() {
            Thread.onSpinWait();
        }
    };

    /** Between two looks; of those that do not sleep. */
    public abstract void pause();

    public boolean sleeps() {
        return this == BACKOFF;
    }

    /** As in a configuration. */
    static IdleMode of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}

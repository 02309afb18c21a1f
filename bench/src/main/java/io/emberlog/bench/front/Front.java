package io.emberlog.bench.front;

import java.time.Duration;

/**
 * A library that is measured, opened to log one {@link Call} again and again. Log calls: any thread, each of which has called
 * {@link #enter} before. A JVM loads one implementation only, so that the call is bound as if there were no interface.
 */
public interface Front extends AutoCloseable {
    /** Once by each thread that is going to log. */
    default void enter() {}

    /**
     * Logs the message of this number, as an application would that knows the library well.
     *
     * @return false when it was not taken; libraries that do not tell say true
     */
    boolean log(long i);

    /** Logs one line that is this text. */
    boolean log(String text);

    /**
     * Waits until everything logged before has left this process's queues and buffers: it is in the file, the socket or, of
     * Emberlog, the journal. For what has no queue, nothing.
     *
     * @return false when it has not within that time
     */
    boolean settle(Duration limit);

    /** Calls that were not taken so far, as the library counts them. */
    default long refused() {
        return 0;
    }

    /** Everything logged is in the file afterwards. */
    @Override
    void close();
}

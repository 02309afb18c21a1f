package io.emberlog.handler.delivery;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import java.io.IOException;
import java.util.List;

/**
 * A service that takes batches of records. All calls come from one thread, the handler's, between {@link #open} and {@link #close};
 * after close, open may come again. {@link BatchHandler} does the rest.
 *
 * <p>Every call must come back within a bound of its own (a deadline on each exchange): a thread that hangs is never interrupted.
 * What it throws or replies must not hold a secret.
 */
public interface Destination extends AutoCloseable {
    /** @throws IOException the call is made again later */
    void open(HandlerContext context) throws IOException;

    /**
     * One attempt to hand over these records, in this order.
     *
     * @param batch at least one; valid, and not to be changed, during the call
     * @throws IOException as {@link Reply#unavailable}
     */
    Reply send(List<LogRecord> batch) throws IOException;

    /**
     * Nothing is there to be sent. Chance to look after a connection whose other side may have ended; comes as often as
     * {@link io.emberlog.handler.Handler#tick}.
     *
     * @param nowNs {@link HandlerContext#nanoTime} of now
     * @throws IOException what was sent before is not delivered; the call is made again later, and no record is taken until then
     */
    default void idle(long nowNs) throws IOException {}

    /**
     * All batches sent so far are about to be stored as delivered: as soon as they {@linkplain #isSettled are settled}, or, at an orderly
     * end, at once.
     *
     * @throws IOException some of them have to be sent again, and cannot be now: nothing is stored, and the call is made again later
     */
    default void checkpoint() throws IOException {}

    /** As {@link io.emberlog.handler.Handler#isSettled}. */
    default boolean isSettled() {
        return true;
    }

    /** Frees what it holds; also after {@link #open} threw, and more than once. */
    @Override
    void close() throws IOException;
}

package io.emberlog.handler;

import java.io.IOException;

/**
 * Takes records to one destination. Every call comes from one thread, the handler's own; nothing a handler does delays
 * another one. One life is {@link #open}, then any of the others, then {@link #close}; after that {@link #open} may
 * begin a new life on the same object.
 *
 * <p><b>Delivery.</b> Records come in the order of the journal. The caller stores {@link #checkpoint} together with the
 * journal position behind the last record that {@link #handle} took, as one atomic, durable step. A new life begins
 * with the state stored last, and every record behind its position is handed over once more, in the same order. So a
 * handler that can continue exactly where its state says delivers exactly once; one that cannot, at least once, with
 * {@link LogRecord#id} to tell the doubles.
 *
 * <p><b>Failures.</b> What a call throws says what becomes of the record:
 *
 * <table>
 * <caption>Exceptions out of a handler</caption>
 * <tr><th>thrown</th><th>means</th><th>the caller</th></tr>
 * <tr><td>{@link HandlerRestartException}</td><td>what was taken since the stored state may not have arrived</td>
 *     <td>closes, waits, opens with the stored state, hands over everything behind it again</td></tr>
 * <tr><td>any other {@link IOException}</td><td>not now: the destination is away, full, slow; this record was not
 *     taken and nothing taken before is lost</td><td>waits (backoff), then makes the same call with the same record
 *     again, for as long as it takes</td></tr>
 * <tr><td>{@link RecordRejectedException}, {@link RuntimeException}</td><td>never: the destination works and will not
 *     have this record (or the handler has a fault that this record finds)</td><td>counts, reports, puts the record
 *     aside, tries that until it works, and goes on with the next</td></tr>
 * </table>
 *
 * Out of {@link #open} an {@link IllegalArgumentException} is a mistake in the configuration and final; after an
 * {@link IOException} the caller closes, waits and opens again.
 */
public interface Handler extends AutoCloseable {
    /** Begins a life: with the stored state if {@link HandlerContext#state} has one, else anew. Keeps the context. */
    void open(HandlerContext context) throws IOException;

    /** Takes one record, possibly into a buffer. All or nothing: an exception means that it was not taken. */
    void handle(LogRecord record) throws IOException, RecordRejectedException;

    /**
     * A record that the handler's filter does not let through, or that is about this handler itself: for those that show what went
     * before. Comes in order with {@link #handle}, and is not asked for where it is not overridden. Again after a crash, as those taken
     * are. What it throws is reported and has no other consequence.
     *
     * @param record valid during the call
     */
    default void observe(LogRecord record) {}

    /** Nothing more waits: sends on what is buffered. */
    void flush() throws IOException;

    /**
     * Chance to keep a deadline; comes between records as well as when there are none, every 10 ms or so.
     *
     * @param nowNs {@link HandlerContext#nanoTime} of now
     */
    default void tick(long nowNs) throws IOException {}

    /**
     * The operator asks (SIGHUP) to open anew what may have been moved or replaced, as a log rotation does. Comes between
     * records; nothing taken may be lost by it.
     *
     * @throws IOException the call is made again later
     */
    default void reopen() throws IOException {}

    /**
     * The master, or the replay, comes to its orderly end: chance to send what would otherwise wait for its time. Comes after the last
     * record was taken and its checkpoint stored, so what is in that need not be sent: the next life has it. Not when the handler makes
     * room for another of its name.
     *
     * @throws IOException the call is made again a few times
     */
    default void finish() throws IOException {}

    /**
     * Makes everything taken so far as durable as this handler promises.
     *
     * @return the state to continue from, opaque to the caller, at most 64 KiB; never null
     * @throws IOException nothing is stored; the call is made again later
     */
    byte[] checkpoint() throws IOException;

    /**
     * Whether what the last {@link #checkpoint} covers is safe without this life. While it is not, the caller keeps that checkpoint,
     * makes no other, and goes on with records; it stores it as soon as this says yes, or dies, and then the next life gets what came since
     * the one before. For a receiver that does not say what it has: it may be gone with what it was given moments ago.
     *
     * <p>Asked often while a checkpoint is kept, so it must be quick; what it throws counts as a checkpoint that failed. Not waited for
     * at {@link HandlerContext#requestCheckpoint}, where a silence begins or ends, and at an orderly end: there {@link #checkpoint} is called
     * once more, which throws where it is known by then that something taken has to be done again and cannot be.
     */
    default boolean isSettled() {
        return true;
    }

    /**
     * Ends the life and frees what it holds; also after {@link #open} threw, and more than once. Drops what is buffered:
     * an orderly end calls {@link #flush} and {@link #checkpoint} first, and without them it is delivered again.
     */
    @Override
    void close() throws IOException;
}

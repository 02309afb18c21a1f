package io.emberlog.handler.syslog;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A connection that bytes go into. Every call comes back within the timeout it was made with. One thread. */
interface ByteStream extends AutoCloseable {
    /**
     * Writes all of it.
     *
     * @throws IOException also when the other side takes nothing for as long as the timeout
     */
    void write(ByteBuffer bytes) throws IOException;

    /** @throws IOException the other side has ended the connection, or the network has */
    void check() throws IOException;

    /**
     * Returns when the other kernel has acknowledged all that was written; where that cannot be known, at once.
     *
     * @throws IOException the other kernel has stopped to, or the connection has ended
     */
    void awaitAcknowledged() throws IOException;

    /** Ends it in order: all that was written is sent, and the other side is given a second to have read it. */
    void finish();

    /** Ends it at once; what is on its way may be lost. */
    @Override
    void close();
}

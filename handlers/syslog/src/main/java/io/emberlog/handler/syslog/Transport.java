package io.emberlog.handler.syslog;

import java.io.IOException;

/** One connection at a time to one server, made again as often as it is asked for. After an exception: {@link #disconnect}. One thread. */
interface Transport {
    boolean isConnected();

    void connect() throws IOException;

    /** @throws IOException the server is known to be gone */
    void check() throws IOException;

    /** @param message framed by the transport; taken from its start, possibly into a buffer */
    void send(byte[] message, int length) throws IOException;

    /** Returns when all that was sent has arrived, as far as that can be known. */
    void settle() throws IOException;

    /** At once; what is on its way may be lost. */
    void disconnect();

    /** In order: what was sent has time to arrive. */
    void finish();
}

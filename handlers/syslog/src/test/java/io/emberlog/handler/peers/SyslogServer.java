package io.emberlog.handler.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real one, on ports of its own, that writes what it understood of each message. */
public interface SyslogServer extends AutoCloseable {
    /** Starts it, again on the same ports. */
    void start() throws IOException;

    void stop() throws InterruptedException;

    /** It reads nothing any more, and its kernel goes on taking in what comes. */
    void halt() throws IOException, InterruptedException;

    /** SIGKILL. */
    void kill() throws InterruptedException;

    int udpPort();

    int tcpPort();

    /** Of RFC 3164. */
    int tcp3164Port();

    int tlsPort();

    /** Of TLS with clients' certificates. */
    int mutualTlsPort();

    /** A socket like /dev/log. */
    Path socket();

    /** Each message: pri, host, app, pid, msgid, sd, msg. */
    List<Map<String, Object>> messages() throws IOException;

    @Override
    void close();
}

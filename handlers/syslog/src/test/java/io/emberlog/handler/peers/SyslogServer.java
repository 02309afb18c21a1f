package io.emberlog.handler.peers;

import io.emberlog.handler.tls.TestCertificates;
import io.emberlog.lab.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real one, on ports of its own, that writes what it understood of each message. */
public abstract class SyslogServer implements AutoCloseable {
    private static final int CONNECT_MS = 1000;

    final Path directory;
    private final int udp = Peer.freePort();
    private final int tcp = Peer.freePort();
    private final int old = Peer.freePort();
    private final int tls = Peer.freePort();
    private final int mutual = Peer.freePort();
    private Daemon daemon;

    /** @param directory made, if need be; for all its files */
    SyslogServer(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** Writes a configuration file whose ports, directory and certificates are filled in. */
    final Path configure(String name, String template, TestCertificates certificates) throws IOException {
        return Files.writeString(
                directory.resolve(name),
                template.replace("@DIR", directory.toString())
                        .replace("@CA", certificates.certificate("ca").toString())
                        .replace("@CERT", certificates.certificate("server").toString())
                        .replace("@KEY", certificates.key("server").toString())
                        .replace("@UDP", "" + udp)
                        .replace("@TCP", "" + tcp)
                        .replace("@OLD", "" + old)
                        .replace("@TLS", "" + tls)
                        .replace("@MUTUAL", "" + mutual));
    }

    /** The command that {@link #start} runs. */
    final void command(Map<String, String> environment, String... words) {
        daemon = new Daemon(directory.resolve("said"), environment, words);
    }

    /** Starts it, again on the same ports. */
    public final void start() throws IOException {
        Files.deleteIfExists(socket());
        daemon.start(() -> isListening(tcp) && isListening(tls) && isListening(mutual) && Files.exists(socket()));
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), CONNECT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public final void stop() throws InterruptedException {
        daemon.stop();
    }

    /** It reads nothing any more, and its kernel goes on taking in what comes. */
    public final void halt() throws IOException, InterruptedException {
        daemon.halt();
    }

    /** SIGKILL. */
    public final void kill() throws InterruptedException {
        daemon.kill();
    }

    public final int udpPort() {
        return udp;
    }

    public final int tcpPort() {
        return tcp;
    }

    /** Of RFC 3164. */
    public final int tcp3164Port() {
        return old;
    }

    public final int tlsPort() {
        return tls;
    }

    /** Of TLS with clients' certificates. */
    public final int mutualTlsPort() {
        return mutual;
    }

    /** A socket like /dev/log. */
    public final Path socket() {
        return directory.resolve("log");
    }

    /** Each message: pri, host, app, pid, msgid, sd, msg. */
    public final List<Map<String, Object>> messages() throws IOException {
        return JsonLines.read(directory.resolve("out.json"));
    }

    @Override
    public final void close() {
        daemon.close();
    }
}

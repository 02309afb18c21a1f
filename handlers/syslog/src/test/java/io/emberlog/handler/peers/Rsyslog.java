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

/** rsyslogd. */
public final class Rsyslog implements SyslogServer {
    private static final Path PROGRAM = Path.of("/usr/sbin/rsyslogd");

    private static final String CONFIG = """
            global(workDirectory="@DIR" maxMessageSize="64k" net.enableDNS="off" defaultNetstreamDriver="ossl"
                   defaultNetstreamDriverCAFile="@CA" defaultNetstreamDriverCertFile="@CERT"
                   defaultNetstreamDriverKeyFile="@KEY")
            module(load="imudp") module(load="imptcp") module(load="imtcp") module(load="imuxsock" sysSock.use="off")
            template(name="json" type="list") {
                constant(value="{") property(outname="pri" name="pri" format="jsonf")
                constant(value=",") property(outname="host" name="hostname" format="jsonf")
                constant(value=",") property(outname="app" name="app-name" format="jsonf")
                constant(value=",") property(outname="pid" name="procid" format="jsonf")
                constant(value=",") property(outname="msgid" name="msgid" format="jsonf")
                constant(value=",") property(outname="sd" name="structured-data" format="jsonf")
                constant(value=",") property(outname="time" name="timereported" format="jsonf" dateFormat="rfc3339")
                constant(value=",") property(outname="msg" name="msg" format="jsonf")
                constant(value="}\\n")
            }
            ruleset(name="all") { action(type="omfile" file="@DIR/out.json" template="json") }
            input(type="imudp" address="127.0.0.1" port="@UDP" ruleset="all")
            input(type="imptcp" address="127.0.0.1" port="@TCP" ruleset="all")
            input(type="imptcp" address="127.0.0.1" port="@OLD" ruleset="all")
            input(type="imtcp" address="127.0.0.1" port="@TLS" ruleset="all" streamDriver.name="ossl"
                  streamDriver.mode="1" streamDriver.authMode="anon")
            input(type="imtcp" address="127.0.0.1" port="@MUTUAL" ruleset="all" streamDriver.name="ossl"
                  streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
            input(type="imuxsock" socket="@DIR/log" createPath="on" ruleset="all" rateLimit.interval="0")
            """;

    private final Path directory;
    private final int udp = Peer.freePort();
    private final int tcp = Peer.freePort();
    private final int old = Peer.freePort();
    private final int tls = Peer.freePort();
    private final int mutual = Peer.freePort();
    private final Daemon daemon;

    public Rsyslog(Path directory, TestCertificates certificates) throws IOException {
        Needs.file(PROGRAM, "rsyslog");
        Needs.file(libraries().resolve("rsyslog/lmnsd_ossl.so"), "rsyslog-openssl");
        this.directory = Files.createDirectories(directory);
        Path config = Files.writeString(
                directory.resolve("rsyslog.conf"),
                CONFIG.replace("@DIR", directory.toString())
                        .replace("@CA", certificates.certificate("ca").toString())
                        .replace("@CERT", certificates.certificate("server").toString())
                        .replace("@KEY", certificates.key("server").toString())
                        .replace("@UDP", "" + udp)
                        .replace("@TCP", "" + tcp)
                        .replace("@OLD", "" + old)
                        .replace("@TLS", "" + tls)
                        .replace("@MUTUAL", "" + mutual));
        daemon = new Daemon(
                directory.resolve("said"),
                Map.of(),
                PROGRAM.toString(),
                "-n",
                "-f",
                config.toString(),
                "-i",
                directory.resolve("pid").toString());
    }

    private static Path libraries() throws IOException {
        try (var found = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu*")) {
            for (Path directory : found) {
                if (Files.exists(directory.resolve("rsyslog"))) {
                    return directory;
                }
            }
        }
        return Path.of("/usr/lib");
    }

    @Override
    public void start() throws IOException {
        Files.deleteIfExists(socket());
        daemon.start(() -> isListening(tcp) && isListening(tls) && Files.exists(socket()));
    }

    static boolean isListening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void stop() throws InterruptedException {
        daemon.stop();
    }

    @Override
    public void halt() throws IOException, InterruptedException {
        daemon.halt();
    }

    @Override
    public void kill() throws InterruptedException {
        daemon.kill();
    }

    @Override
    public int udpPort() {
        return udp;
    }

    @Override
    public int tcpPort() {
        return tcp;
    }

    @Override
    public int tcp3164Port() {
        return old;
    }

    @Override
    public int tlsPort() {
        return tls;
    }

    @Override
    public int mutualTlsPort() {
        return mutual;
    }

    @Override
    public Path socket() {
        return directory.resolve("log");
    }

    @Override
    public List<Map<String, Object>> messages() throws IOException {
        return JsonLines.read(directory.resolve("out.json"));
    }

    @Override
    public void close() {
        daemon.close();
    }
}

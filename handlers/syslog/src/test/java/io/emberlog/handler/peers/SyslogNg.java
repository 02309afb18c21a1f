package io.emberlog.handler.peers;

import io.emberlog.handler.tls.TestCertificates;
import io.emberlog.lab.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * syslog-ng. Debian does not install it beside rsyslog; {@code EMBERLOG_SYSLOG_NG} names a directory into which its package was
 * unpacked ({@code dpkg -x}), as .ci/run does.
 */
public final class SyslogNg implements SyslogServer {
    private static final String CONFIG = """
            @version: @VERSION
            options { keep-hostname(yes); chain-hostnames(no); use-dns(no); dns-cache(no); stats-freq(0); };
            source all {
                syslog(ip(127.0.0.1) port(@UDP) transport("udp"));
                syslog(ip(127.0.0.1) port(@TCP) transport("tcp"));
                network(ip(127.0.0.1) port(@OLD) transport("tcp"));
                syslog(ip(127.0.0.1) port(@TLS) transport("tls")
                       tls(key-file("@KEY") cert-file("@CERT") peer-verify(no)));
                syslog(ip(127.0.0.1) port(@MUTUAL) transport("tls")
                       tls(key-file("@KEY") cert-file("@CERT") ca-file("@CA") peer-verify(yes)));
                unix-dgram("@DIR/log");
            };
            destination json {
                file("@DIR/out.json" template("$(format-json pri=$PRI host=$HOST app=$PROGRAM pid=$PID msgid=$MSGID sd=$SDATA msg=$MSG)\\n"));
            };
            log { source(all); destination(json); };
            """;

    private final Path directory;
    private final int udp = Peer.freePort();
    private final int tcp = Peer.freePort();
    private final int old = Peer.freePort();
    private final int tls = Peer.freePort();
    private final int mutual = Peer.freePort();
    private final Daemon daemon;

    public SyslogNg(Path directory, TestCertificates certificates) throws IOException {
        Path root =
                Path.of(Optional.ofNullable(System.getenv("EMBERLOG_SYSLOG_NG")).orElse("/"));
        Path program = root.resolve("usr/sbin/syslog-ng");
        Needs.file(program, "syslog-ng-core, unpacked into EMBERLOG_SYSLOG_NG");
        Path modules = modules(root);
        this.directory = Files.createDirectories(directory);
        Path config = Files.writeString(
                directory.resolve("syslog-ng.conf"),
                CONFIG.replace("@VERSION", modules.getFileName().toString())
                        .replace("@DIR", directory.toString())
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
                Map.of("LD_LIBRARY_PATH", modules.getParent().toString()),
                program.toString(),
                "--foreground",
                "--no-caps",
                "--cfgfile=" + config,
                "--module-path=" + modules,
                "--persist-file=" + directory.resolve("persist"),
                "--pidfile=" + directory.resolve("pid"),
                "--control=" + directory.resolve("ctl"));
    }

    /** {@code usr/lib/syslog-ng/3.38}. */
    private static Path modules(Path root) throws IOException {
        try (var found = Files.newDirectoryStream(root.resolve("usr/lib/syslog-ng"), "[0-9]*")) {
            return found.iterator().next();
        }
    }

    @Override
    public void start() throws IOException {
        Files.deleteIfExists(socket());
        daemon.start(() -> Rsyslog.isListening(tcp) && Rsyslog.isListening(mutual) && Files.exists(socket()));
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

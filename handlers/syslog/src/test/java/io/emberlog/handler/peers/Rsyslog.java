package io.emberlog.handler.peers;

import io.emberlog.handler.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** rsyslogd. */
public final class Rsyslog extends SyslogServer {
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

    public Rsyslog(Path directory, TestCertificates certificates) throws IOException {
        super(directory);
        Needs.file(PROGRAM, "rsyslog");
        Needs.file(libraries().resolve("rsyslog/lmnsd_ossl.so"), "rsyslog-openssl");
        Path config = configure("rsyslog.conf", CONFIG, certificates);
        command(
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
}

package io.emberlog.handler.peers;

import io.emberlog.handler.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * syslog-ng. Debian does not install it beside rsyslog; {@code EMBERLOG_SYSLOG_NG} names a directory into which its package was
 * unpacked ({@code dpkg -x}), as .ci/run does.
 */
public final class SyslogNg extends SyslogServer {
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

    public SyslogNg(Path directory, TestCertificates certificates) throws IOException {
        super(directory);
        Path root =
                Path.of(Optional.ofNullable(System.getenv("EMBERLOG_SYSLOG_NG")).orElse("/"));
        Path program = root.resolve("usr/sbin/syslog-ng");
        Needs.file(program, "syslog-ng-core, unpacked into EMBERLOG_SYSLOG_NG");
        Path modules = modules(root);
        Path config = configure(
                "syslog-ng.conf",
                CONFIG.replace("@VERSION", modules.getFileName().toString()),
                certificates);
        command(
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
}

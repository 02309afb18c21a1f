package io.emberlog.handler.syslog;

import io.emberlog.handler.peers.Rsyslog;
import io.emberlog.handler.peers.SyslogServer;
import io.emberlog.handler.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;

class RsyslogTest extends SyslogServerTest {
    @Override
    SyslogServer make(Path directory, TestCertificates certificates) throws IOException {
        return new Rsyslog(directory, certificates);
    }
}

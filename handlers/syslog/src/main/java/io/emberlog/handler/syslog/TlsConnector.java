package io.emberlog.handler.syslog;

import java.io.IOException;

/** Reads the certificates anew for each connection, so that renewed ones are taken without a restart. */
final class TlsConnector implements StreamTransport.Connector {
    private final SyslogSettings settings;

    TlsConnector(SyslogSettings settings) {
        this.settings = settings;
    }

    @Override
    public ByteStream connect() throws IOException {
        TlsContext context = TlsContext.of(settings.tls());
        String name =
                settings.tls().name() == null ? settings.host() : settings.tls().name();
        TcpStream tcp = SyslogHandlerFactory.tcp(settings);
        return TlsStream.over(
                tcp,
                context.engine(name, settings.port()),
                settings.connectTimeout().toNanos());
    }
}

package io.emberlog.handler.syslog;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchHandler;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.unix.UnixDestination;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** {@code type = "syslog"}. */
public final class SyslogHandlerFactory implements HandlerFactory {
    /** Sent as soon as nothing more waits; large where more does, as a kernel may take 40 ms to acknowledge one. */
    private static final BatchLimits LIMITS = new BatchLimits(5000, 1 << 20, Duration.ZERO);

    @Override
    public String type() {
        return "syslog";
    }

    @Override
    public List<SettingKey> settings() {
        return SyslogSettings.KEYS;
    }

    @Override
    public Handler create(HandlerSettings settings) {
        SyslogSettings checked = SyslogSettings.of(settings);
        return new BatchHandler(destination(checked), LIMITS);
    }

    private static Destination destination(SyslogSettings settings) {
        return switch (settings.kind()) {
            case UNIX -> new UnixDestination(settings.path(), settings.timeout(), new SyslogDatagrams(settings.text()));
            case UDP ->
                new SyslogDestination(
                        new UdpTransport(
                                settings.host(),
                                settings.port(),
                                settings.timeout().toNanos()),
                        settings.text(),
                        0);
            case TCP ->
                new SyslogDestination(
                        new StreamTransport(() -> tcp(settings), settings.octetCounting()),
                        settings.text(),
                        settings.resend().toNanos());
            case TLS ->
                new SyslogDestination(
                        new StreamTransport(new TlsConnector(settings), settings.octetCounting()),
                        settings.text(),
                        settings.resend().toNanos());
        };
    }

    static TcpStream tcp(SyslogSettings settings) throws IOException {
        return TcpStream.connect(settings.host(), settings.port(), settings.connectTimeout(), settings.timeout());
    }
}

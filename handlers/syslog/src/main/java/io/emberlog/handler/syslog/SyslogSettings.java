package io.emberlog.handler.syslog;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.format.SyslogText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * What a syslog handler is told. Immutable.
 *
 * @param host null for a local socket
 * @param port of the host
 * @param path of a local socket
 * @param octetCounting how messages in a stream are told apart; else by line feeds
 * @param connectTimeout for a connection, and again for the handshake of TLS
 * @param timeout for every other wait
 * @param resend what was sent within this before a connection was last seen to work is sent again
 */
record SyslogSettings(
        Kind kind,
        String host,
        int port,
        Path path,
        boolean octetCounting,
        SyslogText text,
        Duration connectTimeout,
        Duration timeout,
        Duration resend,
        TlsSettings tls) {

    /** How messages travel. */
    enum Kind {
        UNIX(0),
        UDP(514),
        TCP(601),
        TLS(6514);

        private final int port;

        Kind(int port) {
            this.port = port;
        }
    }

    private static final String RFC5424 = "rfc5424";
    private static final String RFC3164 = "rfc3164";
    private static final String OCTET_COUNTING = "octet-counting";

    /** Datagrams: one of IPv4, and what local sockets surely take. */
    private static final int MAX_DATAGRAM = UdpTransport.MAX_MESSAGE;

    static final SettingKey TRANSPORT = SettingKey.choice(
                    "transport",
                    "How messages travel: over a local socket, UDP (no word of what is lost), TCP, or TLS.",
                    "unix",
                    "udp",
                    "tcp",
                    "tls")
            .orElse("unix");
    static final SettingKey PATH =
            SettingKey.path("path", "The local socket; transport unix only.").otherwise("/dev/log");
    static final SettingKey HOST = SettingKey.string("host", "Name or address of the server; not for transport unix.");
    static final SettingKey PORT = SettingKey.integer("port", "Port of the server.")
            .between("1", "65535")
            .otherwise("udp 514, tcp 601, tls 6514");
    static final SettingKey PROTOCOL = SettingKey.choice(
                    "protocol",
                    "Form of a message. rfc5424 has fields, UTC to the microsecond and UTF-8; rfc3164 is what local sockets and"
                            + " old servers expect.",
                    RFC5424,
                    RFC3164)
            .otherwise("rfc3164 for transport unix, else rfc5424");
    static final SettingKey FRAMING = SettingKey.choice(
                    "framing",
                    "How messages in a stream are told apart: by a length in front of each, or by a line feed behind it; transports"
                            + " tcp and tls.",
                    OCTET_COUNTING,
                    "lf")
            .otherwise(OCTET_COUNTING);
    static final SettingKey FACILITY = SettingKey.choice(
                    "facility", "Facility of every message.", SyslogText.FACILITIES.toArray(new String[0]))
            .orElse("user");
    static final SettingKey APP_NAME = SettingKey.string(
                    "app_name", "APP-NAME, or the tag of rfc3164, of every message.")
            .otherwise("the worker's service, else its process, else its name");
    static final SettingKey HOSTNAME =
            SettingKey.string("hostname", "HOSTNAME of every message.").otherwise("the worker's host");
    static final SettingKey TIME_ZONE = SettingKey.choice(
                    "time_zone",
                    "Zone of the timestamps of rfc3164, which do not name it; rfc5424 is always UTC.",
                    "local",
                    "utc")
            .orElse("local");
    static final SettingKey ENTERPRISE = SettingKey.integer(
                    "enterprise",
                    "Private enterprise number behind the @ of the structured data's ids (rfc5424); 32473 is the one for examples.")
            .orElse(32_473)
            .between("0", "4294967295");
    static final SettingKey BOM = SettingKey.bool(
                    "bom",
                    "A byte order mark in front of the text (rfc5424), which the RFC wants and many servers show.")
            .orElse(false);
    static final SettingKey MAX_MESSAGE_SIZE = SettingKey.size(
                    "max_message_size",
                    "Longest message; the text of a longer one is cut and says so. At most 65507 for transports udp and unix.")
            .orElse("8 KiB")
            .between("480 B", "1 MiB");
    static final SettingKey CONNECT_TIMEOUT = SettingKey.duration(
                    "connect_timeout", "Longest time for a connection to be made, and again for its TLS handshake.")
            .orElse("5 s")
            .between("100 ms", "5 min");
    static final SettingKey TIMEOUT = SettingKey.duration(
                    "timeout", "Longest time that the server may take nothing of what is sent.")
            .orElse("10 s")
            .between("100 ms", "5 min");
    static final SettingKey RESEND = SettingKey.duration(
                    "resend",
                    "When a connection breaks, what was sent within this time before it was last seen to work is sent again; 0 ="
                            + " nothing. Transports tcp and tls.")
            .orElse("5 s")
            .between("0 s", "5 min");
    static final SettingKey TLS_CA = SettingKey.path(
                    "tls_ca", "File of certificates (PEM) to trust in place of those of the JDK; transport tls.")
            .otherwise("those of the JDK");
    static final SettingKey TLS_CERTIFICATE = SettingKey.path(
            "tls_certificate",
            "File of our certificate and those it depends on (PEM), for servers that ask; transport tls.");
    static final SettingKey TLS_KEY = SettingKey.path(
            "tls_key",
            "File of the certificate's private key (PKCS#8 in PEM, without password, not readable by everybody); transport tls.");
    static final SettingKey TLS_NAME = SettingKey.string(
                    "tls_name", "Name or address that the server's certificate must have; transport tls.")
            .otherwise("host");

    static final List<SettingKey> KEYS = List.of(
            TRANSPORT,
            PATH,
            HOST,
            PORT,
            PROTOCOL,
            FRAMING,
            FACILITY,
            APP_NAME,
            HOSTNAME,
            TIME_ZONE,
            ENTERPRISE,
            BOM,
            MAX_MESSAGE_SIZE,
            CONNECT_TIMEOUT,
            TIMEOUT,
            RESEND,
            TLS_CA,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_NAME);

    /** @throws IllegalArgumentException for settings that do not go together */
    static SyslogSettings of(HandlerSettings settings) {
        Kind kind = Kind.valueOf(settings.string(TRANSPORT).toUpperCase(Locale.ROOT));
        checkTogether(kind, settings);
        refuseWhatHasNoEffect(kind, settings);
        return new SyslogSettings(
                kind,
                settings.isSet(HOST) ? settings.string(HOST) : null,
                settings.isSet(PORT) ? (int) settings.integer(PORT) : kind.port,
                settings.isSet(PATH) ? settings.path(PATH) : Path.of("/dev/log"),
                !settings.isSet(FRAMING) || settings.string(FRAMING).equals(OCTET_COUNTING),
                text(kind, settings),
                settings.duration(CONNECT_TIMEOUT),
                settings.duration(TIMEOUT),
                settings.duration(RESEND),
                new TlsSettings(
                        path(settings, TLS_CA),
                        path(settings, TLS_CERTIFICATE),
                        path(settings, TLS_KEY),
                        settings.isSet(TLS_NAME) ? settings.string(TLS_NAME) : null));
    }

    private static void checkTogether(Kind kind, HandlerSettings settings) {
        boolean remote = kind != Kind.UNIX;
        if (remote && (!settings.isSet(HOST) || settings.string(HOST).isBlank())) {
            throw new IllegalArgumentException(
                    "host: is missing for transport " + settings.string(TRANSPORT) + "; allowed: a name or an address");
        }
        only(settings, !remote, "transport = \"unix\"", PATH);
        only(settings, remote, "transport udp, tcp or tls", HOST, PORT);
        only(settings, kind == Kind.TCP || kind == Kind.TLS, "transport tcp or tls", FRAMING);
        only(settings, kind == Kind.TLS, "transport = \"tls\"", TLS_CA, TLS_CERTIFICATE, TLS_KEY, TLS_NAME);
        if (settings.isSet(TLS_CERTIFICATE) != settings.isSet(TLS_KEY)) {
            SettingKey given = settings.isSet(TLS_KEY) ? TLS_KEY : TLS_CERTIFICATE;
            SettingKey missing = given == TLS_KEY ? TLS_CERTIFICATE : TLS_KEY;
            throw new IllegalArgumentException(given + ": goes with " + missing + "; allowed: both or none");
        }
        long most = settings.size(MAX_MESSAGE_SIZE);
        if ((kind == Kind.UDP || kind == Kind.UNIX) && most > MAX_DATAGRAM) {
            throw new IllegalArgumentException(
                    "max_message_size: " + most + " bytes are more than a datagram of transport "
                            + settings.string(TRANSPORT) + " takes; allowed: 480 to " + MAX_DATAGRAM);
        }
    }

    private static void refuseWhatHasNoEffect(Kind kind, HandlerSettings settings) {
        String transport = "has no effect with transport = \"" + settings.string(TRANSPORT) + '"';
        if (kind == Kind.UNIX || kind == Kind.UDP) {
            for (SettingKey key : List.of(RESEND, CONNECT_TIMEOUT)) {
                settings.refuseIfChanged(
                        key, transport + ", which knows of no connection", "beside transport tcp or tls");
            }
        }
        String protocol = "protocol = \"" + protocol(kind, settings) + '"';
        if (protocol(kind, settings).equals(RFC3164)) {
            for (SettingKey key : List.of(ENTERPRISE, BOM)) {
                settings.refuseIfChanged(key, "has no effect with " + protocol, "beside protocol = \"rfc5424\"");
            }
            if (kind == Kind.UNIX) {
                settings.refuseIfChanged(
                        HOSTNAME,
                        transport + " and " + protocol + ", which has no host there",
                        "beside another transport, or protocol = \"rfc5424\"");
            }
        } else {
            settings.refuseIfChanged(
                    TIME_ZONE,
                    "has no effect with " + protocol + ", which is always UTC",
                    "beside protocol = \"rfc3164\"");
        }
    }

    private static String protocol(Kind kind, HandlerSettings settings) {
        return settings.isSet(PROTOCOL) ? settings.string(PROTOCOL) : kind == Kind.UNIX ? RFC3164 : RFC5424;
    }

    private static void only(HandlerSettings settings, boolean fits, String with, SettingKey... keys) {
        for (SettingKey key : keys) {
            if (!fits && settings.isSet(key)) {
                throw new IllegalArgumentException(key + ": goes with " + with + " only; allowed: without it here");
            }
        }
    }

    private static Path path(HandlerSettings settings, SettingKey key) {
        return settings.isSet(key) ? settings.path(key) : null;
    }

    private static SyslogText text(Kind kind, HandlerSettings settings) {
        SyslogText.Builder builder = SyslogText.builder()
                .facility(settings.string(FACILITY))
                .maxLength((int) settings.size(MAX_MESSAGE_SIZE))
                .enterprise(settings.integer(ENTERPRISE))
                .zone(settings.string(TIME_ZONE).equals("utc") ? ZoneOffset.UTC : ZoneId.systemDefault());
        if (settings.isSet(APP_NAME)) {
            builder.appName(settings.string(APP_NAME));
        }
        if (settings.isSet(HOSTNAME)) {
            builder.hostname(settings.string(HOSTNAME));
        }
        if (settings.bool(BOM)) {
            builder.bom();
        }
        if (kind == Kind.UNIX) {
            builder.withoutHost();
        }
        return protocol(kind, settings).equals(RFC3164) ? builder.rfc3164() : builder.rfc5424();
    }
}

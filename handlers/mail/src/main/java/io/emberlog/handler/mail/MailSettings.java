package io.emberlog.handler.mail;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.tls.ClientKey;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server, and who writes to whom.
 *
 * @param tls starttls, implicit or none
 * @param username null for none
 * @param password null for none
 * @param timeout of a whole sending, from the first packet to the last answer
 * @param certificates file of trusted certificates (PEM) in place of the JDK's; null for those
 * @param key whom we show to servers that ask
 */
record MailSettings(
        String host,
        int port,
        String tls,
        String username,
        Secret password,
        InternetAddress from,
        List<InternetAddress> to,
        boolean html,
        Duration timeout,
        Duration connectTimeout,
        Path certificates,
        ClientKey key) {
    static final SettingKey HOST =
            SettingKey.string("host", "Name of the SMTP server.").required();
    static final SettingKey PORT = SettingKey.integer("port", "Port of the SMTP server.")
            .between("1", "65535")
            .otherwise("587 with starttls, 465 with implicit, 25 with none");
    static final SettingKey TLS = SettingKey.choice(
                    "tls",
                    "starttls = begins in the clear and must change to TLS; implicit = TLS from the start; none = in the clear.",
                    "starttls",
                    "implicit",
                    "none")
            .orElse("starttls");
    static final SettingKey USERNAME = SettingKey.string("username", "To log in with; with password.");
    static final SettingKey PASSWORD =
            SettingKey.secret("password", "To log in with; with username, and not with tls = none.");
    static final SettingKey FROM = SettingKey.string("from", "Sender, like \"Emberlog <alerts@example.com>\".")
            .required();
    static final SettingKey TO =
            SettingKey.strings("to", "Receivers, one or more.").required();
    static final SettingKey HTML =
            SettingKey.bool("html", "Beside the plain text the same as HTML.").orElse(false);
    static final SettingKey TIMEOUT = SettingKey.duration(
                    "timeout", "Longest time for a whole mail, from the connection to the server's last answer.")
            .orElse("30 s")
            .between("100 ms", "5 min");
    static final SettingKey CONNECT_TIMEOUT = SettingKey.duration(
                    "connect_timeout", "Longest time for a connection to be made.")
            .orElse("10 s")
            .between("100 ms", "5 min");
    static final SettingKey TLS_CA = SettingKey.path(
                    "tls_ca", "File of certificates (PEM) to trust in place of those of the JDK.")
            .otherwise("those of the JDK");

    static final List<SettingKey> KEYS = Stream.concat(
                    Stream.of(HOST, PORT, TLS, USERNAME, PASSWORD, FROM, TO, HTML, TIMEOUT, CONNECT_TIMEOUT, TLS_CA),
                    ClientKey.KEYS.stream())
            .toList();

    private static final int MOST_RECEIVERS = 50;

    static MailSettings of(HandlerSettings settings) {
        String tls = settings.string(TLS);
        String host = settings.string(HOST);
        if (!host.matches("[A-Za-z0-9.:_-]{1,255}")) {
            throw new IllegalArgumentException("host: is no name of a host; allowed: one like smtp.example.com");
        }
        if (settings.isSet(USERNAME) != settings.isSet(PASSWORD)) {
            throw new IllegalArgumentException(
                    "password: only one of username and password is given; allowed: both or none");
        }
        if (settings.isSet(PASSWORD) && tls.equals("none")) {
            throw new IllegalArgumentException(
                    "tls: is none, so the password could be read on its way; allowed: starttls, implicit, or no password");
        }
        if (tls.equals("none")) {
            settings.refuseIfChanged(
                    ClientKey.TLS_KEY, "has no effect with tls = \"none\"", "beside starttls or implicit");
        }
        return new MailSettings(
                host,
                settings.isSet(PORT) ? (int) settings.integer(PORT) : port(tls),
                tls,
                settings.isSet(USERNAME) ? settings.string(USERNAME) : null,
                settings.isSet(PASSWORD) ? settings.secret(PASSWORD) : null,
                address(FROM, settings.string(FROM)),
                addresses(settings.strings(TO)),
                settings.bool(HTML),
                settings.duration(TIMEOUT),
                settings.duration(CONNECT_TIMEOUT),
                settings.isSet(TLS_CA) ? settings.path(TLS_CA) : null,
                ClientKey.of(settings));
    }

    private static int port(String tls) {
        return switch (tls) {
            case "starttls" -> 587;
            case "implicit" -> 465;
            default -> 25;
        };
    }

    private static List<InternetAddress> addresses(List<String> texts) {
        if (texts.isEmpty() || texts.size() > MOST_RECEIVERS) {
            throw new IllegalArgumentException(
                    "to: holds " + texts.size() + " addresses; allowed: 1 to " + MOST_RECEIVERS);
        }
        List<InternetAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            addresses.add(address(TO, text));
        }
        return addresses;
    }

    private static InternetAddress address(SettingKey key, String text) {
        try {
            InternetAddress[] addresses = text.codePoints().anyMatch(Character::isISOControl)
                    ? new InternetAddress[0]
                    : InternetAddress.parse(text, true);
            if (addresses.length == 1 && addresses[0].getAddress().indexOf('@') > 0) {
                addresses[0].validate();
                return addresses[0];
            }
        } catch (AddressException e) {
            // said below, in the words of all settings
        }
        throw new IllegalArgumentException(
                key + ": one is no address; allowed: name@example.com, or \"Name <name@example.com>\"");
    }

    boolean isImplicit() {
        return tls.equals("implicit");
    }

    boolean isStartTls() {
        return tls.equals("starttls");
    }
}

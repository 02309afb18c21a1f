package io.emberlog.handler.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.HandlerSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyslogSettingsTest {
    private static SyslogSettings settings(Map<String, Object> given) {
        return SyslogSettings.of(HandlerSettings.of("test", SyslogSettings.KEYS, given));
    }

    @Test
    void withoutSettingsTheLocalSocketIsMeant() {
        SyslogSettings settings = settings(Map.of());
        assertThat(settings.kind()).isEqualTo(SyslogSettings.Kind.UNIX);
        assertThat(settings.path()).isEqualTo(Path.of("/dev/log"));
    }

    @ParameterizedTest
    @CsvSource({"udp, 514", "tcp, 601", "tls, 6514"})
    void eachTransportHasThePortOfItsRfc(String transport, int port) {
        assertThat(settings(Map.of("transport", transport, "host", "log")).port())
                .isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "transport=udp | host: is missing for transport udp",
                "transport=unix;host=log | host: goes with transport udp, tcp or tls only",
                "transport=tcp;host=log;path=/dev/log | path: goes with transport = \"unix\" only",
                "transport=udp;host=log;framing=lf | framing: goes with transport tcp or tls only",
                "transport=tcp;host=log;tls_ca=/ca | tls_ca: goes with transport = \"tls\" only",
                "transport=tls;host=log;tls_key=/key | tls_key: goes with tls_certificate; allowed: both or none",
                "transport=udp;host=log;resend=1 s | resend: \"1 s\" has no effect with transport = \"udp\", which knows of no"
                        + " connection; allowed: beside transport tcp or tls",
                "connect_timeout=1 s | connect_timeout: \"1 s\" has no effect with transport = \"unix\"",
                "hostname=a | hostname: \"a\" has no effect with transport = \"unix\" and protocol = \"rfc3164\"",
                "bom=true | bom: true has no effect with protocol = \"rfc3164\"; allowed: beside protocol = \"rfc5424\"",
                "enterprise=5 | enterprise: 5 has no effect with protocol = \"rfc3164\"",
                "protocol=rfc5424;time_zone=utc | time_zone: \"utc\" has no effect with protocol = \"rfc5424\", which is always"
                        + " UTC; allowed: beside protocol = \"rfc3164\"",
                "transport=udp;host=log;max_message_size=64 KiB | max_message_size: 65536 bytes are more than a datagram",
            })
    void settingsThatDoNotGoTogetherAreNamed(String given, String message) {
        Map<String, Object> values = new HashMap<>();
        for (String setting : given.split(";")) {
            String value = setting.split("=")[1];
            values.put(
                    setting.split("=")[0],
                    value.equals("true") ? Boolean.TRUE : value.matches("\\d+") ? Long.valueOf(value) : value);
        }
        assertThatThrownBy(() -> settings(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}

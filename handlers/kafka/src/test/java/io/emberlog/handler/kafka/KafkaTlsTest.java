package io.emberlog.handler.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.emberlog.handler.CanaryWatch;
import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.tls.TestCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker whose certificate is for 127.0.0.1. */
class KafkaTlsTest {
    private static final String CANARY = "canary-77d0b4";
    private static final String KEY_PASSWORD = "canary-5e0b \"x";

    @TempDir
    private static Path directory;

    private static TestCertificates certificates;
    private static Broker broker;

    private final ModelCaller caller = new ModelCaller(200, 50) {
        @Override
        public long epochNs() {
            return Records.TIME_NS + 86_400_000_000_000L;
        }
    };

    @BeforeAll
    static void start() throws Exception {
        certificates = TestCertificates.in(directory.resolve("tls"));
        broker = new Broker(directory, certificates);
        broker.start();
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private static Handler handler(String server, String topic, Object... more) {
        Map<String, Object> given = new HashMap<>(Map.of(
                "servers",
                List.of(server),
                "topic",
                topic,
                "timeout",
                "30 s",
                "security",
                "ssl",
                "tls_ca",
                certificates.certificate("ca")));
        for (int i = 0; i < more.length; i += 2) {
            given.put((String) more[i], more[i + 1]);
        }
        given.values().removeIf(""::equals);
        KafkaHandlerFactory factory = new KafkaHandlerFactory();
        return factory.create(HandlerSettings.of("kafka", factory.settings(), given));
    }

    private void assertArrives(Handler handler, String topic) throws IOException {
        caller.run(handler, List.of(Records.plain(0, "over TLS")));
        assertThat(caller.reports()).isEmpty();
        assertThat(broker.read(topic)).hasSize(1);
    }

    /** What the first attempt says, with whole stack traces. */
    private String refusal(Handler handler) throws Exception {
        handler.open(caller);
        handler.handle(Records.plain(0, "record 0"));
        Throwable refused = catchThrowable(handler::checkpoint);
        handler.close();
        assertThat(refused).isInstanceOf(IOException.class);
        assertThat(caller.putAside()).isEmpty();
        StringWriter trace = new StringWriter();
        refused.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain("canary");
        return refused.getMessage();
    }

    @Test
    void recordsArriveAtABrokerThatTheAuthorityVouchesFor() throws Exception {
        assertArrives(handler(broker.tlsAddress(), "tls"), "tls");
    }

    @Test
    void userAndPasswordTravelOverTls() throws Exception {
        String password = SecretFile.of(directory, "password", Broker.PASSWORD);
        assertArrives(
                handler(
                        broker.saslTlsAddress(),
                        "sasl-tls",
                        "security",
                        "sasl_ssl",
                        "sasl_mechanism",
                        "PLAIN",
                        "user",
                        Broker.USER,
                        "password",
                        password),
                "sasl-tls");
    }

    @Test
    void aBrokerOfAnotherAuthorityGetsNothing() throws Exception {
        for (Object ca : List.of(certificates.certificate("other-ca"), "")) {
            assertThat(refusal(handler(broker.tlsAddress(), "stranger", "tls_ca", ca)))
                    .contains("PKIX path")
                    .endsWith("; allowed: tls_ca = a file with the authority of the server's certificate");
        }
    }

    @Test
    void aBrokerOfAnotherNameGetsNothing() throws Exception {
        String byName = broker.tlsAddress().replace("127.0.0.1", "localhost");
        assertThat(refusal(handler(byName, "stranger")))
                .contains("localhost")
                .endsWith("; allowed: a name or an address that is in the server's certificate");
    }

    @Test
    void aBrokerThatWantsACertificateGetsOurs() throws Exception {
        assertArrives(
                handler(broker.mutualTlsAddress(), "mutual", "tls_key", certificates.keyAndCertificate("client")),
                "mutual");
    }

    @Test
    void aBrokerThatWantsACertificateGetsOursOfAKeyWithAPassword() throws Exception {
        assertArrives(encrypted("encrypted", KEY_PASSWORD), "encrypted");
    }

    private static Handler encrypted(String topic, String password) throws Exception {
        return handler(
                broker.mutualTlsAddress(),
                topic,
                "tls_key",
                certificates.encryptedKeyAndCertificate("client", KEY_PASSWORD),
                "tls_key_password",
                password.isEmpty() ? "" : SecretFile.of(directory, "key-password", password));
    }

    @Test
    void aBrokerThatWantsACertificateSaysSo() throws Exception {
        assertThat(refusal(handler(broker.mutualTlsAddress(), "nobody", "timeout", "5 s")))
                .endsWith("; allowed: tls_key with a key and a certificate that the server trusts");
    }

    @Test
    void aKeyThatCannotBeReadIsToldWithoutItsPassword() throws Exception {
        assertThat(refusal(encrypted("wrong", "canary-wrong")))
                .contains("tls_key=" + directory)
                .endsWith("; allowed: tls_key_password = the password of the key");
        assertThat(refusal(encrypted("none", "")))
                .contains("tls_key=" + directory)
                .endsWith("; allowed: tls_key_password = the password of the key");
        assertThat(refusal(handler(broker.mutualTlsAddress(), "x", "tls_key", certificates.certificate("client"))))
                .endsWith(" can be read by everybody; allowed: mode 0640 or stricter");
        Path noKey = Files.copy(certificates.certificate("client"), directory.resolve("no-key.pem"));
        Files.setPosixFilePermissions(noKey, PosixFilePermissions.fromString("rw-------"));
        assertThat(refusal(handler(broker.mutualTlsAddress(), "x", "tls_key", noKey)))
                .contains("tls_key=" + noKey + " holds no private key");
        assertThat(refusal(handler(broker.mutualTlsAddress(), "x", "tls_key", certificates.key("client"))))
                .contains("holds no certificate");
        assertThat(refusal(handler(broker.mutualTlsAddress(), "x", "tls_key", directory.resolve("nowhere"))))
                .contains("tls_key=" + directory.resolve("nowhere") + " does not exist");
    }

    @Test
    void certificatesToTrustThatAreNoneAreTold() throws Exception {
        assertThat(refusal(handler(broker.tlsAddress(), "x", "tls_ca", directory.resolve("nowhere"))))
                .isEqualTo("tls_ca=" + directory.resolve("nowhere") + " does not exist; allowed: PEM");
        Path text = Files.writeString(directory.resolve("text"), "no certificate");
        assertThat(refusal(handler(broker.tlsAddress(), "x", "tls_ca", text)))
                .isEqualTo("tls_ca=" + text + " cannot be read as certificates; allowed: PEM");
    }

    /** Password and key's password must not be in anything that the failing handler says, names or stores, however it fails. */
    @Test
    void noFailureTellsASecret() throws Exception {
        try (CanaryWatch watch = new CanaryWatch(CANARY);
                ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerSocket raving = raving()) {
            for (String server : List.of(
                    broker.saslTlsAddress(), // which does not know the password
                    broker.tlsAddress(),
                    broker.address(),
                    "127.0.0.1:" + deaf.getLocalPort(),
                    "127.0.0.1:" + raving.getLocalPort(),
                    "127.0.0.1:1",
                    "no-such-host.invalid:9092")) {
                watch.fail(secretive(server, "PLAIN", certificates.certificate("ca")), 1);
            }
            watch.fail(secretive(broker.saslTlsAddress(), "SCRAM-SHA-512", certificates.certificate("ca")), 1);
            watch.fail(secretive(broker.saslTlsAddress(), "PLAIN", certificates.certificate("other-ca")), 1);
            watch.fail(secretive(broker.saslTlsAddress(), "PLAIN", directory.resolve("nowhere")), 1);
            for (String file : List.of("canary-password", "canary-key-password")) {
                Handler handler = secretive(broker.saslTlsAddress(), "PLAIN", certificates.certificate("ca"));
                Files.delete(directory.resolve(file));
                watch.fail(handler, 1);
                assertThat(watch.said()).contains(file + " does not exist");
            }
        }
    }

    private static Handler secretive(String server, String mechanism, Path ca) throws Exception {
        return handler(
                server,
                "secretive",
                "linger",
                "0 s",
                "timeout",
                "1 s",
                "security",
                "sasl_ssl",
                "sasl_mechanism",
                mechanism,
                "user",
                "ada",
                "password",
                SecretFile.of(directory, "canary-password", CANARY + "\"\\;"),
                "tls_ca",
                ca,
                "tls_key",
                certificates.encryptedKeyAndCertificate("client", CANARY + "key"),
                "tls_key_password",
                SecretFile.of(directory, "canary-key-password", CANARY + "key"));
    }

    /** Answers whatever it is asked with something else. */
    private static ServerSocket raving() throws IOException {
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            while (!listening.isClosed()) {
                try (Socket socket = listening.accept()) {
                    socket.getInputStream().read(new byte[1000]);
                    socket.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // the client has left, or the test is over
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return listening;
    }
}

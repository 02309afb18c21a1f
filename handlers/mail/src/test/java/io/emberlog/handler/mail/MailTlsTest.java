package io.emberlog.handler.mail;

import static io.emberlog.handler.SteppedCaller.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.SteppedCaller;
import io.emberlog.handler.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server with TLS and passwords. */
class MailTlsTest {
    private static final String PASSWORD = "canary-71ac2e";
    private static final LogRecord ERROR = Records.of("md-1", "com.acme.Orders", 17, 0, "cannot fill order 42");

    @TempDir
    private static Path directory;

    private final SteppedCaller caller = new SteppedCaller();
    private SmtpServer server;

    @BeforeAll
    static void look() throws Exception {
        SmtpServer.assumeInstalled();
        SmtpServer.makeCertificate(directory);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void open(String mode, Object... pairs) throws Exception {
        openAt(new SmtpServer(directory, mode, "alerts", PASSWORD), mode, pairs);
    }

    private void openAt(SmtpServer at, String mode, Object... pairs) throws Exception {
        server = at;
        Map<String, Object> given = new HashMap<>(Map.of(
                "host",
                "localhost",
                "port",
                (long) server.port(),
                "tls",
                mode,
                "tls_ca",
                server.certificate().toString(),
                "username",
                "alerts",
                "password",
                SecretFile.of(directory, "password", PASSWORD),
                "from",
                "alerts@example.com",
                "to",
                List.of("ops@example.com", "second@example.com")));
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] == null) {
                given.remove(pairs[i]);
            } else {
                given.put((String) pairs[i], pairs[i + 1]);
            }
        }
        MailHandlerFactory factory = new MailHandlerFactory();
        caller.open(factory.create(HandlerSettings.of("test", factory.settings(), given)));
    }

    private void alert(LogRecord record, int times) throws Exception {
        caller.handle(record, times);
        caller.pass(11 * SECOND_NS, SECOND_NS);
    }

    private void assertNoMail(String why) throws IOException {
        assertThat(caller.failures()).isNotEmpty();
        assertThat(caller.failures().get(0)).contains(why);
        assertThat(server.mails(0)).isEmpty();
        assertThat(caller.everythingSaid()).doesNotContain(PASSWORD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "implicit"})
    void aMailArrivesAfterTlsAndThePassword(String mode) throws Exception {
        open(mode);
        alert(ERROR, 412);
        assertThat(caller.failures()).isEmpty();
        assertThat(server.mails(1))
                .singleElement()
                .asString()
                .startsWith("X-Envelope: alerts@example.com ops@example.com,second@example.com")
                .contains("Subject: ERROR x 412 in 1 s - cannot fill order 42")
                .contains("X-Tls: " + (mode.equals("starttls") ? "True" : "False")); // of implicit TLS it does not know
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "implicit"})
    void aWrongPasswordWaitsAndIsNotShown(String mode) throws Exception {
        open(mode, "username", "other");
        alert(ERROR, 1);
        assertNoMail("the mail server refused username and password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "implicit"})
    void aCertificateThatNobodyVouchesForIsNotTaken(String mode) throws Exception {
        open(mode, "tls_ca", null);
        alert(ERROR, 1);
        assertNoMail("no mail was sent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "implicit"})
    void aCertificateOfAnotherNameIsNotTaken(String mode) throws Exception {
        open(mode, "host", "127.0.0.1");
        alert(ERROR, 1);
        assertNoMail("No subject alternative names");
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "implicit"})
    void aServerThatAsksForACertificateGetsOursAndTakesNoOther(String mode) throws Exception {
        TestCertificates clients = TestCertificates.in(directory.resolve("clients"));
        for (Path key : new Path[] {null, clients.keyAndCertificate("stranger")}) {
            try (SmtpServer strict = strict(mode, clients)) {
                openAt(strict, mode, "tls_key", key);
                alert(ERROR, 1);
                assertNoMail("no mail was sent");
            }
        }
        openAt(
                strict(mode, clients),
                mode,
                "tls_key",
                clients.encryptedKeyAndCertificate("client", PASSWORD),
                "tls_key_password",
                SecretFile.of(directory, "key-password", PASSWORD));
        alert(ERROR, 1);
        assertThat(server.mails(1)).singleElement().asString().contains("X-Peer: client");
    }

    private static SmtpServer strict(String mode, TestCertificates clients) throws Exception {
        return new SmtpServer(
                directory,
                mode,
                "alerts",
                PASSWORD,
                "",
                clients.certificate("ca").toString());
    }

    @Test
    void aKeyWithoutTlsIsRefused() {
        MailHandlerFactory factory = new MailHandlerFactory();
        Map<String, Object> given = Map.of(
                "host", "h", "tls", "none", "from", "a@b.example", "to", List.of("a@b.example"), "tls_key", "/k.pem");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> factory.create(HandlerSettings.of("test", factory.settings(), given)))
                .withMessage(
                        "tls_key: \"/k.pem\" has no effect with tls = \"none\"; allowed: beside starttls or implicit");
    }

    @Test
    void receiversThatAreRefusedAreReportedAndTheOthersGetTheMail() throws Exception {
        open("starttls", "to", List.of("nobody@example.com", "ops@example.com"));
        alert(ERROR, 1);
        assertThat(server.mails(1))
                .singleElement()
                .asString()
                .startsWith("X-Envelope: alerts@example.com ops@example.com\r");
        assertThat(caller.reports())
                .singleElement()
                .asString()
                .contains("for some receivers only")
                .contains("550 no such user");
        assertThat(caller.failures()).isEmpty();
    }

    @Test
    void whereAllReceiversAreRefusedTheMailWaits() throws Exception {
        open("starttls", "to", List.of("nobody@example.com"));
        alert(ERROR, 1);
        assertNoMail("took the mail for nobody");
    }

    /** Postfix refuses with 550 what its checks of headers and body refuse, others with 552, 554 or 571. */
    @ParameterizedTest
    @ValueSource(ints = {550, 552, 554, 571})
    void aTextThatIsRefusedIsReplacedByTheCounts(int code) throws Exception {
        open("starttls");
        alert(Records.of("w", "l", 17, 0, "poison " + code), 7);
        assertThat(server.mails(1))
                .singleElement()
                .asString()
                .contains("Subject: ERROR x 7 in 1 s - (the service refused the text)");
        assertThat(caller.reports()).singleElement().asString().contains("the mail server answered " + code);
    }
}

package io.emberlog.handler.mail;

import static io.emberlog.handler.SteppedCaller.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.SteppedCaller;
import io.emberlog.message.Level;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server of the same language, without TLS; with it: {@link MailTlsTest}. */
class MailHandlerTest {
    private static final String PASSWORD = "canary-71ac2e";
    private static final LogRecord ERROR = Records.of("md-1", "com.acme.Orders", 17, 0, "cannot fill order 42");

    @TempDir
    private Path directory;

    private final SteppedCaller caller = new SteppedCaller();
    private GreenMail server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop();
        }
    }

    private int serve() {
        server = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
        server.start();
        return server.getSmtp().getPort();
    }

    private Handler open(int port, Object... pairs) throws IOException {
        Handler handler = create(port, pairs);
        caller.open(handler);
        return handler;
    }

    private static Handler create(int port, Object... pairs) {
        Map<String, Object> given = new HashMap<>(Map.of(
                "host", "127.0.0.1",
                "port", (long) port,
                "tls", "none",
                "from", "Emberlog <alerts@example.com>",
                "to", List.of("ops@example.com", "Second <second@example.com>")));
        for (int i = 0; i < pairs.length; i += 2) {
            given.put((String) pairs[i], pairs[i + 1]);
        }
        MailHandlerFactory factory = new MailHandlerFactory();
        return factory.create(HandlerSettings.of("test", factory.settings(), given));
    }

    @Test
    void aDigestIsAMailToAllWithItsCountsInTheSubject() throws Exception {
        open(serve(), "title", "prod");
        caller.handle(Records.full(), 3);
        caller.stop();
        MimeMessage[] mails = server.getReceivedMessages();
        assertThat(mails).hasSize(2); // one for each receiver
        assertThat(mails[0].getSubject())
                .isEqualTo("prod: OUTAGE x 3 in 1 s, told as the master stops - order 42 filled at 101.25 for ada \"a\""
                        + " venue=XETRA note=two words spread=NaN");
        assertThat(mails[0].getFrom()[0]).hasToString("Emberlog <alerts@example.com>");
        assertThat(mails[0].getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mails[0].getContent().toString())
                .contains("java.io.IOException: gone\r\n    at com.acme.Orders.fill(Orders.java:42)")
                .contains("com.acme.Orders; first 2026-01-15 10:30:45, last 10:30:45 UTC; md-1@myhost");
    }

    @Test
    void contentAddsNoHeaderNoReceiverAndNoLineOfSmtp() throws Exception {
        open(serve(), "html", true);
        String hostile =
                "x\r\nBcc: evil@example.com\r\n\r\n.\r\nQUIT\r\n\u0085\u2028=?utf-8?q?a?= <script>alert(1)</script> \uD83D\uDE00\n.\n";
        caller.handle(Records.of(hostile, hostile, 17, 0, hostile));
        caller.handle(Records.of("w", "l", 17, 0, ("." + "x".repeat(200) + "\n").repeat(1500)));
        caller.stop();
        MimeMessage[] mails = server.getReceivedMessages();
        assertThat(mails).hasSize(2);
        assertThat(mails[0].getHeader("Bcc")).isNull();
        assertThat(mails[0].getSubject()).startsWith("2 problems, x 2");
        MimeMultipart parts = (MimeMultipart) mails[0].getContent();
        assertThat(parts.getBodyPart(0).getContent().toString())
                .contains("x\\r\\nBcc: evil@example.com\\r\\n\\r\\n.\\r\\nQUIT");
        assertThat(parts.getBodyPart(1).getContent().toString())
                .contains("&lt;script&gt;")
                .doesNotContain("<script");
    }

    @Test
    void aSubjectIsOneLineWhateverTheMessage() throws Exception {
        open(serve());
        caller.handle(Records.of("w", "l", 17, 0, "Grüße \uD83D\uDE00\r\nX-Evil: 1 " + "é".repeat(500)));
        caller.stop();
        MimeMessage mail = server.getReceivedMessages()[0];
        assertThat(mail.getHeader("X-Evil")).isNull();
        assertThat(mail.getSubject())
                .startsWith("ERROR, told as the master stops - Grüße \uD83D\uDE00\\r\\nX-Evil: 1 é");
    }

    @Test
    void aServerWithoutStartTlsGetsNoMailWhereItIsAskedFor() throws Exception {
        open(
                serve(),
                "tls",
                "starttls",
                "username",
                "alerts",
                "password",
                SecretFile.of(directory, "password", PASSWORD));
        caller.handle(ERROR);
        caller.pass(11 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures().get(0)).contains("STARTTLS");
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void aServerThatIsAwayGetsAllWhenItIsBack() throws Exception {
        int port = serve();
        server.stop();
        open(port);
        caller.handle(ERROR, 70);
        caller.pass(30 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures()).isNotEmpty();
        server = new GreenMail(new ServerSetup(port, "127.0.0.1", "smtp"));
        server.start();
        caller.pass(120 * SECOND_NS, SECOND_NS);
        assertThat(server.getReceivedMessages()[0].getSubject()).startsWith("ERROR x 70 in 1 s");
    }

    @Test
    void aServerThatDribblesIsLeftAfterTheTimeout() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread dribbling = new Thread(() -> dribble(listening));
            dribbling.setDaemon(true);
            dribbling.start();
            open(listening.getLocalPort(), "timeout", "300 ms");
            caller.handle(ERROR);
            caller.pass(10 * SECOND_NS, SECOND_NS);
            assertThat(caller.failures().get(0)).isEqualTo("the mail server took longer than 300 ms");
        }
    }

    /** A greeting that goes on for ever, faster than any time limit of one read. */
    private static void dribble(ServerSocket listening) {
        try (Socket socket = listening.accept();
                OutputStream out = socket.getOutputStream()) {
            for (long i = 0; i < Long.MAX_VALUE; i++) {
                out.write("220-still there\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // the client has left
        }
    }

    @Test
    void whatCannotBeRightIsRefusedByItsKey() {
        refused("from: one is no address", "from", "a@b, c@d");
        refused("from: one is no address", "from", "a@b\r\nBcc: c@d");
        refused("to: holds 0 addresses", "to", List.of());
        refused("to: one is no address", "to", List.of("nobody"));
        refused("password: only one of username and password", "username", "a");
        refused("tls: is none, so the password could be read", "username", "a", "password", "env:X");
        refused("host: is no name", "host", "a b");
        assertThat(new MailHandlerFactory().defaultMinLevel()).isEqualTo(Level.WARN);
        assertThat(new MailHandlerFactory().alerts()).isTrue();
    }

    private static void refused(String message, Object... pairs) {
        assertThatThrownBy(() -> create(25, pairs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}

package io.emberlog.handler.mail;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.alert.AlertService;
import io.emberlog.handler.alert.Bulletin;
import io.emberlog.handler.alert.MessageRefusedException;
import io.emberlog.handler.http.Redaction;
import io.emberlog.handler.tls.Certificates;
import io.emberlog.handler.tls.ClientKey;
import io.emberlog.handler.tls.TlsAdvice;
import io.emberlog.message.Level;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/** A mail for what is to be said at one time, over a connection of its own. One thread. */
final class MailService implements AlertService {
    /** Also in answer to who writes to whom, with the mail's length. */
    private static final int TOO_LONG = 552;

    private static final int CONTENT_REFUSED = 554;

    /** The end of a text: whatever is refused then for good is the text, for sender and receivers were taken. */
    private static final String END_OF_TEXT = ".";

    private static final int MOST_SHOWN = 300;

    private final MailSettings settings;
    private SSLSocketFactory tls;
    private ScheduledThreadPoolExecutor watch;
    private HandlerContext context;

    MailService(MailSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        tls = Certificates.context(settings.certificates(), settings.key()).getSocketFactory();
        watch = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "emberlog-mail-" + newContext.name());
            thread.setDaemon(true);
            return thread;
        });
        watch.setRemoveOnCancelPolicy(true);
    }

    @Override
    public List<Outgoing> compose(Bulletin bulletin) {
        return List.of(() -> send(bulletin));
    }

    /** Servers say themselves when it is too much. */
    @Override
    public long waitNs(long nowNs) {
        return 0;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.shutdownNow();
            watch = null;
        }
    }

    private void send(Bulletin bulletin) throws IOException, MessageRefusedException {
        String password =
                settings.password() == null ? null : settings.password().reveal();
        SocketCutter sockets = new SocketCutter();
        ScheduledFuture<?> deadline =
                watch.schedule(sockets::cut, settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        try {
            Session session = Session.getInstance(properties(sockets));
            MimeMessage message = message(session, bulletin);
            try (Transport transport = session.getTransport(settings.isImplicit() ? "smtps" : "smtp")) {
                transport.connect(settings.host(), settings.port(), settings.username(), password);
                transport.sendMessage(message, message.getAllRecipients());
            }
            context.metrics().addNetworkBytes(Math.max(0, message.getSize()));
        } catch (SendFailedException e) {
            partly(e, password);
        } catch (MessagingException e) {
            throw new IOException(reason(e, sockets.isCut(), password));
        } finally {
            deadline.cancel(false);
        }
    }

    private String reason(MessagingException e, boolean late, String password) {
        if (late) {
            return "the mail server took longer than " + settings.timeout().toMillis() + " ms";
        }
        return e instanceof AuthenticationFailedException
                ? "the mail server refused username and password: " + said(e, password) + "; mails wait: check both"
                : "no mail was sent: " + said(e, password);
    }

    private Properties properties(SocketCutter sockets) {
        String prefix = settings.isImplicit() ? "mail.smtps." : "mail.smtp.";
        Properties properties = new Properties();
        properties.put(prefix + "host", settings.host());
        properties.put(prefix + "port", Integer.toString(settings.port()));
        properties.put(prefix + "auth", Boolean.toString(settings.username() != null));
        properties.put(
                prefix + "connectiontimeout",
                Long.toString(settings.connectTimeout().toMillis()));
        properties.put(prefix + "timeout", Long.toString(settings.timeout().toMillis()));
        properties.put(prefix + "sendpartial", "true");
        properties.put(prefix + "quitwait", "false");
        properties.put(prefix + "starttls.enable", Boolean.toString(settings.isStartTls()));
        properties.put(prefix + "starttls.required", Boolean.toString(settings.isStartTls()));
        properties.put(prefix + "ssl.checkserveridentity", "true");
        properties.put(prefix + "socketFactory", sockets.plain());
        properties.put(prefix + "ssl.socketFactory", sockets.encrypted(tls));
        properties.put(prefix + "socketFactory.fallback", "false");
        return properties;
    }

    private MimeMessage message(Session session, Bulletin bulletin) throws MessagingException {
        String plain = MailText.plain(bulletin);
        String charset = StandardCharsets.UTF_8.name();
        MimeMessage message = new MimeMessage(session);
        message.setFrom(settings.from());
        message.setRecipients(MimeMessage.RecipientType.TO, settings.to().toArray(new InternetAddress[0]));
        message.setSubject(MailText.subject(bulletin), charset);
        message.setSentDate(new Date(TimeUnit.NANOSECONDS.toMillis(context.epochNs())));
        message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: no answer from a holiday notice
        if (settings.html()) {
            MimeBodyPart text = new MimeBodyPart();
            text.setText(plain, charset);
            MimeBodyPart html = new MimeBodyPart();
            html.setText(MailText.html(plain), charset, "html");
            message.setContent(new MimeMultipart("alternative", text, html));
        } else {
            message.setText(plain, charset);
        }
        message.saveChanges();
        return message;
    }

    /** Some have it: that is delivery, and the others are told of. */
    private void partly(SendFailedException e, String password) throws IOException, MessageRefusedException {
        String said = said(e, password);
        Address[] sent = e.getValidSentAddresses();
        if (sent != null && sent.length > 0) {
            context.report(
                    Level.ERROR, "the mail server took the mail for some receivers only: " + said + "; check to", null);
            return;
        }
        if (e instanceof SMTPSendFailedException failed && isOfTheText(failed)) {
            throw new MessageRefusedException("the mail server answered " + said);
        }
        throw new IOException("the mail server took the mail for nobody: " + said + "; mails wait: check from and to");
    }

    private static boolean isOfTheText(SMTPSendFailedException failed) {
        int code = failed.getReturnCode();
        return code == TOO_LONG
                || code == CONTENT_REFUSED
                || code / 100 == 5 && END_OF_TEXT.equals(failed.getCommand());
    }

    /** The password, and the forms in which it is sent. */
    private Redaction redaction(String password) {
        return password == null
                ? Redaction.of(List.of())
                : Redaction.of(
                        List.of(password, base64(password), base64('\0' + settings.username() + '\0' + password)));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** With what caused it, on one line, without the password. */
    private String said(MessagingException thrown, String password) {
        StringBuilder text = new StringBuilder();
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 4; depth++) {
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.length() == 0 ? "" : "; ").append(message);
            }
            cause = cause instanceof MessagingException messaging && messaging.getNextException() != null
                    ? messaging.getNextException()
                    : cause.getCause();
        }
        String shown = redaction(password).apply(text.toString());
        StringBuilder line = new StringBuilder();
        shown.codePoints()
                .limit(MOST_SHOWN)
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
                .forEach(line::appendCodePoint);
        return line.toString().strip() + TlsAdvice.of(thrown, ClientKey.TLS_KEY.name());
    }
}

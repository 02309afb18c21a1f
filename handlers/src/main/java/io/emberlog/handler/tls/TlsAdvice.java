package io.emberlog.handler.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What would be right where TLS refused. Stateless. */
public final class TlsAdvice {
    /** What a server says about the certificate of the client (RFC 8446, 6.2). */
    private static final Pattern ABOUT_OURS = Pattern.compile("(?s).*fatal alert: (bad_certificate|certificate_required"
            + "|certificate_unknown|certificate_expired|certificate_revoked|unsupported_certificate|unknown_ca"
            + "|access_denied).*");

    private static final int MOST_CAUSES = 10;

    private TlsAdvice() {}

    /**
     * @param ownKey settings that give our certificate; empty where there are none
     * @return the end of a message, which begins with {@code ; allowed: }; empty where nothing is known to help
     */
    public static String of(Throwable failure, String ownKey) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
            String advice = ofOne(cause, ownKey);
            if (!advice.isEmpty()) {
                return "; allowed: " + advice;
            }
            cause = cause.getCause();
        }
        return "";
    }

    private static String ofOne(Throwable cause, String ownKey) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof CertPathBuilderException) {
            return "tls_ca = a file with the authority of the server's certificate";
        }
        if (cause instanceof CertPathValidatorException path
                && (path.getReason() == BasicReason.EXPIRED || path.getReason() == BasicReason.NOT_YET_VALID)) {
            return "a certificate of the server's, and of its authorities, that is valid now";
        }
        if (cause instanceof CertificateException
                && (text.startsWith("No subject alternative") || text.startsWith("No name matching"))) {
            return "a name or an address that is in the server's certificate";
        }
        if (cause instanceof SSLException && text.startsWith("Unsupported or unrecognized SSL message")) {
            return "a port at which the server speaks TLS";
        }
        if (cause instanceof SSLException && ABOUT_OURS.matcher(text).matches()) {
            return ownKey.isEmpty()
                    ? "a server that asks for no certificate, which this handler has none of"
                    : ownKey + " with a key and a certificate that the server trusts";
        }
        return "";
    }
}

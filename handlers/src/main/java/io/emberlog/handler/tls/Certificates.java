package io.emberlog.handler.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Certificates of files, and trust in them. Stateless. */
public final class Certificates {
    private static final String ALLOWED = "; allowed: PEM";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");

    private Certificates() {}

    /**
     * @param setting that names the file, for messages
     * @param file certificates, PEM (RFC 7468)
     * @return at least one
     * @throws IOException naming the file and what would be right
     */
    public static List<Certificate> of(String setting, Path file) throws IOException {
        List<Certificate> certificates;
        try (InputStream in = Files.newInputStream(file)) {
            certificates = List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        } catch (NoSuchFileException e) {
            throw new IOException(setting + "=" + file + " does not exist" + ALLOWED);
        } catch (AccessDeniedException e) {
            throw new IOException(setting + "=" + file + " may not be read by this user" + ALLOWED);
        } catch (GeneralSecurityException e) {
            throw new IOException(setting + "=" + file + " cannot be read as certificates" + ALLOWED, e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(setting + "=" + file + " holds no certificate" + ALLOWED);
        }
        return certificates;
    }

    /**
     * The text of those in a file that may hold a key beside them.
     *
     * @throws IOException naming the file and what would be right
     */
    public static String besideKey(String setting, Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        BLOCK.matcher(Files.readString(file))
                .results()
                .forEach(block -> text.append(block.group()).append('\n'));
        if (text.length() == 0) {
            throw new IOException(
                    setting + "=" + file
                            + " holds no certificate; allowed: the key's certificate, and those it depends on, behind it (PEM)");
        }
        return text.toString();
    }

    /** As {@link #besideKey}, parsed. */
    static List<Certificate> chainBesideKey(String setting, Path file) throws IOException {
        byte[] text = besideKey(setting, file).getBytes(StandardCharsets.US_ASCII);
        try {
            return List.copyOf(
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(text)));
        } catch (GeneralSecurityException e) {
            throw new IOException(setting + "=" + file + " holds a certificate that cannot be read" + ALLOWED, e);
        }
    }

    /**
     * Trust in those of the file of {@code tls_ca}, and in no others.
     *
     * @throws IOException naming the file and what would be right
     */
    public static TrustManager[] trust(Path file) throws IOException {
        List<Certificate> certificates = of("tls_ca", file);
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return trust.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException("tls_ca=" + file + ": " + e.getMessage(), e);
        }
    }

    /** As {@link #trust}, for those who show no certificate themselves. */
    public static SSLContext trusting(Path file) throws IOException {
        return context(file, null);
    }

    /**
     * @param file of {@code tls_ca}; null for those of the JDK
     * @param key whom we show; null for nobody
     * @throws IOException naming the file and what would be right
     */
    public static SSLContext context(Path file, ClientKey key) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(key == null ? null : key.managers(), file == null ? null : trust(file), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }
}

package io.emberlog.handler.syslog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Whom we trust and who we are, of certificate files (PEM). Immutable; any thread. */
final class TlsContext {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final String ALIAS = "client";

    private final SSLContext context;

    private TlsContext(SSLContext context) {
        this.context = context;
    }

    /** @throws IOException naming setting, file, and what would be right */
    static TlsContext of(TlsSettings settings) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(settings), trust(settings), null);
            return new TlsContext(context);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** @param host whom the certificate must name */
    SSLEngine engine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(PROTOCOLS);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static TrustManager[] trust(TlsSettings settings) throws IOException, GeneralSecurityException {
        if (settings.ca() == null) {
            return null;
        }
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate certificate : certificates("tls_ca", settings.ca())) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust.getTrustManagers();
    }

    private static KeyManager[] keys(TlsSettings settings) throws IOException, GeneralSecurityException {
        if (settings.certificate() == null) {
            return null;
        }
        KeyStore store = emptyStore();
        Certificate[] chain =
                certificates("tls_certificate", settings.certificate()).toArray(new Certificate[0]);
        char[] password = ALIAS.toCharArray(); // of a store that never leaves this object
        store.setKeyEntry(ALIAS, privateKey(settings.key()), password, chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        return keys.getKeyManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(String setting, Path file) throws IOException {
        List<Certificate> certificates;
        try (InputStream in = Files.newInputStream(file)) {
            certificates = List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        } catch (NoSuchFileException e) {
            throw new IOException(setting + "=" + file + " does not exist", e);
        } catch (GeneralSecurityException e) {
            throw new IOException(setting + "=" + file + " cannot be read as certificates; allowed: PEM", e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(setting + "=" + file + " holds no certificate; allowed: PEM");
        }
        return certificates;
    }

    /** No exception out of here holds anything of the key. */
    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        if (!Files.exists(file)) {
            throw new IOException("tls_key=" + file + " does not exist");
        }
        if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
            throw new IOException("tls_key=" + file + " can be read by everybody; allowed: mode 0640 or stricter");
        }
        Matcher pem = KEY.matcher(Files.readString(file));
        if (pem.find()) {
            byte[] encoded;
            try {
                encoded = Base64.getMimeDecoder().decode(pem.group(1));
            } catch (IllegalArgumentException e) {
                throw noKey(file);
            }
            for (String algorithm : KEY_ALGORITHMS) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                } catch (InvalidKeySpecException e) {
                    continue; // of another algorithm
                }
            }
        }
        throw noKey(file);
    }

    private static IOException noKey(Path file) {
        return new IOException("tls_key=" + file + " holds no key that can be read; allowed: PKCS#8 in PEM without a"
                + " password (openssl pkcs8 -topk8 -nocrypt)");
    }
}

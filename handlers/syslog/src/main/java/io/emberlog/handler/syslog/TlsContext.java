package io.emberlog.handler.syslog;

import io.emberlog.handler.tls.Certificates;
import io.emberlog.handler.tls.PrivateKeys;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Whom we trust and who we are, of certificate files (PEM). Immutable; any thread. */
final class TlsContext {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String ALIAS = "client";

    private final SSLContext context;

    private TlsContext(SSLContext context) {
        this.context = context;
    }

    /** @throws IOException naming setting, file, and what would be right */
    static TlsContext of(TlsSettings settings) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(settings), settings.ca() == null ? null : Certificates.trust(settings.ca()), null);
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

    private static KeyManager[] keys(TlsSettings settings) throws IOException, GeneralSecurityException {
        if (settings.certificate() == null) {
            return null;
        }
        KeyStore store = emptyStore();
        Certificate[] chain =
                Certificates.of("tls_certificate", settings.certificate()).toArray(new Certificate[0]);
        char[] password = ALIAS.toCharArray(); // of a store that never leaves this object
        store.setKeyEntry(ALIAS, PrivateKeys.of(settings.key()), password, chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        return keys.getKeyManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }
}

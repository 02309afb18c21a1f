package io.emberlog.handler.tls;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * Who we are, for servers that ask. Immutable; any thread.
 *
 * @param file key and certificates (PEM); null for none
 * @param password of the key; null for none
 */
public record ClientKey(Path file, Secret password) {
    public static final SettingKey TLS_KEY = SettingKey.path(
            "tls_key", "File (PEM) with our private key and certificates, for servers that ask for one.");
    public static final SettingKey TLS_KEY_PASSWORD =
            SettingKey.secret("tls_key_password", "Password of the private key in tls_key.");

    /** The keys that {@link #of} reads. */
    public static final List<SettingKey> KEYS = List.of(TLS_KEY, TLS_KEY_PASSWORD);

    private static final String ALIAS = "client";

    /**
     * Of a handler whose server has an address.
     *
     * @param address the setting that holds it
     * @param isTls whether it is one of https
     * @throws IllegalArgumentException for settings that are wrong together, beginning with the name of one
     */
    public static ClientKey of(HandlerSettings settings, SettingKey address, boolean isTls) {
        if (!isTls) {
            settings.refuseIfChanged(
                    TLS_KEY, "has no effect, as " + address + " is not of https", "beside a " + address + " of https");
        }
        return of(settings);
    }

    /** @throws IllegalArgumentException for settings that are wrong together, beginning with the name of one */
    public static ClientKey of(HandlerSettings settings) {
        if (!settings.isSet(TLS_KEY)) {
            settings.refuseIfChanged(TLS_KEY_PASSWORD, "is given without tls_key", "both, or neither");
        }
        return new ClientKey(
                settings.isSet(TLS_KEY) ? settings.path(TLS_KEY) : null,
                settings.isSet(TLS_KEY_PASSWORD) ? settings.secret(TLS_KEY_PASSWORD) : null);
    }

    /**
     * Reads the file.
     *
     * @return null for none
     * @throws IOException naming the file and what would be right; without anything of the key or its password
     */
    public KeyManager[] managers() throws IOException {
        if (file == null) {
            return null;
        }
        PrivateKey key = PrivateKeys.of(file, password == null ? null : password.reveal());
        Certificate[] chain = Certificates.chainBesideKey(TLS_KEY.name(), file).toArray(new Certificate[0]);
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            char[] inMemory = ALIAS.toCharArray(); // of a store that never leaves this method
            store.setKeyEntry(ALIAS, key, inMemory, chain);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, inMemory);
            return keys.getKeyManagers();
        } catch (GeneralSecurityException e) { // without its text, which may be about the key
            throw new IOException(TLS_KEY.name() + "=" + file + " cannot be used as a key with its certificates");
        }
    }
}

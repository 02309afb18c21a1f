package io.emberlog.handler.tls;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** The private key in a file, for {@code tls_key}. Stateless; no exception out of here holds anything of the key or its password. */
public final class PrivateKeys {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (ENCRYPTED )?PRIVATE KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END");

    private PrivateKeys() {}

    /**
     * A key without a password.
     *
     * @throws IOException naming the file and what would be right
     */
    public static PrivateKey of(Path file) throws IOException {
        return read(file, null, "PKCS#8 in PEM without a password (openssl pkcs8 -topk8 -nocrypt)");
    }

    /**
     * A key that may have a password.
     *
     * @param password null for none
     * @throws IOException naming the file and what would be right
     */
    public static PrivateKey of(Path file, String password) throws IOException {
        return read(file, password == null ? "" : password, "PKCS#8 in PEM (openssl pkcs8 -topk8)");
    }

    /** @param password null where none can be given, empty where none is */
    private static PrivateKey read(Path file, String password, String allowed) throws IOException {
        Matcher pem = PEM.matcher(text(file));
        boolean isEncrypted = pem.find() && pem.group(1) != null;
        if (isEncrypted && password != null) {
            return decrypted(file, bytes(pem.group(2)), password);
        }
        PrivateKey key = pem.reset().find() && !isEncrypted ? key(bytes(pem.group(2))) : null;
        if (key == null) {
            throw new IOException("tls_key=" + file + " holds no private key that can be read; allowed: " + allowed);
        }
        return key;
    }

    private static String text(Path file) throws IOException {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                throw new IOException("tls_key=" + file + " can be read by everybody; allowed: mode 0640 or stricter");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IOException("tls_key=" + file + " does not exist; allowed: a file of PEM");
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "tls_key=" + file + " may not be read by this user; allowed: mode 0600 and its owner");
        }
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) { // of a file that was cut
            return new byte[0];
        }
    }

    /** Null when it is none. */
    private static PrivateKey key(byte[] encoded) {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException e) {
                continue; // of another algorithm
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + algorithm, e);
            }
        }
        return null;
    }

    private static PrivateKey decrypted(Path file, byte[] encoded, String password) throws IOException {
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encoded);
            String algorithm = algorithm(info);
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())),
                    info.getAlgParameters());
            PrivateKey key = key(info.getKeySpec(cipher).getEncoded());
            if (key != null) {
                return key;
            }
        } catch (GeneralSecurityException | IOException e) {
            // told below, without its text, which may hold bytes of the key
        }
        throw new IOException("tls_key=" + file + " is encrypted, and "
                + (password.isEmpty() ? "no password is given" : "cannot be decrypted with the password given")
                + "; allowed: tls_key_password = the password of the key");
    }

    /** Of PBES2, which openssl has made for years, Java 17 knows the name of the scheme alone; its parameters know which one. */
    private static String algorithm(EncryptedPrivateKeyInfo info) {
        AlgorithmParameters parameters = info.getAlgParameters();
        String ofParameters = parameters == null ? "" : String.valueOf(parameters);
        return ofParameters.startsWith("PBEWith") ? ofParameters : info.getAlgName();
    }
}

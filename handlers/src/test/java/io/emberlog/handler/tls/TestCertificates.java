package io.emberlog.handler.tls;

import io.emberlog.lab.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** An authority, a server at 127.0.0.1 called {@code log.example}, a client, and a stranger of another authority; all PEM, made by openssl. */
public final class TestCertificates {
    private final Path directory;

    private TestCertificates(Path directory) {
        this.directory = directory;
    }

    public static TestCertificates in(Path directory) throws IOException, InterruptedException {
        Peer.program("openssl", "openssl");
        Files.createDirectories(directory);
        TestCertificates made = new TestCertificates(directory);
        made.authority("ca");
        made.authority("other-ca");
        made.signed("ca", "server", "subjectAltName=DNS:log.example,IP:127.0.0.1");
        made.signed("ca", "client", "subjectAltName=DNS:worker.example");
        made.signed("other-ca", "stranger", "subjectAltName=DNS:stranger.example");
        return made;
    }

    /** Name of a file without its ending: ca, other-ca, server, client, stranger. */
    public Path certificate(String name) {
        return directory.resolve(name + ".pem");
    }

    public Path key(String name) {
        return directory.resolve(name + ".key");
    }

    /** One file with the key (PKCS#8) and the certificate. */
    public Path keyAndCertificate(String name) throws IOException {
        return together(name + "-both.pem", key(name), name);
    }

    /** As {@link #keyAndCertificate}, with a key that takes a password: as openssl does it today (PBES2, AES-256). */
    public Path encryptedKeyAndCertificate(String name, String password) throws IOException, InterruptedException {
        Path secret = Files.writeString(directory.resolve("password"), password);
        Path encrypted = directory.resolve(name + "-encrypted.key");
        openssl(
                List.of("pkcs8", "-topk8"),
                "-in",
                key(name).toString(),
                "-passout",
                "file:" + secret,
                "-out",
                encrypted.toString());
        Files.delete(secret);
        return together(name + "-encrypted-both.pem", encrypted, name);
    }

    private Path together(String file, Path key, String certificate) throws IOException {
        Path both = Files.writeString(
                directory.resolve(file), Files.readString(key) + Files.readString(certificate(certificate)));
        return Files.setPosixFilePermissions(both, PosixFilePermissions.fromString("rw-------"));
    }

    private void authority(String name) throws IOException, InterruptedException {
        openssl(
                List.of("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
                "-subj",
                "/CN=Emberlog test " + name,
                "-keyout",
                key(name).toString(),
                "-out",
                certificate(name).toString());
    }

    private void signed(String authority, String name, String extension) throws IOException, InterruptedException {
        openssl(
                List.of(
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-CA",
                        certificate(authority).toString(),
                        "-CAkey",
                        key(authority).toString()),
                "-subj",
                "/CN=" + name,
                "-addext",
                extension,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-keyout",
                key(name).toString(),
                "-out",
                certificate(name).toString());
        Files.setPosixFilePermissions(key(name), PosixFilePermissions.fromString("rw-------"));
    }

    private static void openssl(List<String> first, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(first);
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new AssertionError(command + ": " + said);
        }
    }
}

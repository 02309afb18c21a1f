package io.emberlog.handler.mail;

import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** A server in another language (aiosmtpd of Python), with TLS and passwords; its certificate is for {@code localhost}. */
final class SmtpServer implements AutoCloseable {
    /** Debian's own, which is the one that sees Debian's packages. */
    private static final String PYTHON = "/usr/bin/python3";

    private final Path directory;
    private final Path out;
    private final Process process;
    private final int port;

    /**
     * @param directory with a certificate of {@link #makeCertificate}
     * @param mode starttls or implicit
     */
    SmtpServer(Path directory, String mode, String user, String password) throws Exception {
        this(directory, mode, user, password, "");
    }

    /** @param indiscreet command that is refused with the password in the answer: AUTH, RCPT or DATA; empty for none */
    SmtpServer(Path directory, String mode, String user, String password, String indiscreet) throws Exception {
        this(directory, mode, user, password, indiscreet, "");
    }

    /** @param authority file of the one whose certificates clients must show; empty for none */
    SmtpServer(Path directory, String mode, String user, String password, String indiscreet, String authority)
            throws Exception {
        this.directory = directory;
        out = Files.createTempDirectory(directory, "mails");
        Path script = directory.resolve("smtp_server.py");
        try (InputStream in = SmtpServer.class.getResourceAsStream("/smtp_server.py")) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        process = new ProcessBuilder(
                        PYTHON,
                        script.toString(),
                        mode,
                        certificate().toString(),
                        directory.resolve("key.pem").toString(),
                        out.toString(),
                        indiscreet,
                        authority)
                .redirectError(directory.resolve("server.err").toFile())
                .start();
        BufferedWriter secrets = process.outputWriter(StandardCharsets.UTF_8); // in no command line
        secrets.write(user + "\n" + password + "\n");
        secrets.flush();
        BufferedReader said = process.inputReader(StandardCharsets.US_ASCII);
        String first = said.readLine();
        if (first == null) {
            throw new IOException("the server did not start: " + Files.readString(directory.resolve("server.err")));
        }
        port = Integer.parseInt(first);
    }

    /** Skips the test where it is missing, but in CI. */
    static void assumeInstalled() throws Exception {
        boolean installed;
        try {
            installed =
                    new ProcessBuilder(PYTHON, "-c", "import aiosmtpd").start().waitFor() == 0;
        } catch (IOException e) {
            installed = false;
        }
        if (!installed && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("aiosmtpd is missing: apt-get install python3-aiosmtpd");
        }
        assumeThat(installed)
                .as("aiosmtpd is missing: apt-get install python3-aiosmtpd to run this test")
                .isTrue();
    }

    int port() {
        return port;
    }

    Path certificate() {
        return directory.resolve("cert.pem");
    }

    /** So many mails, as they came, with a line before them that tells of the envelope and one of TLS. */
    List<String> mails(int count) throws IOException {
        await().atMost(Duration.ofSeconds(20)).until(() -> files().size() >= count);
        List<String> mails = new ArrayList<>();
        for (Path file : files()) {
            mails.add(Files.readString(file));
        }
        return mails;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.filter(file -> file.toString().endsWith(".eml"))
                    .sorted()
                    .toList();
        }
    }

    /** For {@code localhost}, signed by itself. */
    static void makeCertificate(Path directory) throws Exception {
        Path store = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        pem(
                directory,
                "key.pem",
                "PRIVATE KEY",
                keys.getKey("server", "changeit".toCharArray()).getEncoded());
        pem(directory, "cert.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
    }

    private static void pem(Path directory, String name, String type, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(
                directory.resolve(name), "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}

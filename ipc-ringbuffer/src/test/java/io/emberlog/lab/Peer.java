package io.emberlog.lab;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Programs that tests are held up against and that may not be installed. */
public final class Peer {
    /** Below the ports that the kernel gives to whoever connects somewhere or listens at port 0 (ip_local_port_range). */
    private static final int FIRST_PORT = 10_000;

    private static final int LAST_PORT = 31_999;

    private Peer() {}

    /**
     * A port of the loopback interface for a program that cannot say which one it was given. Nobody is given it by the kernel meanwhile,
     * and another test that asks at the same time hardly gets the same.
     */
    public static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT + 1);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // another one
            }
        }
    }

    /**
     * Where the program is. A test whose program is missing is skipped, and says what to install; with {@code CI=true} it fails.
     *
     * @param debianPackage that has it
     */
    public static Path program(String name, String debianPackage) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : Stream.concat(Stream.of(path.split(":")), List.of("/usr/sbin", "/sbin").stream())
                .toList()) {
            Path program = Path.of(directory, name);
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        String missing = "needs the program " + name + ": apt-get install " + debianPackage;
        if ("true".equals(System.getenv("CI"))) {
            Assertions.fail(missing);
        }
        Assumptions.abort("skipped: " + missing);
        throw new AssertionError();
    }
}

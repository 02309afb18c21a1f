package io.emberlog.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Programs that tests are held up against and that may not be installed. */
public final class Peer {
    private Peer() {}

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

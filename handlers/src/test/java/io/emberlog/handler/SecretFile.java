package io.emberlog.handler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Secrets for tests, as a configuration refers to them. */
public final class SecretFile {
    private SecretFile() {}

    /** @return what stands in the configuration */
    public static String of(Path directory, String name, String secret) throws IOException {
        Path file = Files.writeString(directory.resolve(name), secret);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return "file:" + file;
    }
}

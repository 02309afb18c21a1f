package io.emberlog.handler.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a machine may lack: then a test is skipped with the reason, and on CI it fails. */
public final class Needs {
    private Needs() {}

    static void root(String what) {
        check("root".equals(System.getProperty("user.name")), "root's rights " + what);
    }

    /** @param file of a Debian package */
    static void file(Path file, String debianPackage) {
        check(Files.exists(file), file + " (package " + debianPackage + ")");
    }

    private static void check(boolean there, String what) {
        if (!there && "true".equals(System.getenv("CI"))) {
            Assertions.fail("this machine lacks " + what);
        }
        Assumptions.assumeTrue(there, "skipped: this machine lacks " + what);
    }
}

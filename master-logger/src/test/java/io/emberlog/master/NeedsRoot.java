package io.emberlog.master;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** For tests that must be other users: skipped on a laptop, failed on CI, where root is expected. */
public final class NeedsRoot {
    private NeedsRoot() {}

    public static void require() {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root && "true".equals(System.getenv("CI"))) {
            Assertions.fail("needs root, to be other users");
        }
        Assumptions.assumeTrue(root, "skipped: needs root, to be other users");
    }
}

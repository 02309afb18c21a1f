package io.emberlog.heartbeat;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a test needs of the machine: without it the test is skipped with a reason, on CI it fails. */
final class Available {

    private Available() {}

    static void require(boolean present, String what) {
        if (!present && "true".equals(System.getenv("CI"))) {
            Assertions.fail("this machine lacks " + what);
        }
        Assumptions.assumeTrue(present, "skipped: this machine lacks " + what);
    }

    static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }
}

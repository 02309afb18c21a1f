package io.emberlog.samples.process;

import java.io.IOException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a machine may lack: then a test is skipped with the reason, and on CI it fails. */
public final class Needs {
    private Needs() {}

    public static void root(String what) {
        check("root".equals(System.getProperty("user.name")), "root's rights " + what);
    }

    /** @param command ends with 0 where there is such a program */
    public static void program(String debianPackage, String... command) throws IOException, InterruptedException {
        boolean there;
        try {
            there = new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            there = false;
        }
        check(there, command[0] + " (package " + debianPackage + ")");
    }

    private static void check(boolean there, String what) {
        if (!there && "true".equals(System.getenv("CI"))) {
            Assertions.fail("this machine lacks " + what);
        }
        Assumptions.assumeTrue(there, "skipped: this machine lacks " + what);
    }
}

package io.emberlog.samples.storm;

import io.emberlog.samples.process.Children;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Processes that are alone in a PID and mount namespace, as in a container. */
public final class Namespaces {
    private static final List<String> COMMAND =
            List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--");

    /** In front of a command: it becomes process 1 and sees no other. */
    public static final UnaryOperator<ProcessBuilder> ALONE = builder -> {
        List<String> command = new ArrayList<>(COMMAND);
        command.addAll(builder.command());
        return builder.command(command);
    };

    /** What unshare ends with when its child was killed, older ones and newer ones. */
    static final Set<Integer> KILLED = Set.of(1, Children.KILLED);

    private Namespaces() {}

    /** Skips the test where namespaces cannot be made; with CI=true it fails. */
    public static void need() throws IOException, InterruptedException {
        boolean can = ALONE.apply(new ProcessBuilder("true")).start().waitFor() == 0;
        String missing = "needs util-linux's unshare and the right to make namespaces";
        if (!can && "true".equals(System.getenv("CI"))) {
            Assertions.fail(missing);
        }
        Assumptions.assumeTrue(can, "skipped: " + missing);
    }

    /** The process within, as it is seen from here. */
    public static ProcessHandle processOne(Process unshare) {
        return unshare.descendants().findFirst().orElseThrow();
    }
}

package io.emberlog.handler.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether a stream of this process ends in a terminal. Stateless. */
final class Terminal {
    private Terminal() {}

    /** @param wanted {@code auto}, {@code always} or {@code never} */
    static boolean colour(String wanted, int descriptor, Map<String, String> environment) {
        if (!wanted.equals("auto")) {
            return wanted.equals("always");
        }
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb")
                && isTerminal(descriptor);
    }

    /** {@link System#console} speaks of stdin and stdout together, and since JDK 22 also where there is no terminal. */
    static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            // no /proc: another system than Linux; no colour is never wrong
            return false;
        }
    }
}

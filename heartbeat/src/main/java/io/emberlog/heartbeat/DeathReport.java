package io.emberlog.heartbeat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Why a worker ended, as far as it can be known from outside.
 *
 * @param inOrder it had said goodbye
 * @param text one line without control characters, at most {@value #MAX_TEXT} chars
 * @param hsErrPath the JVM's crash report, where one was found
 * @param oomKilled the kernel's OOM killer counted a kill in its cgroup that no other death explains
 * @param signal that ended it; known only while its parent has not waited for it
 * @param uptimeNs from process start to the last sign of life, to within a second or so; known only on the same boot
 */
public record DeathReport(
        boolean inOrder,
        String text,
        Optional<Path> hsErrPath,
        boolean oomKilled,
        OptionalInt signal,
        OptionalLong uptimeNs) {

    static final int MAX_TEXT = 1024;

    static final String IN_ORDER = "ended in order";

    /** The same death, once its goodbye was found in the rest of the ring. */
    public DeathReport withGoodbye() {
        return inOrder || hsErrPath.isPresent()
                ? this
                : new DeathReport(true, IN_ORDER, hsErrPath, oomKilled, signal, uptimeNs);
    }
}

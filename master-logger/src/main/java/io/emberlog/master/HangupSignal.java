package io.emberlog.master;

import jnr.constants.platform.Signal;
import jnr.posix.POSIXFactory;

/** SIGHUP, which no interface of the JDK's own lets a program take. */
final class HangupSignal {
    private HangupSignal() {}

    /**
     * From now on the signal runs {@code action}, on a thread of the JVM's, and ends the process no more.
     *
     * @return false where that is not possible (a JVM started with {@code -Xrs}): the signal ends the process
     */
    static boolean handle(Runnable action) {
        try {
            POSIXFactory.getNativePOSIX().signal(Signal.SIGHUP, signal -> action.run());
            return true;
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }
}

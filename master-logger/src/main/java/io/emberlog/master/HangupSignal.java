package io.emberlog.master;

import java.util.Map;
import jnr.constants.platform.Signal;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.posix.POSIXFactory;

/** SIGHUP, which no interface of the JDK's own lets a program take. */
final class HangupSignal {
    /** What {@code nohup} and many supervisors leave behind has to be undone: the JVM keeps a signal that it finds ignored. */
    public interface LibC {
        long signal(int number, long handler);
    }

    private static final long SIG_DFL = 0;
    private static final long SIG_IGN = 1;

    private HangupSignal() {}

    /**
     * From now on the signal runs {@code action}, on a thread of the JVM's, and ends the process no more.
     *
     * @return false where that is not possible (a JVM started with {@code -Xrs}): the signal ends the process
     */
    static boolean handle(Runnable action) {
        try {
            LibC libc = LibraryLoader.loadLibrary(LibC.class, Map.<LibraryOption, Object>of(), "c");
            long before = libc.signal(Signal.SIGHUP.intValue(), SIG_DFL);
            if (before != SIG_IGN) {
                libc.signal(Signal.SIGHUP.intValue(), before); // the JVM's own
            }
            // not the native one: that would run Java code inside the signal handler itself
            POSIXFactory.getJavaPOSIX().signal(Signal.SIGHUP, signal -> action.run());
            return true;
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }
}

package io.emberlog.heartbeat;

import java.nio.file.Path;
import jnr.constants.platform.Errno;
import jnr.constants.platform.OpenFlags;
import jnr.constants.platform.Sysconf;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/** The four system calls that Java has no name for. Any thread. */
final class Posix {

    private static final POSIX NATIVE = load();

    /** The kernel's USER_HZ, the unit of start times; 100 wherever Linux runs a JVM today. */
    static final long TICKS_PER_SECOND = ticksPerSecond();

    enum Existence {
        EXISTS,
        ABSENT,
        UNKNOWN
    }

    private Posix() {}

    /** {@code kill(pid, 0)}; EPERM is a process too. */
    static Existence existence(long pid) {
        if (NATIVE == null) {
            return Existence.UNKNOWN;
        }
        if (NATIVE.kill((int) pid, 0) == 0) {
            return Existence.EXISTS;
        }
        int errno = NATIVE.errno();
        if (errno == Errno.ESRCH.intValue()) {
            return Existence.ABSENT;
        }
        return errno == Errno.EPERM.intValue() ? Existence.EXISTS : Existence.UNKNOWN;
    }

    /** A descriptor, or negative. Follows no link at the path's end and never waits, not even for a FIFO. */
    static int openForRead(Path path) {
        if (NATIVE == null) {
            return -1;
        }
        int flags = OpenFlags.O_RDONLY.intValue()
                | OpenFlags.O_NOFOLLOW.intValue()
                | OpenFlags.O_NONBLOCK.intValue()
                | OpenFlags.O_CLOEXEC.intValue();
        return NATIVE.open(path.toString(), flags, 0);
    }

    static void close(int descriptor) {
        NATIVE.close(descriptor);
    }

    private static long ticksPerSecond() {
        long ticks = NATIVE == null ? 0 : NATIVE.sysconf(Sysconf._SC_CLK_TCK);
        return ticks > 0 ? ticks : 100;
    }

    private static POSIX load() {
        try {
            POSIX posix = POSIXFactory.getNativePOSIX();
            posix.kill((int) ProcessHandle.current().pid(), 0); // links on first call
            return posix;
        } catch (RuntimeException | LinkageError e) {
            return null; // no native library for this platform, or a temp directory without exec: judge by lock and
            // word
        }
    }
}

package io.emberlog.master.cli;

/** What the process says when it ends; a contract with scripts and supervisors. */
public final class ExitCodes {
    /** Done; for {@code master}, a clean drain after SIGTERM or SIGINT. */
    public static final int DONE = 0;

    /** Done, and there is something to report: losses, damage, differences. */
    public static final int FINDINGS = 1;

    /** The command line or the configuration is wrong. */
    public static final int USAGE = 2;

    /** Another master runs on this channel. */
    public static final int ANOTHER_MASTER = 3;

    /** A file or directory could not be read or written. */
    public static final int IO = 4;

    /** A fault of Emberlog's own. */
    public static final int INTERNAL = 70;

    /** Ended by SIGINT. */
    public static final int INTERRUPTED = 130;

    /** Ended by SIGTERM. */
    public static final int TERMINATED = 143;

    private ExitCodes() {}
}

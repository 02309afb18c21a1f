package io.emberlog.master;

import java.util.List;

/** This JVM was started without flags that a master needs; nothing was touched. */
public final class MissingJvmFlagsException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private final transient List<String> flags;

    MissingJvmFlagsException(List<String> flags, List<String> quieting) {
        super("this JVM (Java " + Runtime.version().feature() + ") cannot run a master; start it with "
                + String.join(" ", flags)
                + (quieting.isEmpty()
                        ? ""
                        : " and, so that it prints no warnings, with " + String.join(" ", quieting)));
        this.flags = List.copyOf(flags);
    }

    /** Each as it stands on a command line: exactly those that are missing. */
    public List<String> flags() {
        return flags;
    }
}

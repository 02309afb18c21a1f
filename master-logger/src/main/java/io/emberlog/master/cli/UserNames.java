package io.emberlog.master.cli;

import java.util.OptionalInt;
import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/** Numbers of users and groups, by name as the system's name service knows them, or by number as it stands. */
final class UserNames {
    private static final POSIX NATIVE = POSIXFactory.getNativePOSIX();

    private UserNames() {}

    static int user(String name) {
        return number(name).orElseGet(() -> {
            Passwd entry = NATIVE.getpwnam(name);
            if (entry == null) {
                throw unknown("--user", "user", name);
            }
            return (int) entry.getUID();
        });
    }

    static int group(String name) {
        return number(name).orElseGet(() -> {
            Group entry = NATIVE.getgrnam(name);
            if (entry == null) {
                throw unknown("--group", "group", name);
            }
            return (int) entry.getGID();
        });
    }

    private static CliException unknown(String option, String what, String name) {
        return new CliException(
                ExitCodes.USAGE,
                option + " " + Plain.text(name) + ": there is no " + what
                        + " of that name; a number is taken as it stands");
    }

    private static OptionalInt number(String text) {
        try {
            // all bits set means "unchanged" to chown
            int number = Integer.parseUnsignedInt(text);
            return number == -1 ? OptionalInt.empty() : OptionalInt.of(number);
        } catch (NumberFormatException name) {
            return OptionalInt.empty();
        }
    }
}

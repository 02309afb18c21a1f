package io.emberlog.heartbeat;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What matters of {@code /proc/PID/stat}.
 *
 * <pre>
 *   4711 (a) b (c) Z 1 4711 ... num_threads ... starttime ... exit_code
 *   1    2         3             20              22            52
 * </pre>
 *
 * The name (field 2) is chosen by the process and may hold spaces, parentheses and line feeds, so fields are counted
 * from the <em>last</em> closing parenthesis; nothing after it is text.
 *
 * @param startTimeTicks since boot
 * @param waitStatus as {@code waitpid} would give it; 0 unless the process ended and we may see it
 */
record ProcStat(char state, long threads, long startTimeTicks, int waitStatus) {

    private static final int LIMIT = 2048;
    private static final int STATE = 3;
    private static final int THREADS = 20;
    private static final int START_TIME = 22;
    private static final int EXIT_CODE = 52;

    static Optional<ProcStat> read(long pid) {
        return parse(ProcFile.read(Path.of("/proc", Long.toString(pid), "stat"), LIMIT));
    }

    static Optional<ProcStat> parse(String line) {
        int nameEnd = line.lastIndexOf(')');
        if (nameEnd < 0) {
            return Optional.empty();
        }
        String[] fields = line.substring(nameEnd + 1).trim().split(" ");
        if (fields.length <= START_TIME - STATE || fields[0].length() != 1) {
            return Optional.empty();
        }
        try {
            int waitStatus = fields.length > EXIT_CODE - STATE ? Integer.parseInt(fields[EXIT_CODE - STATE]) : 0;
            return Optional.of(new ProcStat(
                    fields[0].charAt(0),
                    Long.parseLong(fields[THREADS - STATE]),
                    Long.parseLong(fields[START_TIME - STATE]),
                    waitStatus));
        } catch (NumberFormatException e) {
            return Optional.empty(); // not a stat line
        }
    }

    /** A zombie whose last thread ended. A process whose first thread alone has ended shows Z too, and lives. */
    boolean ended() {
        return state == 'X' || state == 'x' || state == 'Z' && threads <= 1;
    }
}

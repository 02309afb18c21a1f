package io.emberlog.samples.levels;

import io.emberlog.message.Level;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints the level of each of its loggers, {@code com.acme.Orders DEBUG}, at the start and at every change, until its
 * standard input ends. With {@code --table} it instead logs a record at each level of the table and one of its own.
 */
public final class LevelProbe {
    private static final long LOOK_NS = 1_000_000;

    /** SPEC W2's acid test, and a level that only this application knows. */
    public static final List<String> TABLE = List.of(
            "notset",
            "debug",
            "stream",
            "info",
            "logon",
            "logout",
            "trade",
            "schedule",
            "report",
            "warning",
            "error",
            "critical",
            "settlement-failed");

    private LevelProbe() {}

    /** Arguments: worker name, channel directory, then {@code --table} or logger names. */
    public static void main(String... arguments) throws IOException {
        Level.register("settlement-failed", 14);
        WorkerLogger log = WorkerLogger.builder()
                .name(arguments[0])
                .directory(Path.of(arguments[1]))
                .open();
        if (arguments[2].equals("--table")) {
            TABLE.forEach(name -> log.log(Level.parse(name), "logged at {}", name));
            return;
        }
        WorkerLogger[] loggers = new WorkerLogger[arguments.length - 2];
        Level[] shown = new Level[loggers.length];
        for (int i = 0; i < loggers.length; i++) {
            loggers[i] = log.logger(arguments[i + 2]);
        }
        while (System.in.available() == 0) {
            for (int i = 0; i < loggers.length; i++) {
                Level now = loggers[i].level();
                if (!now.equals(shown[i])) {
                    shown[i] = now;
                    System.out.println(loggers[i].name() + ' ' + now.name());
                }
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }
}

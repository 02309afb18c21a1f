package io.emberlog.worker;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * What can be known about this process without flags, libraries or a name lookup. A fact that cannot be had is empty or
 * zero; nothing here throws. File work: Emberlog's own thread, but for the two names.
 */
final class ProcessFacts {
    private static final int START_TIME_FIELD = 22;

    private ProcessFacts() {}

    /** Main class or jar without its package, directory and suffix; {@code java} where the JVM does not tell. */
    static String processName() {
        String command = System.getProperty("sun.java.command", "").trim();
        String main = command.isEmpty() ? "" : command.split("\\s+", 2)[0];
        // "module/package.Main", "package.Main" or "/path/to/application.jar"
        main = main.substring(main.lastIndexOf('/') + 1);
        if (main.endsWith(".jar")) {
            main = main.substring(0, main.length() - 4);
        } else {
            main = main.substring(main.lastIndexOf('.') + 1);
        }
        return main.isEmpty() ? "java" : main;
    }

    static String defaultName() {
        return processName() + "-" + ProcessHandle.current().pid();
    }

    static WorkerIdentity identity(UUID ring, String name, String service) {
        return new WorkerIdentity(
                ring,
                name,
                ProcessHandle.current().pid(),
                startTimeTicks(line("/proc/self/stat")),
                line("/proc/sys/kernel/random/boot_id"),
                line("/etc/machine-id"),
                link("/proc/self/ns/pid"),
                host(),
                processName(),
                service == null ? "" : service);
    }

    /** Field 22 of a stat line; the command in field 2 may hold spaces and brackets, so count from its last one. */
    static long startTimeTicks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
        int index = START_TIME_FIELD - 3;
        try {
            return index < fields.length ? Long.parseLong(fields[index]) : 0;
        } catch (NumberFormatException notAStatLine) {
            return 0;
        }
    }

    /** The kernel's name for this machine; {@code InetAddress} could ask a name server and hang. */
    private static String host() {
        String host = line("/proc/sys/kernel/hostname");
        String variable = System.getenv("HOSTNAME");
        return !host.isEmpty() ? host : variable == null ? "" : variable;
    }

    private static String line(String file) {
        try {
            String text = new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").trim();
        } catch (IOException | RuntimeException unknown) {
            refuseWithoutDescriptors(unknown);
            return ""; // not Linux, or hidden from us: the fact stays unknown
        }
    }

    private static String link(String file) {
        try {
            return Files.readSymbolicLink(Path.of(file)).toString();
        } catch (IOException | RuntimeException unknown) {
            return ""; // as above
        }
    }

    /**
     * A process that has no descriptor left for a moment must not make a ring that says less than it knows: without its boot and
     * its start nobody could ever judge it dead.
     */
    private static void refuseWithoutDescriptors(Exception thrown) {
        if (thrown instanceof FileSystemException failed
                && String.valueOf(failed.getReason()).startsWith("Too many open files")) {
            throw new UncheckedIOException(failed);
        }
    }
}

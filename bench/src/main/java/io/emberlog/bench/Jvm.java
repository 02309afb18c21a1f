package io.emberlog.bench;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How the JVMs of a benchmark are started: on the JDK of this one, with what it was given itself. */
final class Jvm {
    /** A master must not be able to write a ring: Chronicle logs through SLF4J, whose provider is the worker's here. */
    private static final Pattern NOT_THE_MASTERS = Pattern.compile("(bench|worker-logger|jmh|jopt|commons-math).*");

    private Jvm() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Flags as the launcher passes them; this JVM got them from there. */
    static List<String> masterCommand() {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-Dslf4j.internal.verbosity=ERROR", "-cp", masterClassPath()));
        command.add("io.emberlog.master.cli.Emberlog");
        return command;
    }

    private static String masterClassPath() {
        List<String> kept = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!NOT_THE_MASTERS.matcher(new File(entry).getName()).matches()) {
                kept.add(entry);
            }
        }
        return String.join(File.pathSeparator, kept);
    }

    /** A worker needs no flags. */
    static List<String> workerCommand(Class<?> main) {
        return List.of(java(), "-cp", System.getProperty("java.class.path"), main.getName());
    }

    /** User and system time of a living process, in steps of 10 ms. */
    static Duration cpu(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
}

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
    /** What cannot be there cannot be measured by mistake, nor write a ring from within the master. */
    private static final Pattern NOT_THE_MASTERS = Pattern.compile("(bench|worker-logger|jmh|jopt|commons-math).*");

    /** What Chronicle's logging ends in; a worker has its own provider. */
    private static final Pattern NOT_THE_WORKERS = Pattern.compile("slf4j-nop.*");

    private Jvm() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Flags as the launcher passes them; this JVM got them from there. */
    static List<String> masterCommand() {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", classPathWithout(NOT_THE_MASTERS)));
        command.add("io.emberlog.master.cli.Emberlog");
        return command;
    }

    private static String classPathWithout(Pattern jars) {
        List<String> kept = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!jars.matcher(new File(entry).getName()).matches()) {
                kept.add(entry);
            }
        }
        return String.join(File.pathSeparator, kept);
    }

    /** A worker needs no flags. */
    static List<String> workerCommand(Class<?> main) {
        return List.of(java(), "-cp", classPathWithout(NOT_THE_WORKERS), main.getName());
    }

    /** User and system time of a living process, in steps of 10 ms. */
    static Duration cpu(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
}

package io.emberlog.bench;

import io.emberlog.bench.front.Library;
import io.emberlog.bench.front.Setting;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the JVMs of a benchmark are started: on the JDK of this one, with what it was given itself. */
final class Jvm {
    /** What cannot be there cannot be measured by mistake, nor write a ring from within the master. */
    private static final Pattern NOT_THE_MASTERS = Pattern.compile(
            "(bench|worker-logger|jmh|jopt|commons-math|HdrHistogram|log4j|disruptor|logback|tinylog).*");

    private static final Pattern PEER = Pattern.compile(
            "(log4j-core|disruptor|logback-classic|tinylog-impl|chronicle-queue|slf4j-api)-(\\d.*)\\.jar");

    private static final String ANONYMOUS = "RssAnon:";
    private static final String CLASS_PATH = "java.class.path";

    private Jvm() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Flags as the launcher passes them; this JVM got them from there. */
    static List<String> masterCommand() {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.add("-Xms32m");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(
                List.of("-cp", classPath(jar -> !NOT_THE_MASTERS.matcher(jar).matches())));
        command.add("io.emberlog.master.cli.Emberlog");
        return command;
    }

    private static String classPath(Predicate<String> jars) {
        List<String> kept = new ArrayList<>();
        for (String entry : System.getProperty(CLASS_PATH).split(File.pathSeparator)) {
            if (jars.test(new File(entry).getName())) {
                kept.add(entry);
            }
        }
        return String.join(File.pathSeparator, kept);
    }

    /** What a JVM that measures this library has to load from: no other one. */
    static String classPath(Library library) {
        return classPath(library::needs);
    }

    /** A JVM that logs by that library, if with flags then with those of {@link Setting#arguments}. */
    static List<String> workerCommand(Library library, Class<?> main) {
        return List.of(java(), "-cp", classPath(library), main.getName());
    }

    /** JMH gives its JVMs the class path of this one. One thread at a time. */
    static <T> T onClassPathOf(Library library, Callable<T> work) throws Exception {
        String own = System.getProperty(CLASS_PATH);
        System.setProperty(CLASS_PATH, classPath(library));
        try {
            return work.call();
        } finally {
            System.setProperty(CLASS_PATH, own);
        }
    }

    /** Names and versions of the peers on the class path, from the names of their jars. */
    static String peers() {
        Set<String> peers = new TreeSet<>();
        for (String entry : System.getProperty(CLASS_PATH).split(File.pathSeparator)) {
            Matcher peer = PEER.matcher(new File(entry).getName());
            if (peer.matches()) {
                peers.add(peer.group(1) + " " + peer.group(2));
            }
        }
        return String.join(", ", peers);
    }

    /** User and system time of a living process, in steps of 10 ms. */
    static Duration cpu(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /**
     * Processor time of the threads that live, to the nanosecond ({@code /proc/PID/task/TID/schedstat}). {@link #cpu} counts ticks: a
     * thread that wakes by a timer and sleeps again at once may be met by each of them, or by none.
     */
    static Duration cpuOfThreads(Process process) {
        long ns = 0;
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path thread : threads) {
                String figures = Files.readString(thread.resolve("schedstat"));
                ns += Long.parseLong(figures.substring(0, figures.indexOf(' ')));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a thread ended, or this kernel has no schedstat", e);
        }
        return Duration.ofNanos(ns);
    }

    /** KiB of a living process that are no file's: heap, stacks, code, what it allocates; a ring is a file. */
    static long anonymousKib(Process process) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            if (line.startsWith(ANONYMOUS)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("the kernel does not say the " + ANONYMOUS + " of process " + process.pid());
    }

    /**
     * Has a living JVM give back what its C heap holds free: compilers take a lot, for moments.
     *
     * @return false where its JDK cannot
     */
    static boolean trim(Process process) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return Files.isExecutable(jcmd)
                && new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "System.trim_native_heap")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
    }
}

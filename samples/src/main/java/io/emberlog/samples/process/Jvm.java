package io.emberlog.samples.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Commands that start JVMs of the JDK that runs this one, with an environment that brings no settings along. */
public final class Jvm {
    /** What the launcher passes to a master (docs/configuration.md). */
    private static final List<String> MASTER_FLAGS = List.of(
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "-Dchronicle.announcer.disable=true",
            "-Dslf4j.provider=org.slf4j.nop.NOPServiceProvider");

    private static final List<String> MASTER_FLAGS_SINCE_24 =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    /**
     * For JVMs that live for seconds, and are started by the hundred: in the build's own tests C1 alone compiles, on which they spend a
     * third of what they would. Long runs have none of it.
     */
    private static final List<String> HURRIED = Arrays.stream(
                    System.getProperty("emberlog.lab.hurried", "").split(" "))
            .filter(flag -> !flag.isEmpty())
            .toList();

    private Jvm() {}

    /** A worker: its class path, and nothing else that it needs. */
    public static ProcessBuilder worker(Class<?> main, String... arguments) {
        return java(ClassPaths.worker(), HURRIED, main.getName(), arguments);
    }

    /** {@code emberlog COMMAND ...}, as the launcher starts it. */
    public static ProcessBuilder emberlog(String... arguments) {
        String classPath = ClassPaths.master();
        List<String> flags = masterFlags();
        if (!HURRIED.isEmpty()) {
            flags.addAll(SharedArchive.flags(Path.of(System.getProperty("emberlog.lab.archives")), flags, classPath));
        }
        return java(classPath, flags, "io.emberlog.master.cli.Emberlog", arguments);
    }

    /** An application with a master in it: what docs/embedding.md tells it to pass. */
    public static ProcessBuilder embedded(Class<?> main, String... arguments) {
        return java(ClassPaths.embedded(), masterFlags(), main.getName(), arguments);
    }

    /** What a JVM needs that opens a journal. */
    public static List<String> masterFlags() {
        List<String> flags = new ArrayList<>(HURRIED);
        flags.addAll(MASTER_FLAGS);
        if (Runtime.version().feature() >= 24) {
            flags.addAll(MASTER_FLAGS_SINCE_24);
        }
        return flags;
    }

    /** The judge: the samples and a JSON reader. */
    public static ProcessBuilder judge(String... arguments) {
        return java(ClassPaths.judge(), HURRIED, "io.emberlog.samples.judge.Judge", arguments);
    }

    public static ProcessBuilder java(String classPath, List<String> flags, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(List.of(arguments));
        return withoutSettings(new ProcessBuilder(command));
    }

    /** The environment says nothing to a JVM or a worker. */
    static ProcessBuilder withoutSettings(ProcessBuilder builder) {
        builder.environment().keySet().removeIf(name -> name.startsWith("EMBERLOG_"));
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return builder;
    }
}

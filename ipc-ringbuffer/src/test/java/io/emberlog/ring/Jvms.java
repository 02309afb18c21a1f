package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Assumptions;

/** Child JVMs without any flags, on the JDKs that are to be found. */
public final class Jvms {
    record Outcome(int exit, String out, String err) {}

    private Jvms() {}

    /** The java launcher of that JDK; the test is skipped when there is none, and fails with CI=true. */
    public static Path java(int feature) throws IOException {
        List<Path> homes = new ArrayList<>();
        String named = System.getenv("JAVA" + feature + "_HOME");
        if (named != null) {
            homes.add(Path.of(named));
        }
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        homes.add(own);
        for (Path beside : List.of(own.getParent(), Path.of("/usr/lib/jvm"))) {
            if (Files.isDirectory(beside)) {
                try (var children = Files.list(beside)) {
                    children.sorted().forEach(homes::add);
                }
            }
        }
        for (Path home : homes) {
            Path release = home.resolve("release");
            if (Files.isReadable(release)
                    && Files.isExecutable(home.resolve("bin/java"))
                    && Files.readString(release).contains("JAVA_VERSION=\"" + feature)) {
                return home.resolve("bin/java");
            }
        }
        skipUnlessCi("no JDK " + feature + ": set JAVA" + feature + "_HOME");
        throw new AssertionError("not reached");
    }

    public static Path ownJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    public static void skipUnlessCi(String reason) {
        if ("true".equals(System.getenv("CI"))) {
            fail(reason);
        }
        Assumptions.abort(reason);
    }

    static List<Path> classPath() {
        return List.of(placeOf(RingFile.class), placeOf(Jvms.class), placeOf(DirectBuffer.class));
    }

    private static Path placeOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static ProcessBuilder command(Path java, List<Path> classPath, Class<?> main, Object... args) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.add("-cp");
        command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add(main.getName());
        for (Object arg : args) {
            command.add(arg.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        return builder;
    }

    static Outcome run(ProcessBuilder builder, Path directory) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "child", ".out");
        Path err = Files.createTempFile(directory, "child", ".err");
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("child ended").isTrue();
            return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }
}

package io.emberlog.samples.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Classes of the master and the commands, parsed once for all those that a test run starts, as the launcher does it
 * (docs/decisions/088). One that cannot be made is an empty file, and nobody has an archive then: that of class files which are in no
 * jar, for one. Any thread.
 */
final class SharedArchive {
    private static final long LIMIT_S = 120;

    /** A JVM that does not like the archive goes without. */
    private static final String QUIET = Runtime.version().feature() < 24 ? "-Xlog:cds*=off" : "-Xlog:cds*=off,aot*=off";

    private SharedArchive() {}

    /**
     * The flags that let a JVM start from it, which makes it the first time.
     *
     * @param directory where archives are, and stay
     * @param flags which the JVM is started with
     */
    static List<String> flags(Path directory, List<String> flags, String classPath) {
        String name = "classes-" + Runtime.version() + "-"
                + Integer.toHexString(List.of(flags, classPath).hashCode());
        Path archive = directory.resolve(name + ".jsa");
        try {
            if (Files.notExists(archive)) {
                make(archive, flags, classPath);
            }
            return Files.size(archive) == 0
                    ? List.of()
                    : List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", QUIET);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized void make(Path archive, List<String> flags, String classPath) throws IOException {
        try (FileChannel lock = FileChannel.open(
                archive.resolveSibling("archives.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock(); // another JVM of this test run wants the same
            if (Files.exists(archive)) {
                return;
            }
            Path scratch = Files.createTempDirectory("emberlog-archive-");
            Path made = scratch.resolve("archive");
            List<String> dump = new ArrayList<>(flags);
            dump.removeIf(flag -> flag.matches("-XX:\\+Use.*GC"));
            boolean hasLoaded = run(
                    scratch,
                    flags,
                    List.of("-Xshare:auto", "-XX:DumpLoadedClassList=" + scratch.resolve("loaded")),
                    List.of("-cp", classPath, "io.emberlog.master.cli.Rehearsal", scratch.toString()));
            if (hasLoaded) {
                List<String> classes = Files.readAllLines(scratch.resolve("loaded"));
                classes.removeIf(line -> line.startsWith("@cp"));
                Files.write(scratch.resolve("classes"), classes);
                run(
                        scratch,
                        dump,
                        List.of(
                                "-Xshare:dump",
                                "-XX:+UseG1GC",
                                "-XX:SharedClassListFile=" + scratch.resolve("classes"),
                                "-XX:SharedArchiveFile=" + made),
                        List.of("-cp", classPath));
            }
            if (Files.notExists(made)) {
                Files.createFile(made);
            }
            Files.move(made, archive, StandardCopyOption.REPLACE_EXISTING);
            RunDirectory.delete(scratch);
        }
    }

    private static boolean run(Path scratch, List<String> flags, List<String> more, List<String> program)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        Stream.of(flags, more, program).forEach(command::addAll);
        Process process = Jvm.withoutSettings(new ProcessBuilder(command))
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("said").toFile())
                .start();
        try {
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return process.exitValue() == 0;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException("interrupted", e);
        }
    }
}

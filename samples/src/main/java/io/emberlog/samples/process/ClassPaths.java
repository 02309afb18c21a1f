package io.emberlog.samples.process;

import io.emberlog.ring.ChannelDirectory;
import io.emberlog.samples.judge.Judge;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import tools.jackson.core.JsonParser;

/** What each kind of process has on its class path, and nothing more. */
public final class ClassPaths {
    /** Written by the build for tests, whose own class path holds more than a master's should. */
    private static final String RUNTIME_RESOURCE = "/runtime.classpath";

    private ClassPaths() {}

    /** The worker's jars (worker-logger, ipc-ringbuffer, Agrona) and the application: these samples. */
    public static String worker() {
        return join(of(WorkerLogger.class, ChannelDirectory.class, DirectBuffer.class, Judge.class));
    }

    /** The judge and its JSON reader: none of the product's jars. */
    public static String judge() {
        return join(of(Judge.class, JsonParser.class));
    }

    /** Everything that the command line needs, and nothing that can write a ring. */
    public static String master() {
        Set<Path> paths = new LinkedHashSet<>(runtime());
        paths.removeAll(of(WorkerLogger.class, Judge.class, JsonParser.class));
        paths.removeIf(
                path -> path.toString().contains("slf4j") && path.toString().contains("worker-logger"));
        return join(paths);
    }

    /** An application that carries its own master: both of the above. */
    public static String embedded() {
        Set<Path> paths = new LinkedHashSet<>(runtime());
        paths.addAll(of(WorkerLogger.class, Judge.class));
        paths.removeIf(
                path -> path.toString().contains("slf4j") && path.toString().contains("worker-logger"));
        return join(paths);
    }

    /** Where these classes come from. */
    public static Set<Path> of(Class<?>... classes) {
        return Stream.of(classes).map(ClassPaths::origin).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    public static String join(Set<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private static List<Path> runtime() {
        try (InputStream recorded = ClassPaths.class.getResourceAsStream(RUNTIME_RESOURCE)) {
            String text = recorded == null
                    ? System.getProperty("java.class.path")
                    : new String(recorded.readAllBytes(), StandardCharsets.UTF_8).trim();
            return Stream.of(text.split(":"))
                    .map(path -> Path.of(path).toAbsolutePath())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path origin(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}

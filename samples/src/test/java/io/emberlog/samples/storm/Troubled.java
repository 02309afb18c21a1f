package io.emberlog.samples.storm;

import io.emberlog.samples.process.ClassPaths;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.producer.Notes;
import io.emberlog.samples.producer.ProducerSettings;
import io.emberlog.samples.producer.Trouble;
import io.emberlog.samples.producer.TroubledProducer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Starts a {@link TroubledProducer}, and tells it when. */
final class Troubled {
    private final StormRun run;
    private final Trouble trouble;
    private List<String> flags = List.of();
    private UnaryOperator<ProcessBuilder> way = UnaryOperator.identity();

    Troubled(StormRun run, Trouble trouble) {
        this.run = run;
        this.trouble = trouble;
    }

    /** Flags of its JVM, which a worker does not need, but a test may. */
    Troubled flags(String... jvmFlags) {
        flags = List.of(jvmFlags);
        return this;
    }

    Troubled under(UnaryOperator<ProcessBuilder> started) {
        way = started;
        return this;
    }

    /** @param environment as {@code NAME=value} */
    Process start(String name, int threads, long messages, long pauseNs, String... environment) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(trouble.name()));
        arguments.addAll(List.of(new ProducerSettings(
                        name, run.directory.rings(), run.directory.acksOf(name), run.seed, threads, messages, pauseNs)
                .arguments()));
        ProcessBuilder builder = Jvm.java(
                ClassPaths.worker() + ":" + ClassPaths.join(ClassPaths.of(TroubledProducer.class)),
                flags,
                TroubledProducer.class.getName(),
                arguments.toArray(new String[0]));
        for (String variable : environment) {
            int equals = variable.indexOf('=');
            builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        builder.directory(run.directory.said().toFile()); // where a JVM that crashes leaves its report
        return run.children.start(run.directory.saying("workers", way.apply(builder)));
    }

    /** Tells the worker of that name to make its trouble now. */
    static void go(StormRun run, String name) throws IOException {
        Files.createFile(Notes.go(run.directory.acksOf(name)));
    }
}

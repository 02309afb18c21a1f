package io.emberlog.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The fuzzers. In {@code mvn verify} each reads its corpus: what it was seeded with, and every input that once found something.
 * In the long run each also makes inputs, for an hour ({@code -Demberlog.fuzz.seconds=}) or so many ({@code .ci/storm FuzzersTest
 * 1000000}), in a JVM of its own with Jazzer's agent in it; one alone: {@code -Demberlog.fuzz.target=SEGMENT}. Unlike elsewhere a
 * seed makes only the first inputs again: what comes later depends on timing. What is found is kept, and named, so that it can be
 * put into the corpus.
 */
class FuzzersTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @ParameterizedTest
    @EnumSource
    void noInputCrashesHangsOrBreaksARule(FuzzTarget target) throws IOException {
        double share = 1.0 / FuzzTarget.values().length;
        LabRun.of(Fault.FUZZ, target.id(), share, run -> {
            run.made(readCorpus(target));
            if (JazzerRun.isAskedFor(target)) {
                run.made(JazzerRun.of(target, run.seed()).executions());
            }
        });
    }

    private static long readCorpus(FuzzTarget target) throws Exception {
        Method feed = target.type.getMethod("fuzzerTestOneInput", byte[].class);
        List<Path> inputs;
        try (Stream<Path> files = Files.list(target.corpus())) {
            inputs = files.sorted().toList();
        }
        assertThat(inputs).as("corpus of " + target.id()).isNotEmpty();
        for (Path input : inputs) {
            byte[] bytes = Files.readAllBytes(input);
            assertTimeoutPreemptively(
                    LIMIT,
                    () -> {
                        try {
                            feed.invoke(null, (Object) bytes);
                        } catch (java.lang.reflect.InvocationTargetException e) {
                            throw new AssertionError(input + ": " + e.getCause(), e.getCause());
                        }
                    },
                    () -> input + " hangs");
        }
        return inputs.size();
    }
}

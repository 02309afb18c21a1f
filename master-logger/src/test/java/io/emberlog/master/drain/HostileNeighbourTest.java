package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import io.emberlog.ring.Jvms;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One hostile ring among honest ones, in a whole drain agent: the honest lose nothing, whatever the hostile one becomes and
 * whenever. In JVMs of their own, on both JDKs, since what is tried is whether they live.
 */
class HostileNeighbourTest {
    /** A round has a hostile ring and costs about a thousand times of what one damaged ring alone does. */
    private static final double SHARE = 0.0002;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"17,false", "17,true", "25,false", "25,true"})
    void honestRingsLoseNothingBesideOneThatIsScribbledOverOrCutAtAnyMoment(int feature, boolean cuts)
            throws IOException {
        String variant = "neighbour-" + (cuts ? "cut" : "scribbled") + "-" + feature;
        LabRun.of(Fault.HOSTILE_RING, variant, SHARE, run -> {
            Path out = directory.resolve("out.txt");
            Process child = new ProcessBuilder(command(feature, run, cuts))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            try {
                assertThat(child.waitFor(60 + run.count() / 20, TimeUnit.SECONDS))
                        .as("the agent ended")
                        .isTrue();
            } finally {
                child.destroyForcibly();
            }
            String said = java.nio.file.Files.readString(out);
            assertThat(said.strip()).endsWith("fine: " + run.count());
            assertThat(child.exitValue()).isZero();
            run.made(run.count());
        });
    }

    private List<String> command(int feature, LabRun run, boolean cuts) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Jvms.java(feature).toString());
        for (String opened : List.of("java.lang.reflect")) {
            command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        for (String exported : List.of("sun.nio.ch", "jdk.internal.misc", "jdk.internal.ref")) {
            command.add("--add-exports=java.base/" + exported + "=ALL-UNNAMED");
        }
        if (feature >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-Xmx256m", "-cp", classPath.replace(':', File.pathSeparatorChar)));
        command.add(NeighbourChild.class.getName());
        command.add(directory.resolve("run").toString());
        command.add(Long.toString(run.seed()));
        command.add(Long.toString(run.count()));
        command.add(Boolean.toString(cuts));
        return command;
    }
}

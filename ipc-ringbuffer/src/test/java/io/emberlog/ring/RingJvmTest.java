package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JVMs of their own, without any flag. */
class RingJvmTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void aJvmWithoutFlagsThatWritesAndDrainsARingPrintsNothing(int feature) throws Exception {
        Jvms.Outcome outcome =
                Jvms.run(Jvms.command(Jvms.java(feature), Jvms.classPath(), QuietChild.class, directory), directory);

        assertThat(outcome).isEqualTo(new Jvms.Outcome(0, "", ""));
    }

    @ParameterizedTest
    @CsvSource({"17,0", "17,8192", "25,0", "25,8192"})
    void aFileThatIsCutWhileMappedEndsInAnErrorAndTheJvmLives(int feature, long length) throws Exception {
        Jvms.Outcome outcome = Jvms.run(
                Jvms.command(Jvms.java(feature), Jvms.classPath(), TruncatedChild.class, directory, length)
                        .directory(directory.toFile()),
                directory);

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).startsWith("survived; take ends in InternalError; late ");
        if (length == 0) {
            assertThat(outcome.out()).endsWith(" late 0\n");
        }
        assertThat(outcome.exit()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"17,long", "17,int", "17,add", "25,long", "25,int", "25,add"})
    void theFirstAtomicOperationOfAJvmOnAFileThatWasCutEndsInAnErrorAndTheJvmLives(int feature, String atomic)
            throws Exception {
        Jvms.Outcome outcome = Jvms.run(
                Jvms.command(Jvms.java(feature), Jvms.classPath(), ColdAtomicsChild.class, directory, atomic)
                        .directory(directory.toFile()),
                directory);

        assertThat(outcome).isEqualTo(new Jvms.Outcome(0, "survived; ends in InternalError\n", ""));
    }

    /** A race of the compiler's that a busy JVM lost once in 60 starts, so its cause is looked at; see {@link VarHandleBuffer}. */
    @ParameterizedTest
    @CsvSource({"17,jdk.internal.misc.ScopedMemoryAccess$Scope", "25,jdk.internal.foreign.MemorySessionImpl"})
    void theClassWithoutWhichNoAtomicOperationIsInlinedIsLoadedBeforeTheFirst(int feature, String name)
            throws Exception {
        ProcessBuilder command = Jvms.command(Jvms.java(feature), Jvms.classPath(), MadeChild.class)
                .directory(directory.toFile());
        command.command().add(1, "-Xlog:class+load");

        assertThat(Jvms.run(command, directory).out())
                .containsSubsequence(VarHandleBuffer.class.getName() + " source: ", name + " source: ", "made\n");
    }
}

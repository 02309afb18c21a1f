package io.emberlog.master.silence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.master.silence.SilenceFile.Content;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SilenceFileTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path state;

    private static Silence silence(long id, String reason) {
        return new Silence(id, FilterExpression.parse("marker = \"a\tb\\\\\""), "mail-*", 5, 5 + id * SECOND, reason);
    }

    private static Content with(Content before, String reason) {
        List<Silence> silences = new ArrayList<>(before.silences());
        silences.add(silence(before.nextId(), reason));
        return new Content(before.nextId() + 1, silences);
    }

    @Test
    void whatIsWrittenIsReadAndOnlyItsOwnerMaySeeIt() throws IOException {
        assertThat(SilenceFile.read(state)).isEqualTo(Content.EMPTY);
        Content first = SilenceFile.update(state, before -> with(before, "known\n\ttrouble\\n"));
        Content second = SilenceFile.update(state, before -> with(before, ""));
        assertThat(first.silences()).containsExactly(silence(1, "known\n\ttrouble\\n"));
        assertThat(SilenceFile.read(state)).isEqualTo(second);
        assertThat(second.silences()).extracting(Silence::id).containsExactly(1L, 2L);
        assertThat(Files.getPosixFilePermissions(SilenceFile.in(state)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void theTextIsAsDrawn() {
        assertThat(SilenceFile.encode(new Content(3, List.of(silence(2, "why\tnot")))))
                .isEqualTo("emberlog silences 1\nnext 3\n"
                        + "2\t5\t2000000005\tmail-*\tmarker = \"a\\\\u0009b\\\\\\\\\"\twhy\\tnot\n"
                        + "crc32c 2b123a4b\n");
    }

    @CrashRow({"Q1", "Q2", "Q3"})
    @Test
    void aWriterThatDiesLeavesTheOldOrTheNewSilencesAndTheNextGoesOn() throws IOException {
        Content old = SilenceFile.update(state, before -> with(before, "old"));
        byte[] whole = SilenceFile.encode(with(old, "new")).getBytes(StandardCharsets.UTF_8);
        Path temp = state.resolve("silences.tmp");
        for (int length = 0; length <= whole.length; length++) {
            Files.write(temp, java.util.Arrays.copyOf(whole, length));
            assertThat(SilenceFile.read(state)).as("%d bytes", length).isEqualTo(old);
        }
        Files.move(temp, SilenceFile.in(state), StandardCopyOption.REPLACE_EXISTING);
        assertThat(SilenceFile.read(state)).isEqualTo(with(old, "new"));
        Files.write(temp, new byte[] {1});
        assertThat(SilenceFile.update(state, before -> with(before, "newer")).silences())
                .extracting(Silence::id)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void damageIsSaidAndNotGuessedAbout() throws IOException {
        SilenceFile.update(state, before -> with(before, "x"));
        byte[] whole = Files.readAllBytes(SilenceFile.in(state));
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] damaged =
                    random.nextBoolean() ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (damaged.length == whole.length) {
                damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(SilenceFile.in(state), damaged);
            assertThatThrownBy(() -> SilenceFile.read(state))
                    .as("seed %d", seed)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("silences: ");
        }
    }

    @Test
    void writersAtTheSameTimeLoseNothingOfEachOther() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 20; i++) {
            threads.submit(() -> {
                synchronized (SilenceFileTest.class) { // a lock of a file is one of a process
                    return SilenceFile.update(state, before -> with(before, "x"));
                }
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(SilenceFile.read(state).silences()).hasSize(20);
    }

    @Test
    void whatWouldNotFitIntoACheckpointIsRefused() {
        assertThatThrownBy(() ->
                        new Silence(1, FilterExpression.parse("marker = '" + "x".repeat(1_000) + "'"), "", 0, 1, ""))
                .hasMessageContaining("the expression has 1011 characters; allowed: 1000");
        assertThatThrownBy(() -> new Silence(1, FilterExpression.ALL, "", 0, 1, "x".repeat(501)))
                .hasMessageContaining("the reason has 501 characters; allowed: 500");
    }

    @Test
    void theWatchSeesChangesAndTheEndByItself() throws IOException {
        long[] now = {0};
        List<String> troubles = new ArrayList<>();
        SilenceWatch watch = new SilenceWatch(state, () -> now[0], troubles::add);
        assertThat(watch.current()).as("not known yet").isNull();
        assertThat(watch.poll()).isTrue();
        assertThat(watch.current().silences()).isEmpty();
        assertThat(watch.poll()).isFalse();

        SilenceFile.update(state, before -> with(before, "one"));
        SilenceFile.update(state, before -> with(before, "two"));
        assertThat(watch.poll()).isTrue();
        assertThat(watch.current().silences()).extracting(Silence::id).containsExactly(1L, 2L);
        assertThat(watch.current().of("mail-1", false)).hasSize(2);
        assertThat(watch.current().of("app", true)).isEmpty();

        now[0] = 5 + SECOND;
        assertThat(watch.poll()).isTrue();
        assertThat(watch.current().silences()).extracting(Silence::id).containsExactly(2L);

        Files.writeString(SilenceFile.in(state), "broken");
        assertThat(watch.poll()).isFalse();
        assertThat(watch.poll()).isFalse();
        assertThat(watch.current().silences()).hasSize(1);
        assertThat(troubles).singleElement().asString().contains("silences stay as they were: ");
        now[0] = 5 + 2 * SECOND;
        assertThat(watch.poll()).as("those that are known end").isTrue();
        assertThat(watch.current().silences()).isEmpty();
    }

    @Test
    void aWatchThatBeginsWithABrokenFileKnowsNothing() throws IOException {
        Files.writeString(SilenceFile.in(state), "broken");
        SilenceWatch watch = new SilenceWatch(state, () -> 0, trouble -> {});
        assertThat(watch.poll()).isFalse();
        assertThat(watch.current()).isNull();
        Files.delete(SilenceFile.in(state));
        assertThat(watch.poll()).isTrue();
        assertThat(watch.current()).isEqualTo(SilenceSet.NONE);
    }
}

package io.emberlog.ring.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.Golden;
import io.emberlog.message.Level;
import io.emberlog.ring.CrashRow;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page's bytes: whole, half-written, hostile. */
class ControlPageTest {
    private final TestClock clock = new TestClock();

    @TempDir
    Path directory;

    @BeforeEach
    void asAChannelDirectoryIs() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    private ControlSnapshot set(String logger, Level level) throws IOException {
        return set(new ControlPageWriter(directory), logger, level);
    }

    private ControlSnapshot set(ControlPageWriter writer, String logger, Level level) throws IOException {
        return writer.change(clock, (holding, sequence) -> {
            LevelRule rule = new LevelRule(
                    logger, "md-*", level, sequence, clock.epochNs, 600_000_000_000L, clock.monotonicNs, clock.id);
            List<LevelRule> rules = new ArrayList<>(holding);
            rules.removeIf(rule::isForTheSame);
            rules.add(rule);
            return rules;
        });
    }

    private ControlSnapshot read() throws IOException {
        return ControlPage.open(directory).read();
    }

    private static List<String> levels(ControlSnapshot content) {
        return content.rules().stream()
                .map(rule -> rule.logger() + "=" + rule.level().name())
                .toList();
    }

    @Test
    void bytesAreThoseOfTheLayout() throws IOException {
        assertThat(ControlPageDescriptor.copyOffset(2)).isEqualTo(ControlPageDescriptor.FILE_LENGTH);
        for (int at : new int[] {
            ControlPageDescriptor.copyOffset(0),
            ControlPageDescriptor.copyOffset(1),
            ControlPageDescriptor.RULES_OFFSET,
            ControlPageDescriptor.ID_OFFSET,
            ControlPageDescriptor.TEXTS_OFFSET
        }) {
            assertThat(at % Long.BYTES).isZero();
        }
        set("com.acme", Level.DEBUG);
        clock.pass(1_000_000_000L);
        set("", new Level("settlement", 14));
        byte[] bytes = Files.readAllBytes(ControlPage.pathIn(directory));
        Golden.check("control-page.hex", bytes, bytes.length);
    }

    @Test
    void whatWasSetIsReadInItsOrderUntilItsTimeIsOver() throws IOException {
        assertThat(ControlPage.open(directory)).isNull();
        ControlSnapshot first = set("com.acme", Level.DEBUG);
        ControlPage page = ControlPage.open(directory);
        assertThat(page.read()).isEqualTo(first);
        assertThat(page.sequence()).isEqualTo(first.sequence()).isEqualTo(1);

        clock.pass(300_000_000_000L);
        set("com.acme.db", Level.WARN);
        set("com.acme", Level.TRACE);
        assertThat(levels(page.read())).containsExactly("com.acme.db=WARN", "com.acme=TRACE");
        assertThat(page.sequence()).isEqualTo(3);
        assertThat(page.isInPlace()).isTrue();

        clock.pass(300_000_000_000L);
        set("org", Level.INFO);
        assertThat(levels(page.read())).containsExactly("com.acme.db=WARN", "com.acme=TRACE", "org=INFO");
        clock.pass(300_000_000_001L);
        new ControlPageWriter(directory).change(clock, (holding, sequence) -> holding);
        assertThat(levels(page.read())).containsExactly("org=INFO");
    }

    @Test
    void aChangeThatChangesNothingIsNotWritten() throws IOException {
        set("a", Level.DEBUG);
        ControlSnapshot same = new ControlPageWriter(directory).change(clock, (holding, sequence) -> holding);
        assertThat(same.sequence()).isEqualTo(1);
        assertThat(read().sequence()).isEqualTo(1);
    }

    @Test
    void aPageIsForItsUserAloneWhereItsDirectoryIsAndNeverMadeWiderByTheUmask() throws IOException {
        set("a", Level.DEBUG);
        assertThat(Files.getPosixFilePermissions(ControlPage.pathIn(directory)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Files.delete(ControlPage.pathIn(directory));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        set("a", Level.DEBUG);
        assertThat(Files.getPosixFilePermissions(ControlPage.pathIn(directory)))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void rulesThatDoNotFitAreRefusedAndThePageStaysAsItIs() throws IOException {
        set("a", Level.DEBUG);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ControlPageWriter(directory).change(clock, (holding, sequence) -> {
                    List<LevelRule> rules = new ArrayList<>(holding);
                    for (int i = 0; i < 500; i++) {
                        rules.add(new LevelRule("logger" + i, "*", Level.INFO, sequence, 0, 0, 0, 0));
                    }
                    return rules;
                }))
                .withMessageContaining("501 level rules do not fit");
        assertThat(levels(read())).containsExactly("a=DEBUG");
    }

    @Test
    void twoWritersAtOnceLoseNoChange() throws Exception {
        int each = 50;
        List<Thread> writers = new ArrayList<>();
        List<Throwable> failed = java.util.Collections.synchronizedList(new ArrayList<>());
        for (String name : List.of("one", "two")) {
            writers.add(new Thread(() -> {
                try {
                    for (int i = 0; i < each; i++) {
                        set(name + i, Level.DEBUG);
                    }
                } catch (IOException | RuntimeException e) {
                    failed.add(e);
                }
            }));
        }
        writers.forEach(Thread::start);
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(failed).isEmpty();
        assertThat(read().sequence()).isEqualTo(2 * each);
        assertThat(read().rules()).hasSize(2 * each);
    }

    @Test
    void aReaderBesideAWriterSeesOnlyWholeContentsThatNeverGoBack() throws Exception {
        set("0", Level.DEBUG);
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            try {
                for (int i = 1; i <= 500; i++) {
                    String name = Integer.toString(i);
                    new ControlPageWriter(directory)
                            .change(
                                    clock,
                                    (holding, sequence) ->
                                            List.of(new LevelRule(name, "*", Level.DEBUG, sequence, 0, 0, 0, 0)));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } finally {
                done.set(true);
            }
        });
        writer.start();
        ControlPage page = ControlPage.open(directory);
        long last = 0;
        while (!done.get()) {
            ControlSnapshot content = page.read();
            if (content != null && content.sequence() > last) {
                last = content.sequence();
                assertThat(content.rules()).hasSize(1);
                assertThat(content.rules().get(0).logger()).isEqualTo(Long.toString(last - 1));
            }
        }
        writer.join();
        assertThat(page.read().sequence()).isEqualTo(501);
    }

    @Test
    void aLockThatStaysTakenIsAnErrorThatNamesIt() throws IOException {
        Path lock = directory.resolve("control.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThatThrownBy(() -> set(new ControlPageWriter(directory, 50_000_000L, page -> page), "a", Level.DEBUG))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process has held the lock " + lock + " for 50 ms");
        }
    }

    @Test
    void whatCannotBeTrustedIsRefusedByName() throws IOException {
        Path page = ControlPage.pathIn(directory);
        Path elsewhere = directory.resolve("elsewhere");
        set("a", Level.DEBUG);
        Files.move(page, elsewhere);
        Files.createSymbolicLink(page, elsewhere);
        refused("not a regular file");
        Files.delete(page);

        Files.createLink(page, elsewhere);
        refused("2 links");
        Files.delete(page);

        Files.copy(elsewhere, page);
        Files.setPosixFilePermissions(page, PosixFilePermissions.fromString("rw-rw-r--"));
        refused("nobody but its owner may write it");
        Files.setPosixFilePermissions(page, PosixFilePermissions.fromString("rw-------"));
        assertThat(levels(read())).containsExactly("a=DEBUG");

        Files.write(page, new byte[100]);
        refused("100 bytes, not 65536");
        Files.write(page, new byte[65536]);
        refused("magic 0x0");
        Files.delete(page);
        Files.createDirectory(page);
        refused("not a regular file");
    }

    private void refused(String why) {
        assertThatThrownBy(() -> ControlPage.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(ControlPage.pathIn(directory).toString())
                .hasMessageContaining(why);
        assertThatThrownBy(() -> set("b", Level.DEBUG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    /** Another user's page; only root can make one. */
    @Test
    void aPageOfAnotherUserIsRefused() throws IOException {
        set("a", Level.DEBUG);
        org.junit.jupiter.api.Assumptions.assumeTrue(
                io.emberlog.ring.ChannelDirectory.selfUid() == 0, "needs root to give a file away");
        Files.setAttribute(ControlPage.pathIn(directory), "unix:uid", 12345);
        refused("belongs to uid 12345");
        Files.setAttribute(directory, "unix:uid", 12345);
        assertThat(levels(read())).as("the owner of the directory may").containsExactly("a=DEBUG");
        Files.delete(ControlPage.pathIn(directory));
        set("b", Level.DEBUG);
        assertThat(Files.getAttribute(ControlPage.pathIn(directory), "unix:uid"))
                .as("root makes it for the owner of the directory")
                .isEqualTo(12345);
        assertThat(Files.getAttribute(directory.resolve("control.lock"), "unix:uid"))
                .isEqualTo(12345);
    }

    /** The layout of UserFolders: root's directory, in which the master's group writes and everybody reads. */
    @Test
    void inAChannelOfSeveralUsersTheMastersGroupMayChangeThePageAndWorkersOnlyReadIt() throws IOException {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                io.emberlog.ring.ChannelDirectory.selfUid() == 0, "needs root to give a file away");
        Files.setAttribute(directory, "unix:gid", 4711);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
        set("a", Level.DEBUG);
        Path page = ControlPage.pathIn(directory);
        Path lock = directory.resolve("control.lock");
        assertThat(Files.getPosixFilePermissions(page)).isEqualTo(PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(Files.getPosixFilePermissions(lock)).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        assertThat(Files.getAttribute(page, "unix:gid")).isEqualTo(4711);
        assertThat(Files.getAttribute(lock, "unix:gid")).isEqualTo(4711);
        Files.setAttribute(page, "unix:uid", 4712);
        assertThat(levels(read())).as("made by the master's user").containsExactly("a=DEBUG");
        Files.setAttribute(page, "unix:gid", 4713);
        refused("nobody but its owner may write it");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused("may be written by anybody");
    }

    @Test
    void brokenBytesNeverThrowAndAWholeCopyIsFoundBesideABrokenOne() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        set("first", Level.DEBUG);
        set("second", Level.WARN);
        Path path = ControlPage.pathIn(directory);
        byte[] good = Files.readAllBytes(path);
        ControlSnapshot whole = read();
        for (int round = 0; round < 500; round++) {
            byte[] bytes = good.clone();
            int copy = ControlPageDescriptor.copyOffset(random.nextInt(2));
            int used = 300;
            switch (random.nextInt(3)) {
                case 0 -> bytes[copy + random.nextInt(used)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> {
                    byte[] noise = new byte[1 + random.nextInt(used)];
                    random.nextBytes(noise);
                    System.arraycopy(noise, 0, bytes, copy + random.nextInt(40), noise.length);
                }
                default -> {
                    random.nextBytes(bytes);
                    System.arraycopy(good, 0, bytes, 0, RingDescriptor.PAGE_LENGTH);
                }
            }
            overwrite(path, bytes);
            ControlSnapshot found = read();
            if (found != null) {
                assertThat(found.sequence()).as("seed %d round %d", seed, round).isIn(1L, 2L);
                assertThat(found.rules().get(0)).isEqualTo(whole.rules().get(0));
            }
        }
        // whole again: the next change repairs it, above every number that was seen
        byte[] noise = new byte[ControlPageDescriptor.FILE_LENGTH - RingDescriptor.PAGE_LENGTH];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, good, RingDescriptor.PAGE_LENGTH, noise.length);
        overwrite(path, good);
        assertThat(read()).isNull();
        set("third", Level.DEBUG);
        assertThat(levels(read())).containsExactly("third=DEBUG");
    }

    /** A CRC that is right over bytes that are wrong: somebody means it. */
    @Test
    void rulesThatBreakTheirBoundsUnderARightCrcAreRefusedWhole() throws IOException {
        set("logger", Level.DEBUG);
        byte[] copy = ControlCopy.encode(read());
        ByteBuffer bytes = ByteBuffer.wrap(copy).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] hostile = copy.clone();
            ByteBuffer out = ByteBuffer.wrap(hostile).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            int at = ControlPageDescriptor.RULES_OFFSET + 2 * random.nextInt(40);
            out.putShort(at, (short) random.nextInt());
            if (random.nextInt(4) == 0) {
                out.putInt(ControlPageDescriptor.COUNT_OFFSET, random.nextInt(5));
            }
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(hostile, 0, ControlPageDescriptor.CRC_OFFSET);
            crc.update(
                    hostile,
                    ControlPageDescriptor.RULES_OFFSET,
                    bytes.getInt(ControlPageDescriptor.RULES_LENGTH_OFFSET));
            out.putInt(ControlPageDescriptor.CRC_OFFSET, (int) crc.getValue());
            ControlSnapshot found = ControlCopy.decode(hostile);
            refused += found == null ? 1 : 0;
            if (found != null) {
                found.levelsOf("md-1", rule -> rule.leftNs(clock) > 0);
            }
        }
        assertThat(refused).isBetween(1_000, 19_000);
    }

    @Test
    void aPageThatIsCutWhileMappedIsAnErrorThatCanBeCaught() throws IOException {
        set("a", Level.DEBUG);
        ControlPage page = ControlPage.open(directory);
        try (FileChannel channel = FileChannel.open(ControlPage.pathIn(directory), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        assertThatThrownBy(page::read).isInstanceOf(InternalError.class);
    }

    private static void overwrite(Path path, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
        }
    }

    @Test
    @CrashRow({"L1", "L2", "L3"})
    void aWriterThatDiedWhileItMadeThePageLeavesNothingInTheWay() throws IOException {
        Files.createFile(directory.resolve("control.lock"));
        Files.write(directory.resolve("control.tmp"), new byte[1000]);
        assertThat(ControlPage.open(directory)).isNull();
        set("a", Level.DEBUG);
        assertThat(levels(read())).containsExactly("a=DEBUG");
        assertThat(directory.resolve("control.tmp")).doesNotExist();

        Files.delete(ControlPage.pathIn(directory));
        new ControlPageWriter(directory).change(clock, (holding, sequence) -> holding);
        assertThat(read()).as("made, and nothing set").isEqualTo(ControlSnapshot.NOTHING);
        set("b", Level.WARN);
        assertThat(levels(read())).containsExactly("b=WARN");
    }

    @Test
    @CrashRow({"L4", "L5", "L6"})
    void aWriterThatDiesWithinAChangeHasMadeAllOfItOrNone() throws IOException {
        int steps = 0;
        for (boolean died = true; died; steps++) {
            Files.deleteIfExists(ControlPage.pathIn(directory));
            set("a", Level.DEBUG);
            set("b", Level.DEBUG);
            ControlPage reader = ControlPage.open(directory);
            int after = steps;
            died = false;
            try {
                set(new ControlPageWriter(directory, 1_000_000_000L, page -> new Dying(page, after)), "c", Level.WARN);
            } catch (Halted halted) {
                died = true;
            }
            List<String> expected =
                    after < Dying.STORES ? List.of("a=DEBUG", "b=DEBUG") : List.of("a=DEBUG", "b=DEBUG", "c=WARN");
            assertThat(levels(reader.read())).as("after %d stores", after).isEqualTo(expected);

            set("d", Level.INFO);
            List<String> next = new ArrayList<>(expected);
            next.add("d=INFO");
            assertThat(levels(reader.read())).as("next, after %d stores", after).isEqualTo(next);
            assertThat(reader.sequence()).isEqualTo(reader.read().sequence());
        }
        assertThat(steps).isEqualTo(Dying.STORES + 2);
    }

    private static final class Halted extends Error {
        private static final long serialVersionUID = 1;
    }

    /** Lets that many stores through; the body counts two, and is cut in half between them. */
    private static final class Dying extends VarHandleBuffer {
        static final int STORES = 4;
        private int left;

        Dying(VarHandleBuffer page, int stores) {
            super(page.byteBuffer());
            left = stores;
        }

        private void step() {
            if (left-- == 0) {
                throw new Halted();
            }
        }

        @Override
        public void putLongVolatile(int index, long value) {
            step();
            super.putLongVolatile(index, value);
        }

        @Override
        public void putBytes(int index, byte[] source, int offset, int length) {
            step();
            super.putBytes(index, source, offset, length / 2);
            step();
            super.putBytes(index, source, offset, length);
        }

        @Override
        public void putLongRelease(int index, long value) {
            step();
            super.putLongRelease(index, value);
            step();
        }
    }
}

package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.Level;
import io.emberlog.ring.control.ControlPage;
import io.emberlog.ring.control.ControlPageWriter;
import io.emberlog.ring.control.LevelRule;
import io.emberlog.ring.control.TestClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a worker follows the control page, one look at a time. */
class ControlWatchTest {
    private static final long MINUTE = 60_000_000_000L;
    private static final long HOUR = 60 * MINUTE;

    private final TestClock clock = new TestClock();
    private final PageLevels pageLevels = new PageLevels();
    private final LoggerLevels levels = new LoggerLevels(LevelText.parse("INFO"));

    @TempDir
    Path directory;

    private ControlWatch watch;

    @BeforeEach
    void start() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        pageLevels.attach(levels);
        watch = watch("md-1");
    }

    private ControlWatch watch(String worker) {
        return new ControlWatch(directory, worker, pageLevels, () -> clock);
    }

    private void set(String logger, Level level, String worker, long forNs) throws IOException {
        new ControlPageWriter(directory).change(clock, (holding, sequence) -> {
            List<LevelRule> rules = new ArrayList<>(holding);
            LevelRule rule =
                    new LevelRule(logger, worker, level, sequence, clock.epochNs, forNs, clock.monotonicNs, clock.id);
            rules.removeIf(rule::isForTheSame);
            rules.add(rule);
            return rules;
        });
    }

    private Level level(String logger) {
        return levels.levelOf(logger);
    }

    @Test
    void aPageThatComesLaterIsTakenAtTheNextLook() throws IOException {
        watch.poll();
        watch.poll();
        set("com.acme", Level.DEBUG, "md-*", 0);
        assertThat(level("com.acme.Orders")).isEqualTo(Level.INFO);
        watch.poll();
        assertThat(level("com.acme.Orders")).isEqualTo(Level.DEBUG);
        assertThat(watch.sequence()).isEqualTo(1);
        set("", Level.WARN, "*", 0);
        watch.poll();
        assertThat(level("com.acme.Orders")).isEqualTo(Level.DEBUG);
        assertThat(level("org")).isEqualTo(Level.WARN);
    }

    @Test
    void rulesForOtherWorkersAreNotTaken() throws IOException {
        set("com.acme", Level.DEBUG, "gw-*", 0);
        watch.poll();
        assertThat(level("com.acme")).isEqualTo(Level.INFO);
        assertThat(watch.sequence()).as("seen all the same").isEqualTo(1);
        watch("gw-1").poll();
        assertThat(level("com.acme")).isEqualTo(Level.DEBUG);
    }

    @Test
    void aRuleEndsByItselfHoweverTheWallClockIsSet() throws IOException {
        for (long step : new long[] {0, -24 * HOUR, 24 * HOUR}) {
            set("com.acme", Level.DEBUG, "*", 10 * MINUTE);
            watch.poll();
            clock.epochNs += step;
            clock.pass(10 * MINUTE - 1);
            watch.poll();
            assertThat(level("com.acme")).as("after a step of %d", step).isEqualTo(Level.DEBUG);
            clock.pass(1);
            watch.poll();
            assertThat(level("com.acme")).as("after a step of %d", step).isEqualTo(Level.INFO);
        }
    }

    /** Another boot or time namespace: the wall clock tells once, at first sight, and no more. */
    @Test
    void aRuleOfAnotherClockEndsByThisOneOnceItWasSeen() throws IOException {
        set("com.acme", Level.DEBUG, "*", 10 * MINUTE);
        clock.id = 7;
        clock.monotonicNs = 77;
        clock.epochNs += 4 * MINUTE;
        watch.poll();
        clock.epochNs -= 24 * HOUR;
        set("org", Level.DEBUG, "gw-1", 0); // the page is read again
        clock.pass(6 * MINUTE - 1);
        watch.poll();
        assertThat(level("com.acme")).isEqualTo(Level.DEBUG);
        clock.pass(1);
        watch.poll();
        assertThat(level("com.acme")).isEqualTo(Level.INFO);
    }

    @Test
    void aWorkerThatStartsLaterTakesTheTimeThatIsLeftAndNoRuleThatIsOver() throws IOException {
        set("com.acme", Level.DEBUG, "*", 10 * MINUTE);
        set("org", Level.DEBUG, "*", 2 * MINUTE);
        clock.pass(4 * MINUTE);
        watch.poll();
        assertThat(level("org")).isEqualTo(Level.INFO);
        assertThat(level("com.acme")).isEqualTo(Level.DEBUG);
        clock.pass(6 * MINUTE);
        watch.poll();
        assertThat(level("com.acme")).isEqualTo(Level.INFO);
    }

    @Test
    void ofTwoRulesTheOneThatEndsFirstUncoversTheOther() throws IOException {
        set("com.acme", Level.WARN, "*", 0);
        set("com.acme", Level.DEBUG, "md-1", MINUTE);
        watch.poll();
        assertThat(level("com.acme")).isEqualTo(Level.DEBUG);
        clock.pass(MINUTE);
        watch.poll();
        assertThat(level("com.acme")).isEqualTo(Level.WARN);
    }

    @Test
    void aPageThatIsBrokenCutOrNotToBeTrustedChangesNothing() throws IOException {
        set("com.acme", Level.DEBUG, "*", 0);
        watch.poll();
        Path page = ControlPage.pathIn(directory);
        byte[] good = Files.readAllBytes(page);

        byte[] noise = new byte[good.length - 4096];
        new java.util.Random(1).nextBytes(noise);
        try (FileChannel channel = FileChannel.open(page, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(noise), 4096);
            stays();
            channel.truncate(100);
            stays();
        }
        Files.delete(page);
        stays();
        Files.createSymbolicLink(page, Files.write(directory.resolve("elsewhere"), good));
        stays();
        Files.delete(page);
        Files.write(page, good);
        Files.setPosixFilePermissions(page, PosixFilePermissions.fromString("rw-rw-rw-"));
        stays();

        Files.delete(page);
        set("com.acme", Level.ERROR, "*", 0);
        clock.pass(ControlWatch.CHECK_NS);
        watch.poll();
        assertThat(level("com.acme")).as("a good page is found again").isEqualTo(Level.ERROR);
    }

    private void stays() {
        for (int look = 0; look < 3; look++) {
            clock.pass(ControlWatch.CHECK_NS);
            watch.poll();
            assertThat(level("com.acme")).isEqualTo(Level.DEBUG);
        }
    }

    @Test
    void aCopyThatBreaksDoesNotBringTheOlderOneBack() throws IOException {
        set("com.acme", Level.DEBUG, "*", 0);
        set("com.acme", Level.TRACE, "*", 0);
        watch.poll();
        try (FileChannel channel = FileChannel.open(ControlPage.pathIn(directory), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {99}), 34816); // claims to be newer still, and fails its CRC
        }
        watch.poll();
        assertThat(level("com.acme")).isEqualTo(Level.TRACE);
        assertThat(watch.sequence()).isEqualTo(2);
    }

    @Test
    void openTakesTheRulesInForceAndTheRingsHeaderSaysWhich() throws Exception {
        Path channel = directory.resolve("channel");
        Files.createDirectory(
                channel, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        new ControlPageWriter(channel)
                .change(
                        clock,
                        (holding, sequence) ->
                                List.of(new LevelRule("com.acme", "w-*", Level.DEBUG, sequence, 0, 0, 0, 0)));
        WorkerLogger log = WorkerLogger.builder().directory(channel).name("w-1").open();
        assertThat(log.isEnabled(Level.DEBUG)).isFalse();
        assertThat(log.logger("com.acme").isEnabled(Level.DEBUG)).isTrue();
        assertThat(log.logger("com.acme").debug("the first call")).isTrue();
        Path ring = io.emberlog.ring.ChannelDirectory.open(channel).rings().get(0);
        assertThat(io.emberlog.ring.RingFile.openReadOnly(ring).header().controlSequence())
                .isOne();
        log.close();
    }
}

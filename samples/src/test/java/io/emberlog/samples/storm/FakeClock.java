package io.emberlog.samples.storm;

import io.emberlog.samples.process.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A wall clock that can be set while processes run: libfaketime reads a file once a second. The monotonic clock
 * and the time stamps of files stay those of the kernel. One thread.
 */
final class FakeClock {
    /** The file is read once a second, and a worker compares its clocks in its own time; settings differ by more. */
    private static final Duration LAG = Duration.ofSeconds(60);

    /** The file is read once a second, and then something is logged. */
    private static final Duration SHOWN_AFTER = Duration.ofMillis(2_500);

    private static final Pattern LEFT = Pattern.compile("(?:faketime_shm|sem\\.faketime_sem)_(\\d{1,9})");

    /** From then until the next one, by the real clock, this one was so far off. */
    private record Setting(Instant from, Duration offset) {}

    private final Path library;
    private final Path file;
    private final List<Setting> settings = new ArrayList<>();

    private FakeClock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /** Right at first. Skips, or fails in CI, where libfaketime is missing. */
    static FakeClock of(RunDirectory directory) throws IOException {
        Path library = library();
        boolean there = library != null;
        if (!there && "true".equals(System.getenv("CI"))) {
            Assertions.fail("needs libfaketime: apt-get install faketime");
        }
        Assumptions.assumeTrue(there, "skipped: needs libfaketime: apt-get install faketime");
        FakeClock clock = new FakeClock(library, directory.root().resolve("clock"));
        clock.set(Duration.ZERO);
        return clock;
    }

    /** The library gives each process a shared memory and a semaphore, and takes neither back from one that is killed. */
    static void removeWhatTheDeadLeft() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
            for (Path file : files.toList()) {
                Matcher matcher = LEFT.matcher(file.getFileName().toString());
                if (matcher.matches()
                        && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static Path library() throws IOException {
        try (Stream<Path> places = Files.list(Path.of("/usr/lib"))) {
            return Stream.concat(Stream.of(Path.of("/usr/lib")), places)
                    .map(place -> place.resolve("faketime/libfaketime.so.1"))
                    .filter(Files::isReadable)
                    .findFirst()
                    .orElse(null);
        }
    }

    /** In one step, for all processes under it. */
    void set(Duration offset) throws IOException {
        Path next = file.resolveSibling("clock.next");
        Files.writeString(next, String.format("%+d", offset.toSeconds()));
        settings.add(new Setting(Instant.now(), offset));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Waits until processes under it have been able to log by the setting in force. */
    void awaitShown() {
        Instant shown = settings.get(settings.size() - 1).from().plus(SHOWN_AFTER);
        while (Instant.now().isBefore(shown)) {
            LockSupport.parkNanos(Duration.between(Instant.now(), shown).toNanos());
        }
    }

    /** How far it is off now. */
    Duration offset() {
        return settings.get(settings.size() - 1).offset();
    }

    /** Starts a process that goes by this clock. */
    UnaryOperator<ProcessBuilder> way() {
        return builder -> {
            builder.environment().put("LD_PRELOAD", library.toString());
            builder.environment().put("FAKETIME_TIMESTAMP_FILE", file.toString());
            builder.environment().put("FAKETIME_CACHE_DURATION", "1");
            builder.environment().put("DONT_FAKE_MONOTONIC", "1");
            builder.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            builder.environment().put("FAKETIME_FORCE_MONOTONIC_FIX", "0"); // else a JVM's parks return at once
            builder.environment().put("NO_FAKE_STAT", "1");
            return builder;
        };
    }

    /**
     * Which setting showed that time, not before {@code earliest}; the last one that can have, for an offset may come again soon.
     *
     * @return -1 when none did
     */
    int settingThatShowed(Instant time, int earliest) {
        for (int i = settings.size() - 1; i >= earliest; i--) {
            Setting setting = settings.get(i);
            Instant until = i + 1 < settings.size() ? settings.get(i + 1).from() : Instant.now();
            if (!time.isBefore(setting.from().plus(setting.offset()).minusMillis(10))
                    && !time.isAfter(until.plus(LAG).plus(setting.offset()))) {
                return i;
            }
        }
        return -1;
    }
}

package io.emberlog.fuzz;

import io.emberlog.master.cli.CommandLineFuzz;
import io.emberlog.master.cli.ConfigurationFuzz;
import io.emberlog.master.cli.EvidenceFuzz;
import io.emberlog.master.fanout.CheckpointFuzz;
import io.emberlog.master.journal.DocumentFuzz;
import io.emberlog.master.journal.SegmentFuzz;
import io.emberlog.message.MessageFuzz;
import io.emberlog.ring.RingFuzz;
import io.emberlog.ring.control.ControlFuzz;
import java.nio.file.Path;
import java.util.Locale;

/** What is fuzzed: one class each, in the package of what it feeds, with {@code fuzzerTestOneInput(byte[])}. */
enum FuzzTarget {
    RING(RingFuzz.class, 8 * 1024),
    MESSAGE(MessageFuzz.class, 4 * 1024),
    DOCUMENT(DocumentFuzz.class, 8 * 1024),
    SEGMENT(SegmentFuzz.class, 8 * 1024),
    CHECKPOINT(CheckpointFuzz.class, 512),
    CONFIGURATION(ConfigurationFuzz.class, 2 * 1024),
    CONTROL(ControlFuzz.class, 1024),
    EVIDENCE(EvidenceFuzz.class, 8 * 1024),
    COMMAND_LINE(CommandLineFuzz.class, 256);

    final Class<?> type;
    final int longestInput;

    FuzzTarget(Class<?> type, int longestInput) {
        this.type = type;
        this.longestInput = longestInput;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it was seeded with and what it found, one input a file. */
    Path corpus() {
        return Path.of("src/test/resources/corpus", id()).toAbsolutePath();
    }
}

package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.format.JsonFormat;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.master.replay.Evidence;
import io.emberlog.master.replay.Replay;
import io.emberlog.master.replay.ReplayReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersTest {
    @TempDir
    private Path state;

    private final List<String> replayed = new ArrayList<>();

    private Path write(LogRecord... records) throws IOException {
        try (DeadLetters letters = new DeadLetters(state, "chat")) {
            for (LogRecord record : records) {
                letters.add(record, "the service answered 400: \"no\"\n");
            }
            letters.force();
            return letters.file();
        }
    }

    private ReplayReport replay(Path file) throws IOException {
        Replay replay = new Replay(
                Evidence.find(List.of(file)), false, record -> replayed.add(json(record)), (done, total) -> {});
        replay.open();
        return replay.run();
    }

    private static String json(LogRecord record) {
        Utf8Buffer line = new Utf8Buffer(256);
        new JsonFormat().format(record, line);
        return line.toString();
    }

    @Test
    void aRecordPutAsideComesBackAsItWas() throws IOException {
        LogRecord full = Records.full();
        LogRecord hostile = Records.bare(new byte[] {(byte) 0xC3, '\n', '"', 0, (byte) 0xFF});
        hostile.wrap(Records.WORKER, 77, 3, 1234, hostile.entry());
        ReplayReport report = replay(write(full, hostile));
        assertThat(replayed).containsExactly(json(full), json(hostile));
        assertThat(report.records()).isEqualTo(2);
        assertThat(report.findingCount()).isZero();
    }

    @Test
    void aRecordThatStandsThereTwiceComesOnce() throws IOException {
        LogRecord record = Records.plain(7, "again");
        write(record);
        ReplayReport report = replay(write(record));
        assertThat(replayed).hasSize(1);
        assertThat(report.deadLetters().get(0).doubles()).isEqualTo(1);
    }

    @Test
    void aLineThatAFullDiskCutOffCostsNotTheNextRecord() throws IOException {
        LogRecord record = Records.plain(7, "space is back");
        try (DeadLetters letters = new DeadLetters(state, "chat")) {
            letters.add(Records.plain(1, "one"), "no");
            Files.writeString(
                    letters.file(), "{\"id\":\"00000000-", StandardOpenOption.APPEND); // what a failed write leaves
            letters.add(record, "no");
            letters.force();
            ReplayReport report = replay(letters.file());
            assertThat(replayed).hasSize(2).contains(json(record));
            assertThat(report.findingCount()).isEqualTo(1);
        }
    }

    @Test
    void aLineThatACrashCutOffAndLinesOfOthersAreNamedAndCostNoOtherRecord() throws IOException {
        Path file = write(Records.plain(1, "one"));
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() / 2), StandardOpenOption.APPEND);
        write(Records.plain(2, "two"));
        for (String line : List.of(
                "{}",
                "[]",
                "nonsense",
                "{\"id\":{}}",
                whole.replace("\"entry\":\"", "\"entry\":\"AAAA").replace(":4224:", ":9:"))) {
            Files.writeString(file, line.strip() + "\n", StandardOpenOption.APPEND);
        }
        write(Records.plain(3, "three"));
        ReplayReport report = replay(file);
        assertThat(replayed).hasSize(3);
        assertThat(report.findings())
                .hasSize(6)
                .allMatch(text -> text.contains("allowed: a line as a master wrote it"));
        assertThat(report.findings().get(0)).startsWith(file + ": line 2 ");
    }

    @Test
    void aFileThatIsMovedAwayKeepsWhatItHasAndTheNextRecordMakesANewOne() throws IOException {
        Path moved = state.resolve("moved.jsonl");
        try (DeadLetters letters = new DeadLetters(state, "chat")) {
            letters.add(Records.plain(1, "one"), "no");
            Files.move(letters.file(), moved);
            letters.add(Records.plain(2, "two"), "no");
            letters.force();
            assertThat(replay(moved).records()).isEqualTo(1);
            assertThat(replay(letters.file()).records()).isEqualTo(1);
        }
    }

    @Test
    void aFileWithoutRecordsIsNoProblem() throws IOException {
        Path file = Files.createFile(state.resolve("empty.jsonl"));
        assertThat(replay(file).records()).isZero();
        assertThat(replayed).isEmpty();
    }
}

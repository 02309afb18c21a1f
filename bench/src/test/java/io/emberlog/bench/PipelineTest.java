package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.bench.front.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes: whatever there is more of, each message is found in each file, and what is missing is, too. */
class PipelineTest {
    @TempDir
    Path temp;

    private static void cutLastLine(Path file) throws Exception {
        List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> line.contains(LoadWorker.NUMBER_IS_BEHIND))
                .toList();
        String last = lines.get(lines.size() - 1);
        String all = Files.readString(file);
        Files.writeString(
                file, all.replace(last, last.substring(0, last.length() - 1)), StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Test
    void workersThatShareProcessesToSeveralRotatedFiles() throws Exception {
        Outputs outputs = Outputs.HUMAN.handledBy(2).rotatedAt("64 KiB");
        Load load = Load.of(Setting.emberlog(), 5, Mode.DEFAULTS, outputs);
        try (Workplace place = Workplace.in(temp)) {
            Collector master = load.collector(place);
            Pipeline pipeline = new Pipeline(load, master, WorkerProcess.start(place, load, 2, master.target()));
            assertThat(pipeline.log(-10, 0).refused()).isZero();
            assertThat(pipeline.log(0, 500).refused()).isZero();
            pipeline.end(LoadWorker.END_OF_RUN);
            pipeline.stop();
            for (Path output : master.outputs()) {
                assertThat(Outputs.parts(output)).hasSizeGreaterThan(1);
            }
            Pipeline.Found found = pipeline.check(-10, 500);
            assertThat(found.missing()).isZero();
            assertThat(found.doubled()).isZero();
            assertThat(pipeline.check(-11, 501).missing()).isEqualTo(2 * 2 * 5);
            Files.delete(Outputs.parts(master.outputs().get(1)).get(0));
            assertThat(pipeline.check(-10, 500).missing()).isPositive();
        }
    }

    @Test
    void textsOfAGivenSize() throws Exception {
        for (int bytes : new int[] {20, 100_000}) {
            Load load = Load.of(Setting.emberlog().ofSize(bytes), 1, Mode.DEFAULTS, Outputs.HUMAN)
                    .withFlags(Scaling.LARGE_TEXTS);
            try (Workplace place = Workplace.in(temp)) {
                Collector master = load.collector(place);
                Pipeline pipeline = new Pipeline(load, master, WorkerProcess.start(place, load, 1, null));
                assertThat(pipeline.log(-11, 101).refused()).isZero();
                pipeline.end(LoadWorker.END_OF_RUN);
                pipeline.stop();
                Pipeline.Found found = pipeline.check(-11, 101);
                assertThat(found.missing()).as(bytes + " bytes").isZero();
                assertThat(found.doubled()).isZero();
                cutLastLine(master.output());
                assertThat(pipeline.check(-11, 101).missing()).isEqualTo(1);
            }
        }
    }

    @Test
    void aMasterOnAJournalThatIsLarge() throws Exception {
        Throughput large = (Throughput) Scaling.all().stream()
                .filter(benchmark -> benchmark.name().equals("scaling-journal.1-gib"))
                .findFirst()
                .orElseThrow();
        Map<String, Double> figures = new LinkedHashMap<>();
        try (Workplace place = Workplace.in(temp)) {
            Collector master = large.opening().open(large.load(), new Plan(true, temp), place, figures);
            Pipeline pipeline = new Pipeline(large.load(), master, WorkerProcess.start(place, large.load(), 1, null));
            assertThat(pipeline.log(0, 100).refused()).isZero();
            pipeline.end(LoadWorker.END_OF_RUN);
            pipeline.stop();
            assertThat(pipeline.check(0, 100)).extracting("missing", "doubled").containsExactly(0L, 0L);
        }
        assertThat(figures).containsEntry("journal GiB", 1.0);
        assertThat(figures.get("segments")).isGreaterThan(16);
        assertThat(figures.get(Scaling.START)).isPositive();
    }

    @Test
    void theMemoryOfAProcessIsSeen() throws Exception {
        Load load = Load.of(Setting.emberlog(), 1, Mode.DEFAULTS, Outputs.HUMAN);
        try (Workplace place = Workplace.in(temp)) {
            WorkerProcess worker = WorkerProcess.unopened(place, load, 0, null);
            worker.order("heap");
            assertThat(Long.parseLong(worker.answer("heap")[1])).isPositive();
            try (Samples samples = Samples.of(worker::anonymousKib)) {
                assertThat(samples.end()).isPositive().isLessThanOrEqualTo(samples.most());
            }
            worker.end();
        }
    }
}

package io.emberlog.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A journal read back to text in a file, by {@code emberlog replay}; JVM start included. */
final class Replay implements Benchmark {
    private static final String JOURNAL_SIZE = "64 GiB";

    @Override
    public String name() {
        return "replay.text";
    }

    @Override
    public String description() {
        return "emberlog replay --output of a journal, to text in a file";
    }

    @Override
    public Result run(Plan plan) throws Exception {
        int records = plan.replayedRecords();
        try (Workplace place = Workplace.in(plan.directory())) {
            Backlog backlog = Backlog.of(place, records, JOURNAL_SIZE);
            MasterProcess master = backlog.master();
            Files.delete(master.output());
            Launcher.run(place, "--help"); // it may have to build
            List<Result> runs = new ArrayList<>();
            for (int i = 0; i < plan.runs(); i++) {
                runs.add(once(place, master, records, backlog.refused()));
            }
            return Result.median(runs);
        }
    }

    private Result once(Workplace place, MasterProcess master, int records, long refused) throws Exception {
        Path text = place.disk().resolve("replayed.log");
        long tookNs =
                Launcher.run(place, "replay", master.state().toString(), "--output", text.toString(), "--overwrite");
        OutputCheck check = OutputCheck.of(text, 1, 0, records);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("M records/s", records * 1e3 / tookNs);
        figures.put("s", tookNs / 1e9);
        figures.put("records", (double) records);
        figures.put("journal B per record", master.journalBytes() / (double) records);
        figures.put("file B per record", Files.size(text) / (double) records);
        figures.put("missing", (double) check.missing());
        figures.put("doubled", (double) check.doubled());
        return new Result(name(), figures, refused + check.missing() + check.doubled() == 0);
    }
}

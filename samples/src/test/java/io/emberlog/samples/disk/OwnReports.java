package io.emberlog.samples.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the master says of a handler that fails goes to all handlers but that one. So its output lacks those numbers, which the judge
 * finds; a second handler, whose disk is sound, shows that they are just those. One thread.
 */
public final class OwnReports {
    private static final String ABOUT_OUT = "\"emberlog.handler.out\"";
    private static final Pattern SEQUENCE = Pattern.compile("\"seq\":(\\d+)");
    private static final Pattern GAP = Pattern.compile(": record \\d+ follows \\d+$");

    private OwnReports() {}

    /** The table of the second handler. */
    static String handler(StormRun run) {
        return """

                [[handlers]]
                name = "events"
                type = "file"
                path = "%s"
                format = "json"
                """.formatted(file(run));
    }

    private static Path file(StormRun run) {
        return run.directory.root().resolve("events.json");
    }

    /**
     * As {@link StormRun#judge}, but that what is about the handler of the output need not be in it.
     *
     * @param wanted findings that the storm makes on purpose, too
     */
    static void judgeWithout(StormRun run, Predicate<String> wanted) throws IOException, InterruptedException {
        judgeWithout(run, file(run), wanted);
    }

    /** As the other, with what the second handler wrote in a file of that name. */
    public static Judgement judgeWithout(StormRun run, Path events, Predicate<String> wanted)
            throws IOException, InterruptedException {
        Judgement judgement = run.judgeApartFrom(wanted.or(GAP.asPredicate()));
        Set<Long> about = new HashSet<>();
        for (Path file : OutputFiles.of(events)) {
            try (Stream<String> lines = GrowingFile.lines(file)) {
                lines.filter(line -> line.contains(ABOUT_OUT)).forEach(line -> about.add(sequence(line)));
            }
        }
        long[] last = {-1};
        for (Path file : OutputFiles.of(run.directory.output())) {
            try (Stream<String> lines = GrowingFile.lines(file)) {
                lines.mapToLong(OwnReports::sequence).forEach(sequence -> {
                    assertThat(sequence).as("in " + file).isGreaterThan(last[0]);
                    for (long missing = last[0] + 1; last[0] >= 0 && missing < sequence; missing++) {
                        assertThat(about)
                                .as("records about the handler in whose output they are not")
                                .contains(missing);
                    }
                    last[0] = sequence;
                });
            }
        }
        return judgement;
    }

    private static long sequence(String line) {
        Matcher sequence = SEQUENCE.matcher(line);
        assertThat(sequence.find()).as(line).isTrue();
        return Long.parseLong(sequence.group(1));
    }
}

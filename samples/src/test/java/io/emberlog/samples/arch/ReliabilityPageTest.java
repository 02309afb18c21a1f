package io.emberlog.samples.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.lab.RunLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/reliability.md says what {@link Fault} declares and what the log of runs adds up to, and nothing else.
 * {@code .ci/storm --page} writes it anew.
 */
class ReliabilityPageTest {
    private static final String BEGIN = "<!-- written by .ci/storm --page from io.emberlog.lab.Fault and the log -->\n";
    private static final String END = "<!-- end of what is written -->\n";

    @Test
    void theTableSaysWhatIsDeclaredAndWhatTheLogAddsUpTo() throws IOException {
        Path page = RunLog.root().resolve("docs/reliability.md");
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        assertThat(end).as("marks of the table in " + page).isGreaterThanOrEqualTo(begin);
        String table = table(RunLog.read());
        if ("write".equals(System.getProperty("emberlog.lab.page"))) {
            Files.writeString(page, text.substring(0, begin) + table + text.substring(end));
            return;
        }
        assertThat(text.substring(begin, end)).as("written by .ci/storm --page").isEqualTo(table);
    }

    @Test
    void everyFaultHasItsTest() throws IOException {
        try (Stream<Path> files = Files.walk(RunLog.root())) {
            List<String> sources = files.map(Path::toString)
                    .filter(file -> file.contains("/src/test/java/"))
                    .toList();
            for (Fault fault : Fault.values()) {
                assertThat(sources)
                        .as("test of " + fault.id())
                        .anyMatch(file -> file.endsWith("/" + fault.test() + ".java"));
            }
        }
    }

    private static String table(List<RunLog.Line> lines) {
        StringBuilder table = new StringBuilder("""
                | fault | what is done | `.ci/storm` | in `mvn verify` | aim | made | of it | runs | failed | last seed |
                |---|---|---|--:|--:|--:|---|--:|--:|--:|
                """);
        for (Fault fault : Fault.values()) {
            List<RunLog.Line> runs =
                    lines.stream().filter(line -> line.fault() == fault).toList();
            table.append(String.format(
                    java.util.Locale.ROOT,
                    "| %s | %s | `%s` | %,d | %,d | %,d | %s | %,d | %,d | %s |%n",
                    fault.id(),
                    fault.text(),
                    fault.test(),
                    fault.shortCount(),
                    fault.longCount(),
                    made(runs),
                    byVariant(runs),
                    runs.size(),
                    runs.stream().filter(run -> !run.passed()).count(),
                    runs.isEmpty() ? "" : runs.get(runs.size() - 1).seed()));
        }
        return table.toString();
    }

    /** In runs that passed: after a failure nobody knows what the earlier ones are worth. */
    private static long made(List<RunLog.Line> runs) {
        return runs.stream()
                .filter(RunLog.Line::passed)
                .mapToLong(RunLog.Line::made)
                .sum();
    }

    private static String byVariant(List<RunLog.Line> runs) {
        TreeMap<String, List<RunLog.Line>> variants =
                runs.stream().collect(Collectors.groupingBy(RunLog.Line::variant, TreeMap::new, Collectors.toList()));
        return variants.entrySet().stream()
                .filter(entry -> !entry.getKey().isEmpty())
                .map(entry ->
                        entry.getKey() + " " + String.format(java.util.Locale.ROOT, "%,d", made(entry.getValue())))
                .collect(Collectors.joining(", "));
    }
}

package io.emberlog.samples.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every row of every crash table (a line such as {@code " * R2  moving the tail ..."} in the Javadoc of main sources) has
 * a test that says so by {@code @CrashRow("R2")}, and no test names a row that is not there.
 */
class CrashTableTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern ROW =
            Pattern.compile("^\\s*\\*\\s{1,3}([A-Z]\\d{1,3})\\s{1,}\\S.*$", Pattern.MULTILINE);
    private static final Pattern PRE = Pattern.compile("<pre>.*?</pre>", Pattern.DOTALL);
    private static final Pattern ANNOTATION = Pattern.compile("@CrashRow\\(([^)]*)\\)");
    private static final Pattern ID = Pattern.compile("\"([A-Z]\\d{1,3})\"");

    @Test
    void everyCrashTableRowHasATestAndEveryTestedRowExists() throws IOException {
        Map<String, String> rows = rows();
        Map<String, String> tested = tested();
        assertThat(rows).as("crash tables were found").hasSizeGreaterThan(20);
        TreeSet<String> withoutTest = new TreeSet<>(rows.keySet());
        withoutTest.removeAll(tested.keySet());
        assertThat(withoutTest)
                .as(
                        "rows without a test, of %s",
                        rows.entrySet().stream()
                                .filter(row -> withoutTest.contains(row.getKey()))
                                .toList())
                .isEmpty();
        TreeSet<String> withoutRow = new TreeSet<>(tested.keySet());
        withoutRow.removeAll(rows.keySet());
        assertThat(withoutRow)
                .as(
                        "tests of rows that are in no table, of %s",
                        tested.entrySet().stream()
                                .filter(test -> withoutRow.contains(test.getKey()))
                                .toList())
                .isEmpty();
    }

    @Test
    void noTwoTablesUseTheSameId() throws IOException {
        rows(); // it insists
    }

    /** Id to the file that has it. */
    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (Path source : sources("/src/main/java/")) {
            Matcher pre = PRE.matcher(Files.readString(source));
            while (pre.find()) {
                Matcher row = ROW.matcher(pre.group());
                while (row.find()) {
                    String file = ROOT.relativize(source).toString();
                    assertThat(rows.put(row.group(1), file))
                            .as("row %s of %s is in another table, too", row.group(1), file)
                            .isNull();
                }
            }
        }
        return rows;
    }

    private static Map<String, String> tested() throws IOException {
        Map<String, String> tested = new TreeMap<>();
        for (Path source : sources("/src/test/java/")) {
            if (source.endsWith("CrashTableTest.java")) {
                continue;
            }
            Matcher annotation = ANNOTATION.matcher(Files.readString(source));
            while (annotation.find()) {
                Matcher id = ID.matcher(annotation.group(1));
                while (id.find()) {
                    tested.put(id.group(1), ROOT.relativize(source).toString());
                }
            }
        }
        return tested;
    }

    private static List<Path> sources(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file ->
                            file.toString().substring(ROOT.toString().length()).contains(folder))
                    .sorted()
                    .toList();
        }
    }
}
